import { Command } from 'commander'
import { printableJson } from '../../core/index.ts'
import { describeError, formatSize } from '../../ensure/index.ts'
import {
  type GotModel,
  isComplete,
  prepareVolume,
  readRequestFile,
  type VolumeResult,
  volumeJson,
} from '../../manager/index.ts'
import { print, printError, printLine } from '../output.ts'
import { type Column, tableHead, tableLine } from '../table.ts'
import { atVolume } from './at-volume.ts'
import { BRINGING, withInputs } from './options.ts'
import { printPrompt } from './print-prompt.ts'

const HELP = `
A request is JSON, every part of it optional:
  {
    "checkpoint": { "name": "sdxl", "url": "https://…", "hash": "64 hexadecimal digits" },
    "loras": [{ "name": "detail", "url": "https://…", "scale": 0.8, "hash": "…" }],
    "embeddings": [{ "name": "bad-hands", "url": "https://…", "hash": "…" }],
    "prompt": "a lake at dawn"
  }

The exit code is 0 when everything is in place, else that of the first failure: of the checkpoint, then of LoRAs, then of
embeddings.

Examples:
  r3mes volume prepare request.json
  r3mes volume prepare request.json --json --on-error fail
                                       no paths unless everything is in place
  my-handler | r3mes volume prepare - --base /runpod-volume/models
                                       the request comes from standard input`

const COLUMNS: readonly Column[] = [
  { title: 'KIND', width: 10 },
  { title: 'NAME', width: 20 },
  { title: 'SIZE', width: 8, align: 'right' },
  { title: 'HOW', width: 12 },
  { title: 'PATH' },
]

function rowOf({ kind, name, size, isHit, path }: GotModel): string {
  return tableLine(COLUMNS, [kind, name, formatSize(size), isHit ? 'was there' : 'brought', path])
}

/** `2 of 3 models are in place.` */
function sumOf({ prepared }: VolumeResult): string {
  const { checkpoint, loras, embeddings, failures } = prepared
  const there = (checkpoint === null ? 0 : 1) + loras.length + embeddings.length
  const asked = there + failures.length
  const models = asked === 1 ? 'model' : 'models'
  return failures.length === 0
    ? `${asked} ${models} in place and checked.`
    : `${there} of ${asked} ${models} in place.`
}

async function printResult(result: VolumeResult): Promise<void> {
  const { checkpoint, loras, embeddings, failures } = result.prepared
  const models = [...(checkpoint === null ? [] : [checkpoint]), ...loras, ...embeddings]
  if (models.length + failures.length > 0) await printLine(tableHead(COLUMNS))
  for (const model of models) await printLine(rowOf(model))
  for (const { kind, name, error } of failures) {
    await printLine(tableLine(COLUMNS, [kind, name, '', 'failed', error.code]))
  }
  if (result.prompt !== '') await printPrompt(result.prompt, 'Prompt: ')
  await printLine(sumOf(result))
}

/** `r3mes volume prepare`: the models of a request. */
export function prepareCommand(): Command {
  const command = new Command('prepare')
    .description(
      'Bring the models of a request to the volume, every byte checked, and print paths and prompt.',
    )
    .argument('<request>', 'Path of the file with the request; - is standard input.')
    .option('--json', 'Print the result as JSON, with the names of the sub-action’s outputs.')
    .addHelpText('after', HELP)
  withInputs(command, [...BRINGING, 'on-error', 'parallel-downloads'])
  return command.action(async (path: string, { json }: { json?: boolean }) => {
    await atVolume(command, { isThere: false }, async ({ manager, typed, signal }) => {
      const read = () => readRequestFile(path, process.stdin)
      const result = await prepareVolume(manager, read, { onError: typed.onError, signal })
      const { error, prepared } = result
      // Of single failures the log has told.
      if (error !== undefined && prepared.failures.length === 0) printError(describeError(error))
      if (json === true) await print(`${printableJson(volumeJson(result), 2)}\n`)
      else if (isComplete(result) || prepared.failures.length > 0) await printResult(result)
      return error?.exitCode ?? 0
    })
  })
}
