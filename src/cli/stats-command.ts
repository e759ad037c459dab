import { Command } from 'commander'
import { printableJson, R3mesError } from '../core/index.ts'
import { formatDuration, formatPeriod, formatSize } from '../ensure/index.ts'
import {
  AGES,
  formatPrometheus,
  hitRate,
  type StoreStats,
  statsOf,
  writePrometheus,
} from '../upkeep/index.ts'
import { atStore, homeOption } from './at-store.ts'
import { print, printLine } from './output.ts'
import { type Column, tableHead, tableLine } from './table.ts'

interface StatsFlags {
  readonly json?: boolean
  readonly prometheus?: boolean
  readonly out?: string
  readonly home?: string
}

const HELP = `
Sizes are decimal: 1 MB is 1,000,000 bytes. With --json and --prometheus they are bytes, and times are seconds.

Examples:
  r3mes stats                       numbers for people
  r3mes stats --json                the same for programs
  r3mes stats --prometheus --out /var/lib/node_exporter/textfile/r3mes.prom
                                    for the textfile collector of Prometheus, written in one step`

const KIND_COLUMNS: readonly Column[] = [
  { title: 'KIND', width: 12 },
  { title: 'COUNT', width: 8, align: 'right' },
  { title: 'FILES', width: 8, align: 'right' },
  { title: 'SIZE', width: 10, align: 'right' },
]

const SOURCE_COLUMNS: readonly Column[] = [
  { title: 'SOURCE', width: 12 },
  { title: 'OK', width: 8, align: 'right' },
  { title: 'FAILED', width: 8, align: 'right' },
  { title: 'BYTES', width: 10, align: 'right' },
  { title: 'TIME', width: 12, align: 'right' },
]

const HEADS: ReadonlySet<string> = new Set([KIND_COLUMNS, SOURCE_COLUMNS].map(tableHead))

function kindLines({ kinds, blobs, quarantine }: StoreStats): string[] {
  const row = (title: string, { count, files, bytes }: { count: number; files: number; bytes: number }) =>
    tableLine(KIND_COLUMNS, [title, String(count), String(files), formatSize(bytes)])
  return [
    tableHead(KIND_COLUMNS),
    row('models', kinds.model),
    row('adapters', kinds.adapter),
    row('datasets', kinds.dataset),
    row('blobs', { ...blobs, files: blobs.count }),
    ...(quarantine.count > 0 ? [row('quarantine', { ...quarantine, files: quarantine.count })] : []),
  ]
}

function roomLines({ allocated, quarantine, saved, disk, users }: StoreStats): string[] {
  const more = quarantine.count > 0 ? `, and its quarantine ${formatSize(quarantine.bytes)} more` : ''
  return [
    `The store takes ${formatSize(allocated)} on the disk${more}; artifacts save ${formatSize(saved)} by sharing files.`,
    `The disk has ${formatSize(disk.total)}: ${formatSize(disk.used)} used, ${formatSize(disk.free)} free.`,
    users === 0 ? 'Nobody uses the store now.' : `${users} ${users === 1 ? 'uses' : 'use'} the store now.`,
  ]
}

function counterLines({ counters }: StoreStats): string[] {
  if (counters === undefined) return ['No run was counted yet.']
  const { runs, failedRuns, hits, misses, since, sources } = counters
  const rate = hitRate(counters)
  const share = rate === undefined ? '' : ` (${Math.floor(rate * 100)} % of ${hits + misses})`
  const day = new Date(since * 1000).toISOString().slice(0, 10)
  return [
    `Since ${day}: ${runs} runs, ${failedRuns} of them failed. ${hits} files were in the store already${share}.`,
    ...(Object.keys(sources).length === 0
      ? []
      : [
          tableHead(SOURCE_COLUMNS),
          ...Object.entries(sources).map(([source, { ok, failed, bytes, milliseconds }]) =>
            tableLine(SOURCE_COLUMNS, [
              source,
              String(ok),
              String(failed),
              formatSize(bytes),
              formatDuration(milliseconds),
            ]),
          ),
        ]),
  ]
}

