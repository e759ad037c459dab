import type { Goal, RowResult } from './row.ts'
import { sizeText } from './sizes.ts'

/** Whatever the work, ours never has more than this in memory. Bytes. */
export const MOST_RSS = 150 * 1024 * 1024

const COLUMNS = ['work', 'ours MB/s', 'peer MB/s', 'ratio', 'goal', '', 'RSS MiB', 'CPU s', 'disk'] as const

function rate(bytes: number, seconds: number | undefined): string {
  return seconds === undefined ? '–' : (bytes / seconds / 1e6).toFixed(0)
}

function goalText(goal: Goal): string {
  if (goal.kind === 'ratio') return `≥ ${goal.least.toFixed(1)}×`
  return goal.kind === 'overhead' ? `≤ ${(goal.most * 100).toFixed(0)} %` : '–'
}

function verdict(met: boolean | undefined): string {
  return met === undefined ? '' : met ? 'met' : 'missed'
}

/** Ours, then the peer's. */
function both(ours: number, peer: number | undefined, text: (value: number) => string): string {
  return peer === undefined ? text(ours) : `${text(ours)} / ${text(peer)}`
}

function cells(result: RowResult): readonly string[] {
  const { title, peerName, bytes, ours, peer, ratio, overhead, goal, met } = result
  const outcome =
    overhead === undefined
      ? ratio === undefined
        ? '–'
        : `${ratio.toFixed(2)}×`
      : `${(overhead * 100).toFixed(2)} %`
  const times = (value: number): string => `${(value / bytes).toFixed(1)}×`
  return [
    peer === undefined ? title : `${title}, against ${peerName}`,
    rate(bytes, ours.medianSeconds),
    rate(bytes, peer?.medianSeconds),
    outcome,
    goalText(goal),
    verdict(met),
    both(ours.peakRss, peer?.peakRss, (value) => (value / 1024 / 1024).toFixed(0)),
    both(ours.medianCpuSeconds, peer?.medianCpuSeconds, (value) => value.toFixed(1)),
    ours.peakDisk === 0 ? '' : both(ours.peakDisk, peer?.peakDisk, times),
  ]
}

/** A Markdown table, also good to read on a terminal. The last line is about memory. */
export function tableOf(results: readonly RowResult[]): string {
  const rows = [COLUMNS, ...results.map(cells)]
  const widths = COLUMNS.map((_name, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const [head = COLUMNS, ...body] = rows
  return [line(head), rule, ...body.map(line), '', memoryLine(results)].join('\n')
}

function memoryLine(results: readonly RowResult[]): string {
  const peak = Math.max(0, ...results.map(({ ours }) => ours.peakRss))
  const word = verdict(peak <= MOST_RSS)
  return `Peak memory of ours over all rows: ${sizeText(peak)}; goal ≤ ${sizeText(MOST_RSS)}: ${word}.`
}
