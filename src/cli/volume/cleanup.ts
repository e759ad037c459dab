import { Command, Option } from 'commander'
import { printableJson } from '../../core/index.ts'
import { formatSize } from '../../ensure/index.ts'
import type { CleanedModel, Cleanup } from '../../manager/index.ts'
import { print, printLine } from '../output.ts'
import { parseAge, parseCount } from '../prune-command.ts'
import { type Column, tableHead, tableLine } from '../table.ts'
import { atVolume } from './at-volume.ts'
import { withInputs } from './options.ts'

const HELP = `
What a running process uses stays, and so does every file that is not in the registry of the volume. What it says to free is what the
disk gets back: a file with two names counts with the last of them.

Examples:
  r3mes volume cleanup --dry-run                      shows what would go: not used for 30 days, and not among the ten
                                                      most used of its kind
  r3mes volume cleanup                                removes it
  r3mes volume cleanup --max-age 7d --keep-popular 3  another age, and fewer that stay in any case`

const DAY_MS = 24 * 60 * 60 * 1000
const DEFAULT_AGE_MS = 30 * DAY_MS

const COLUMNS: readonly Column[] = [
  { title: 'KIND', width: 10 },
  { title: 'NAME', width: 28 },
  { title: 'SIZE', width: 8, align: 'right' },
  { title: 'WHAT' },
]

interface CleanupFlags {
  /** Milliseconds. */
  readonly maxAge?: number
  readonly keepPopular: number
  readonly dryRun?: boolean
  readonly json?: boolean
}

function linesOf({ removed, freedBytes, inUse }: Cleanup, isDry: boolean): string[] {
  const row = ({ kind, name, bytes }: CleanedModel, what: string): string =>
    tableLine(COLUMNS, [kind, name, formatSize(bytes), what])
  const rows = [
    ...removed.map((model) => row(model, isDry ? 'would go' : 'removed')),
    ...inUse.map((model) => row(model, 'stays: in use')),
  ]
  const models = `${removed.length} ${removed.length === 1 ? 'model' : 'models'}`
  const sum = isDry
    ? `Would remove ${models}: ${formatSize(freedBytes)} would be freed.`
    : `Removed ${models}: ${formatSize(freedBytes)} freed.`
  return [...(rows.length === 0 ? [] : [tableHead(COLUMNS), ...rows]), sum]
}

function jsonOf({ removed, freedBytes, inUse }: Cleanup, isDry: boolean): unknown {
  const model = ({ kind, name, path, bytes }: CleanedModel) => ({ kind, name, path, file_size: bytes })
  return {
    success: true,
    dry_run: isDry,
    removed: removed.map(model),
    freed: freedBytes,
    in_use: inUse.map(model),
    'error-code': '',
    'error-message': '',
  }
}

/** `r3mes volume cleanup`: what nobody uses any more goes. */
export function cleanupCommand(): Command {
  const command = new Command('cleanup')
    .description('Remove models that nobody used for long. The most used ones stay.')
    .addOption(
      new Option(
        '--max-age <duration>',
        'Removes what was not used for so long, such as 36h. Default: 30d.',
      ).argParser(parseAge),
    )
    .addOption(
      new Option('--keep-popular <number>', 'How many of the most used models of each kind stay however old.')
        .argParser(parseCount)
        .default(10),
    )
    .option('--dry-run', 'Say what would go. Removes nothing.')
    .option('--json', 'Print the result as JSON, sizes in bytes.')
    .addHelpText('after', HELP)
  return withInputs(command, ['base']).action(async (flags: CleanupFlags) => {
    const { maxAge = DEFAULT_AGE_MS, keepPopular, dryRun = false, json } = flags
    await atVolume(command, { isThere: true }, async ({ manager }) => {
      const cleanup = await manager.cleanupOldModels(maxAge / DAY_MS, keepPopular, { dryRun })
      if (json === true) await print(`${printableJson(jsonOf(cleanup, dryRun), 2)}\n`)
      else await printLine(linesOf(cleanup, dryRun).join('\n'))
      return 0
    })
  })
}
