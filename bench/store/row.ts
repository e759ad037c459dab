/** A row of the store's bench: one number that has a goal, and what else was seen on the way. */

/** What rows are given. */
export interface Bench {
  /** How often what is timed is done; medians count. */
  readonly rounds: number
  /** Every amount is multiplied by this: 1 is what the documented table has. */
  readonly size: number
  /** A new empty folder of the bench, on the disk that is measured. It is gone after the row. */
  folder(): Promise<string>
  /** Says what is going on. */
  report(line: string): void
}

/** What has to come out, in the row's unit. */
export type Goal = { readonly most: number } | { readonly least: number }

export interface Outcome {
  /** In the row's unit. */
  readonly value: number
  /** Further figures by what they are, unit included: `whole run, ms`. */
  readonly more?: Readonly<Record<string, number>>
}

export interface Row {
  /** For `--rows`. */
  readonly name: string
  title(bench: Bench): string
  /** `ms`, `×`, `stores` */
  readonly unit: string
  readonly goal: Goal
  measure(bench: Bench): Promise<Outcome>
}

export interface RowResult extends Outcome {
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly goal: Goal
  readonly met: boolean
}

export async function runRow(row: Row, bench: Bench): Promise<RowResult> {
  const outcome = await row.measure(bench)
  const { name, unit, goal } = row
  const met = 'most' in goal ? outcome.value <= goal.most : outcome.value >= goal.least
  return { name, title: row.title(bench), unit, goal, met, ...outcome }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Milliseconds that work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