function useLines({ popular, ages }: StoreStats, now: number): string[] {
  if (popular.length === 0) return []
  const words = [...AGES.map((age) => `up to ${formatPeriod(age * 1000)} ago`), 'longer ago']
  const last = words.flatMap((when, index) => (ages[index] ? [`${ages[index]} ${when}`] : []))
  return [
    `Last used: ${last.join(', ')}.`,
    'Most used:',
    ...popular.map(
      ({ kind, name, useCount, lastUsed }) =>
        `  ${kind} ${name}: ${useCount} ${useCount === 1 ? 'time' : 'times'}, last ${formatPeriod(Math.max(0, now - lastUsed) * 1000)} ago`,
    ),
  ]
}

/** `count`, `total_size` and `disk_usage` as users of the Python manager know them. */
function jsonOf(stats: StoreStats): unknown {
  const { kinds, blobs, quarantine, counters, ages } = stats
  const kind = ({ count, files, bytes }: StoreStats['kinds']['model']) => ({
    count,
    files,
    total_size: bytes,
  })
  return {
    home: stats.home,
    models: kind(kinds.model),
    adapters: kind(kinds.adapter),
    datasets: kind(kinds.dataset),
    blobs: { count: blobs.count, total_size: blobs.bytes, allocated: blobs.allocated },
    quarantine: { count: quarantine.count, allocated: quarantine.bytes },
    allocated: stats.allocated,
    saved: stats.saved,
    disk_usage: stats.disk,
    users: stats.users,
    hit_rate: (counters && hitRate(counters)) ?? null,
    counters:
      counters === undefined
        ? null
        : {
            since: counters.since,
            runs: counters.runs,
            failed_runs: counters.failedRuns,
            hits: counters.hits,
            misses: counters.misses,
            sources: counters.sources,
          },
    popular: stats.popular.map(({ kind: of, name, useCount, lastUsed }) => ({
      kind: of,
      name,
      usage_count: useCount,
      last_used: lastUsed,
    })),
    ages: [...AGES, null].map((seconds, index) => ({ up_to_seconds: seconds, count: ages[index] ?? 0 })),
  }
}

async function stats({ json, prometheus, out, home }: StatsFlags): Promise<void> {
  if (json === true && prometheus === true) {
    throw new R3mesError('INPUT_INVALID', 'Use one of `--json` and `--prometheus` at a time.')
  }
  if (out !== undefined && prometheus !== true) {
    throw new R3mesError('INPUT_INVALID', '`--out` goes with `--prometheus`. Add it, or leave `--out` away.')
  }
  await atStore('stats', home, async ({ store }) => {
    const now = Date.now() / 1000
    const numbers = await statsOf(store, now)
    if (prometheus === true) {
      const text = formatPrometheus(numbers)
      if (out === undefined) await print(text)
      else await writePrometheus(out, text)
      return
    }
    if (json === true) {
      await print(`${printableJson(jsonOf(numbers), 2)}\n`)
      return
    }
    const parts = [kindLines(numbers), roomLines(numbers), counterLines(numbers), useLines(numbers, now)]
    const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
    for (const line of text.join('\n\n').split('\n')) {
      await printLine(line, HEADS.has(line) ? 'bold' : undefined)
    }
  })
}

/** `r3mes stats`: numbers about a store. */
export function statsCommand(): Command {
  return new Command('stats')
    .description('Say what the store holds, what that takes on the disk, and how it served.')
    .option('--json', 'Print the numbers as JSON.')
    .option('--prometheus', 'Print them in the text format of Prometheus.')
    .option('--out <file>', 'With --prometheus: write them to a file, in one step.')
    .addOption(homeOption())
    .addHelpText('after', HELP)
    .action(stats)
}
