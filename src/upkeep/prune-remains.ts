import { basename } from 'node:path'
import { isKeptName, type Remain } from '../store/index.ts'
import { DEFAULT_MAX_AGE, type PrunePolicy } from './prune-plan.ts'
import type { QuarantineBytes } from './prune-state.ts'

const DAY = 24 * 60 * 60 * 1000

/** Receipts are evidence: so many stay whatever their age, and all that are younger than so long. */
export const RECEIPTS_KEPT = 1_000
export const RECEIPTS_KEPT_FOR = 30 * DAY

/** An unfinished download that nobody works on is worth something to the next run, for a while. */
export const PARTIALS_KEPT_FOR = DAY

export interface ChosenRemains {
  readonly going: readonly Remain[]
  /** Bytes on the disk of receipts and unfinished downloads that go. */
  readonly bytes: number
  /** The same, of those that stay. */
  readonly otherBytes: number
  readonly quarantine: QuarantineBytes
}

/**
 * Which receipts, unfinished downloads and damaged files go, whatever the goal of a policy is. One that names kinds of
 * artifacts wants nothing else to go. Pure.
 *
 * @param policy with its defaults
 * @param now milliseconds since the epoch
 */
export function chooseRemains(
  remains: readonly Remain[],
  { kinds, quarantine = false, maxAge = DEFAULT_MAX_AGE }: PrunePolicy,
  now: number,
): ChosenRemains {
  const newest = remains
    .filter(({ kind }) => kind === 'receipt')
    .toSorted((one, other) => other.changedAt - one.changedAt)
    .slice(0, RECEIPTS_KEPT)
  const recent = new Set(newest)
  const mayGo = (remain: Remain): boolean => {
    const age = now - remain.changedAt
    switch (remain.kind) {
      case 'receipt':
        return age > RECEIPTS_KEPT_FOR && !recent.has(remain)
      case 'partial':
        return age > PARTIALS_KEPT_FOR
      case 'quarantine':
        // What people put beside it is theirs, and so is what a folder holds that stood in the place of a blob. A damaged artifact
        // that is a link of it can be repaired only while it is there.
        return (
          quarantine && age > maxAge && remain.entry.nlink === 1n && isKeptName(basename(remain.entry.path))
        )
    }
  }
  const going = kinds === undefined ? remains.filter(mayGo) : []
  const gone = new Set(going)
  const sum = (some: readonly Remain[]): number => some.reduce((total, { bytes }) => total + bytes, 0)
  const staying = remains.filter((remain) => !gone.has(remain))
  return {
    going,
    bytes: sum(going.filter((remain) => !isQuarantined(remain))),
    otherBytes: sum(staying.filter((remain) => !isQuarantined(remain))),
    quarantine: { going: sum(going.filter(isQuarantined)), staying: sum(staying.filter(isQuarantined)) },
  }
}

function isQuarantined({ kind }: Remain): boolean {
  return kind === 'quarantine'
}
