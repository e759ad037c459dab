import { Command } from 'commander'
import { printableJson } from '../../core/index.ts'
import { formatPeriod, formatSize } from '../../ensure/index.ts'
import type { VolumeEntry } from '../../manager/index.ts'
import { print, printLine } from '../output.ts'
import { type Column, tableHead, tableLine } from '../table.ts'
import { atVolume } from './at-volume.ts'
import { withInputs } from './options.ts'

const HELP = `
Examples:
  r3mes volume ls
  r3mes volume ls --json     an array with the words of cache_registry.json`

const COLUMNS: readonly Column[] = [
  { title: 'KIND', width: 10 },
  { title: 'NAME', width: 20 },
  { title: 'SIZE', width: 8, align: 'right' },
  { title: 'USES', width: 6, align: 'right' },
  { title: 'LAST USED', width: 16 },
  { title: 'SHA-256', width: 13 },
  { title: 'FROM' },
]

function ago(seconds: number, now: number): string {
  return seconds === 0 ? 'never' : `${formatPeriod(Math.max(0, now - seconds * 1000))} ago`
}

function hashOf({ hash, isUnpinned }: VolumeEntry): string {
  if (hash === undefined) return 'unknown'
  return isUnpinned ? 'unpinned' : `${hash.slice(0, 12)}…`
}

function rowOf(entry: VolumeEntry, now: number): string {
  const { kind, name, fileSize, usageCount, lastUsed, url = '' } = entry
  return tableLine(COLUMNS, [
    kind,
    name,
    formatSize(fileSize),
    String(usageCount),
    ago(lastUsed, now),
    hashOf(entry),
    URL.parse(url)?.host ?? '',
  ])
}

/** Names as in the registry of the volume. */
function jsonOf({ kind, name, path, url, hash, ...entry }: VolumeEntry): unknown {
  return {
    kind,
    name,
    path,
    url: url ?? null,
    hash: hash ?? null,
    unpinned: entry.isUnpinned,
    downloaded_at: entry.downloadedAt,
    last_used: entry.lastUsed,
    usage_count: entry.usageCount,
    file_size: entry.fileSize,
  }
}

/** `r3mes volume ls`: what a volume holds. */
export function lsCommand(): Command {
  const command = new Command('ls')
    .description('List the models of the volume: how large, used when, and from which host.')
    .option('--json', 'Print a JSON array.')
    .addHelpText('after', HELP)
  return withInputs(command, ['base']).action(async ({ json }: { json?: boolean }) => {
    await atVolume(command, { isThere: true }, async ({ manager }) => {
      const entries = await manager.entries()
      const now = Date.now()
      if (json === true) await print(`${printableJson(entries.map(jsonOf), 2)}\n`)
      else if (entries.length === 0) await printLine('The volume holds no models.')
      else await printLine([tableHead(COLUMNS), ...entries.map((entry) => rowOf(entry, now))].join('\n'))
      return 0
    })
  })
}
