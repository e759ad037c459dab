import { basename } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { printableJson, R3mesError } from '../../core/index.ts'
import { buildLoraPrompt, type PreparedLora, readRequestFile } from '../../manager/index.ts'
import { print } from '../output.ts'
import { printPrompt } from './print-prompt.ts'

const HELP = `
Asks no host and looks at no volume: names are those of the files, scales stay as they are written.

Examples:
  r3mes volume prompt request.json
  r3mes volume prompt --lora loras/detail.safetensors:0.80 --lora loras/ink.safetensors --prompt 'a lake at dawn'
                       <lora:detail:0.80> <lora:ink:1> a lake at dawn
  r3mes volume prompt request.json --prompt 'a harbour at night'
                       the LoRAs of the request before another prompt`

/** A colon may be part of a path; a scale follows the last one, and is a number. */
const WITH_SCALE = /^(.+):([+-]?(?:\d+\.?\d*|\.\d+))$/s

function parseLora(text: string, before: readonly PreparedLora[] | undefined): readonly PreparedLora[] {
  const [, path = text, scale = '1'] = WITH_SCALE.exec(text) ?? []
  if (basename(path) === '')
    throw new InvalidArgumentError('This is a path and a scale, such as a.safetensors:0.8.')
  return [...(before ?? []), [path, scale]]
}

interface PromptFlags {
  readonly lora?: readonly PreparedLora[]
  readonly prompt?: string
  readonly json?: boolean
}

async function promptOf(path: string | undefined, { lora, prompt }: PromptFlags): Promise<string> {
  if ((path === undefined) === (lora === undefined)) {
    throw new R3mesError('INPUT_INVALID', 'Name either the file of a request or LoRAs with `--lora`.')
  }
  if (path === undefined) return buildLoraPrompt(prompt ?? '', lora ?? [])
  const request = await readRequestFile(path, process.stdin)
  const loras = (request.loras ?? []).map(({ name, scale }): PreparedLora => [name, scale ?? '1'])
  return buildLoraPrompt(prompt ?? request.prompt ?? '', loras)
}

/** `r3mes volume prompt`: LoRAs before a prompt. */
export function promptCommand(): Command {
  return new Command('prompt')
    .description('Print a prompt with a <lora:name:scale> for each LoRA before it.')
    .argument('[request]', 'Path of the file with the request; - is standard input.')
    .addOption(
      new Option(
        '--lora <path:scale>',
        'A LoRA’s file and how strongly it counts; 1 without a scale. May be given several times.',
      ).argParser(parseLora),
    )
    .option('--prompt <text>', 'The prompt itself. It counts before that of the request.')
    .option('--json', 'Print the prompt as JSON, to the letter.')
    .addHelpText('after', HELP)
    .action(async (path: string | undefined, flags: PromptFlags) => {
      const prompt = await promptOf(path, flags)
      if (flags.json === true) await print(`${printableJson({ prompt }, 2)}\n`)
      else await printPrompt(prompt)
    })
}
