import type { Goal, RowResult } from './row.ts'

const COLUMNS = ['work', 'measured', 'goal', '', 'besides'] as const

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function goalText(goal: Goal, unit: string): string {
  return 'most' in goal ? `≤ ${goal.most} ${unit}` : `≥ ${goal.least} ${unit}`
}

function cells({ title, value, unit, goal, met, more }: RowResult): readonly string[] {
  const besides = Object.entries(more ?? {}).map(([what, number]) => `${what}: ${figure(number)}`)
  return [title, `${figure(value)} ${unit}`, goalText(goal, unit), met ? 'met' : 'missed', besides.join('; ')]
}

/** A Markdown table, also good to read on a terminal. */
export function tableOf(results: readonly RowResult[]): string {
  const rows = [COLUMNS, ...results.map(cells)]
  const widths = COLUMNS.map((_name, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = COLUMNS, ...body] = rows
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join(
    '\n',
  )
}
