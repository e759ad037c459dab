import { Command } from 'commander'
import { printableJson } from '../../core/index.ts'
import { formatSize } from '../../ensure/index.ts'
import { type CacheStats, VOLUME_SECTIONS } from '../../manager/index.ts'
import { print, printLine } from '../output.ts'
import { type Column, tableHead, tableLine } from '../table.ts'
import { atVolume } from './at-volume.ts'
import { withInputs } from './options.ts'

const HELP = `
Examples:
  r3mes volume stats
  r3mes volume stats --json     the keys of the Python manager and some more, sizes in bytes`

const COLUMNS: readonly Column[] = [
  { title: 'KIND', width: 12 },
  { title: 'COUNT', width: 8, align: 'right' },
  { title: 'SIZE', width: 10, align: 'right' },
]

function linesOf(stats: CacheStats): string[] {
  const { disk_usage: disk, shared_size: shared, hits, misses } = stats
  const asked = hits + misses
  return [
    tableHead(COLUMNS),
    ...VOLUME_SECTIONS.map((section) => {
      const { count, total_size: size } = stats[section]
      return tableLine(COLUMNS, [section, String(count), formatSize(size)])
    }),
    '',
    ...(shared > 0 ? [`Names of the same bytes save ${formatSize(shared)}.`] : []),
    `The disk has ${formatSize(disk.total)}: ${formatSize(disk.used)} used, ${formatSize(disk.free)} free.`,
    asked === 0
      ? 'No model was asked for yet.'
      : `${hits} of ${asked} models were there when they were asked for (${Math.floor((hits / asked) * 100)} %).`,
  ]
}

/** `r3mes volume stats`: numbers about a volume. */
export function statsCommand(): Command {
  const command = new Command('stats')
    .description('Say what the volume holds, and what its disk has left.')
    .option('--json', 'Print the numbers as JSON, sizes in bytes.')
    .addHelpText('after', HELP)
  return withInputs(command, ['base']).action(async ({ json }: { json?: boolean }) => {
    await atVolume(command, { isThere: true }, async ({ manager }) => {
      const stats = await manager.getCacheStats()
      if (json === true) await print(`${printableJson(stats, 2)}\n`)
      else await printLine(linesOf(stats).join('\n'))
      return 0
    })
  })
}
