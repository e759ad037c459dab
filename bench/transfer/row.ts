/** A row of the table: the same work done by us and by a peer, in turns. */

import type { Measured } from './measured.ts'
import type { BenchOptions } from './options.ts'
import type { Tools } from './tools.ts'

/** What rows are given. */
export interface Bench {
  readonly options: BenchOptions
  readonly tools: Tools
  /** A new empty folder of the bench, on the disk that is measured. */
  folder(name: string): Promise<string>
  /** Says what is going on. */
  report(line: string): void
  /** Bytes of a documented size under `--size`, whole MiB. */
  scaled(bytes: number): number
}

/** What has to come out. */
export type Goal =
  /** Our rate over the peer's, at least. */
  | { readonly kind: 'ratio'; readonly least: number }
  /** Share of bytes served twice, at most. */
  | { readonly kind: 'overhead'; readonly most: number }
  /** Nothing is promised: shown for information. */
  | { readonly kind: 'none' }

/** Servers are up, files are there. Disposing ends and removes everything. */
export interface Ready extends AsyncDisposable {
  readonly bytes: number
  ours(): Promise<Measured>
  /** Absent: there is nobody to compare with. */
  readonly peer?: () => Promise<Measured>
  /** Removes what a run left, outside of what is measured. */
  clean(): Promise<void>
  /** Of goals of that kind: the share of bytes that were served twice in the last run. */
  readonly overhead?: () => number
}

export interface Row {
  /** For `--rows`. */
  readonly name: string
  title(bench: Bench): string
  readonly peer: string
  readonly goal: Goal
  /** Rounds that suffice, when fewer than asked for. */
  readonly mostRounds?: number
  prepare(bench: Bench): Promise<Ready>
}

/** One side of a row over all rounds. */
export interface Side {
  /** Of each round, in order. */
  readonly seconds: readonly number[]
  /** Medians of the rounds. */
  readonly medianSeconds: number
  readonly medianWholeSeconds: number
  readonly medianCpuSeconds: number
  /** Largest of the rounds, bytes. */
  readonly peakRss: number
  readonly peakDisk: number
}

export interface RowResult {
  readonly name: string
  readonly title: string
  readonly peerName: string
  readonly goal: Goal
  readonly bytes: number
  readonly ours: Side
  readonly peer: Side | undefined
  /** Our rate over the peer's, by medians. */
  readonly ratio: number | undefined
  readonly overhead: number | undefined
  readonly met: boolean | undefined
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}

function sideOf(runs: readonly Measured[]): Side {
  return {
    seconds: runs.map(({ seconds }) => seconds),
    medianSeconds: median(runs.map(({ seconds }) => seconds)),
    medianWholeSeconds: median(runs.map(({ wholeSeconds }) => wholeSeconds)),
    medianCpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
    peakRss: Math.max(...runs.map(({ peakRss }) => peakRss)),
    peakDisk: Math.max(...runs.map(({ peakDisk }) => peakDisk)),
  }
}

function isMet(goal: Goal, ratio: number | undefined, overhead: number | undefined): boolean | undefined {
  if (goal.kind === 'ratio') return ratio === undefined ? undefined : ratio >= goal.least
  if (goal.kind === 'overhead') return overhead === undefined ? undefined : overhead <= goal.most
  return undefined
}

/**
 * Prepares a row, runs both sides in turns, and ends what it started.
 *
 * @param settle brings the disk to rest: what one side left to be written must not cost the other
 */
export async function runRow(row: Row, bench: Bench, settle: () => Promise<void>): Promise<RowResult> {
  await using ready = await row.prepare(bench)
  const [ours, peer]: [Measured[], Measured[]] = [[], []]
  const sides = [
    { name: 'ours', run: ready.ours, runs: ours },
    ...(ready.peer === undefined ? [] : [{ name: row.peer, run: ready.peer, runs: peer }]),
  ]
  let overhead: number | undefined
  const rounds = Math.min(bench.options.rounds, row.mostRounds ?? Number.POSITIVE_INFINITY)
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, run, runs } of sides) {
      await ready.clean()
      await settle()
      const measured = await run()
      runs.push(measured)
      if (ready.overhead !== undefined) overhead = Math.max(overhead ?? 0, ready.overhead())
      bench.report(`${row.name} ${round}/${rounds} ${name}: ${measured.seconds.toFixed(2)} s`)
    }
  }
  await ready.clean()
  const [ourSide, peerSide] = [sideOf(ours), peer.length === 0 ? undefined : sideOf(peer)]
  const ratio = peerSide === undefined ? undefined : peerSide.medianSeconds / ourSide.medianSeconds
  return {
    name: row.name,
    title: row.title(bench),
    peerName: row.peer,
    goal: row.goal,
    bytes: ready.bytes,
    ours: ourSide,
    peer: peerSide,
    ratio,
    overhead,
    met: isMet(row.goal, ratio, overhead),
  }
}
