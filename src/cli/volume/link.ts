import { Command, Option } from 'commander'
import { printableJson } from '../../core/index.ts'
import { expandPath } from '../../ensure/index.ts'
import {
  checkEntries,
  type LinkReport,
  linkModels,
  type ModelFailure,
  WEBUIS,
  type Webui,
} from '../../manager/index.ts'
import { print, printLine } from '../output.ts'
import { atVolume } from './at-volume.ts'
import { withInputs } from './options.ts'

const HELP = `
Every model is hashed before it is linked, unless --verify changed knows it. Links are symbolic. Run it again after the
volume has changed: new links come first, and those of models that are gone go. Files of your own in these folders are
never touched; where one has the name of a model, the model is left out, and a warning says so.

Examples:
  r3mes volume link --to /opt/stable-diffusion-webui --webui automatic1111
  r3mes volume link --to /opt/ComfyUI --webui comfyui
  r3mes volume link --to ./models      checkpoints/, loras/ and embeddings/`

interface LinkFlags {
  readonly to: string
  readonly webui?: Webui
  readonly json?: boolean
}

function jsonOf(report: LinkReport, failures: readonly ModelFailure[]): unknown {
  const [first] = failures
  return {
    success: first === undefined,
    ...report,
    failures: failures.map(({ kind, name, error: { code, message } }) => ({
      kind,
      name,
      'error-code': code,
      'error-message': message,
    })),
    'error-code': first?.error.code ?? '',
    'error-message': first?.error.message ?? '',
  }
}

const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`

async function printReport(report: LinkReport): Promise<void> {
  const { created, replaced, removed, kept } = report
  const changes = [
    ...created.map((path) => `new      ${path}`),
    ...replaced.map((path) => `changed  ${path}`),
    ...removed.map((path) => `gone     ${path}`),
  ]
  for (const line of changes) await printLine(line)
  const there = created.length + replaced.length + kept.length
  await printLine(
    `${count(there, 'link')}: ${created.length} new, ${replaced.length} changed, ${kept.length} as before. ${removed.length} gone.`,
  )
}

/** `r3mes volume link`: the models of a volume in the folders of a program. */
export function linkCommand(): Command {
  const command = new Command('link')
    .description('Show the models of the volume to a program, in the folders where it looks for them.')
    .requiredOption('--to <path>', 'Folder of the program. What is missing of it is made.')
    .addOption(
      new Option(
        '--webui <program>',
        'Whose folders: AUTOMATIC1111’s web UI (and its forks), or ComfyUI. Without it: checkpoints/, loras/, embeddings/.',
      ).choices(WEBUIS),
    )
    .option(
      '--allow-unpinned',
      'Links models, too, that nobody has named a hash for, or cache_registry.json alone.',
    )
    .option('--json', 'Print the result as JSON.')
    .addHelpText('after', HELP)
  withInputs(command, ['base', 'verify'])
  return command.action(async ({ to, webui, json }: LinkFlags) => {
    const folder = expandPath(to, 'to')
    await atVolume(command, { isThere: true }, async ({ manager, typed, reporter, signal }) => {
      const { allowUnpinned = false } = typed.options
      const { right, failures } = await checkEntries(manager, { allowUnpinned })
      signal.throwIfAborted()
      const where = { basePath: manager.basePath, to: folder, ...(webui === undefined ? {} : { webui }) }
      const report = await linkModels(right, where)
      for (const { error } of failures) reporter.warning(`${error.code}: ${error.message}`)
      for (const path of report.occupied) {
        reporter.warning(
          `${path} is no link of ours and was left alone. Move it to see the model of that name.`,
        )
      }
      for (const path of report.same) {
        reporter.notice(`${path} is the folder of the volume itself: nothing has to be linked there.`)
      }
      if (json === true) await print(`${printableJson(jsonOf(report, failures), 2)}\n`)
      else await printReport(report)
      return failures[0]?.error.exitCode ?? 0
    })
  })
}
