/** What to remove from a store: decided from what is known about it, without touching anything. */
import type { ArtifactKind } from '../store/index.ts'
import { bytesOnDisk, type PrunableArtifact, type PrunableBlob, type PruneState } from './prune-state.ts'
import { type Piece, Tally } from './prune-tally.ts'

const DAY = 24 * 60 * 60 * 1000

/** What holds when a store is pruned by age and nothing else is said. */
export const DEFAULT_MAX_AGE = 30 * DAY
export const DEFAULT_KEEP_POPULAR = 10

/**
 * A blob that no artifact refers to is left alone for so long: a run of an older version, which tells nobody what it uses, may
 * be about to put it in place.
 */
export const BLOB_GRACE = 60 * 60 * 1000

/** What is asked for. Without an age, a size and a share to keep free, a store is pruned by age. */
export interface PrunePolicy {
  /** Milliseconds: what nobody used for longer goes. */
  readonly maxAge?: number | undefined
  /** So many of the most used artifacts stay. Default 10 when pruning by age, else none. */
  readonly keepPopular?: number | undefined
  /** Bytes that the store may take on the disk, its quarantine not counted. */
  readonly maxSize?: number | undefined
  /** Bytes that have to be free on its disk. */
  readonly minFree?: number | undefined
  /** Only these. All when absent. */
  readonly kinds?: readonly ArtifactKind[] | undefined
  /** Old files of the quarantine go as well. */
  readonly quarantine?: boolean | undefined
}

export type PruneReason = 'age' | 'size' | 'free' | 'unapproved'

/** One thing that goes, with the blobs that go with it, because nothing else refers to them. */
export interface PlannedRemoval {
  readonly reason: PruneReason
  /** Undefined: a blob that nothing refers to. */
  readonly artifact: PrunableArtifact | undefined
  readonly blobs: readonly PrunableBlob[]
  /** What it frees after those before it: nothing while a file has another name. */
  readonly bytes: number
}

export interface PrunePlan {
  readonly removals: readonly PlannedRemoval[]
  /** What all removals free together. */
  readonly bytes: number
  /** Bytes that the store takes before, without its quarantine. */
  readonly size: number
  /** Bytes that its quarantine takes before. */
  readonly quarantine: number
  /** Why artifacts stay that the policy looked at. */
  readonly kept: { readonly used: number; readonly foreign: number; readonly popular: number }
  /** Bytes that have to be freed for the sake of a size, or of what is to be free. */
  readonly wanted: number
  /** How many of them cannot be freed. */
  readonly short: number
}

/** The policy with its defaults. */
export function effectivePolicy(policy: PrunePolicy): PrunePolicy {
  const hasGoal = policy.maxSize !== undefined || policy.minFree !== undefined
  const maxAge = policy.maxAge ?? (hasGoal ? undefined : DEFAULT_MAX_AGE)
  if (maxAge === undefined) return policy
  return { ...policy, maxAge, keepPopular: policy.keepPopular ?? DEFAULT_KEEP_POPULAR }
}

interface Candidate {
  readonly piece: Piece
  readonly useCount: number
  readonly lastUsed: number
  readonly name: string
}

/** Least used first, of those the least recently used. The name settles the rest, so that a plan is the same each time. */
function byWorth(one: Candidate, other: Candidate): number {
  return (
    one.useCount - other.useCount ||
    one.lastUsed - other.lastUsed ||
    (one.name < other.name ? -1 : one.name > other.name ? 1 : 0)
  )
}

/**
 * Decides what to remove. Age first: what was not used for longer than `maxAge`. Then, for `maxSize` and `minFree`, the least
 * used and least recently used, until it is enough, and nothing that could have stayed. What is used or foreign stays in any case,
 * and so do the `keepPopular` most used.
 *
 * @param now milliseconds since the epoch
 */
export function planPrune(state: PruneState, policy: PrunePolicy, now: number): PrunePlan {
  const { maxAge, keepPopular = 0, maxSize, minFree, kinds } = effectivePolicy(policy)
  const tally = new Tally(state)
  const { candidates, kept } = candidatesOf(state, tally, { keepPopular, kinds, now })
  const isOld = ({ lastUsed }: Candidate): boolean => maxAge !== undefined && now - lastUsed > maxAge
  const chosen = new Map<Candidate, PruneReason>()

  for (const candidate of candidates.filter(isOld)) {
    chosen.set(candidate, 'age')
    tally.take(candidate.piece)
  }
  const size = bytesOnDisk(state)
  const remains = state.remainsBytes
  const tooLarge = maxSize === undefined ? 0 : size - remains - maxSize
  const tooFull = minFree === undefined ? 0 : minFree - state.freeBytes - remains - state.quarantine.going
  const wanted = Math.max(tooLarge, tooFull, 0)
  const reason = tooLarge >= tooFull ? 'size' : 'free'
  for (const candidate of candidates) {
    if (tally.freed >= wanted) break
    if (chosen.has(candidate)) continue
    chosen.set(candidate, reason)
    tally.take(candidate.piece)
  }
  spare(chosen, tally, Math.min(wanted, tally.freed))
  return {
    removals: inOrder(state, candidates, chosen),
    bytes: tally.freed,
    size,
    quarantine: quarantineOf(state),
    kept,
    wanted,
    short: Math.max(0, wanted - tally.freed),
  }
}

/**
 * Decides to remove certain artifacts, with the blobs that nothing else refers to. What is used or foreign stays in any case.
 *
 * @param paths absolute final paths
 */
export function planRemoval(state: PruneState, paths: ReadonlySet<string>): PrunePlan {
  const kept = { used: 0, foreign: 0, popular: 0 }
  const chosen = new Map<Candidate, PruneReason>()
  for (const [index, { path, hold, useCount, lastUsed }] of state.artifacts.entries()) {
    if (!paths.has(path)) continue
    if (hold !== undefined) kept[hold] += 1
    else chosen.set({ piece: { kind: 'artifact', index }, useCount, lastUsed, name: path }, 'unapproved')
  }
  const removals = inOrder(state, [...chosen.keys()], chosen)
  const bytes = removals.reduce((sum, each) => sum + each.bytes, 0)
  return {
    ...{ removals, bytes, kept, wanted: 0, short: 0 },
    size: bytesOnDisk(state),
    quarantine: quarantineOf(state),
  }
}

function quarantineOf({ quarantine: { going, staying } }: PruneState): number {
  return going + staying
}

function candidatesOf(
  { artifacts, blobs }: PruneState,
  tally: Tally,
  policy: {
    readonly keepPopular: number
    readonly kinds: readonly ArtifactKind[] | undefined
    readonly now: number
  },
): { readonly candidates: readonly Candidate[]; readonly kept: PrunePlan['kept'] } {
  const { keepPopular, kinds, now } = policy
  const kept = { used: 0, foreign: 0, popular: 0 }
  const considered: Candidate[] = []
  for (const [index, { kind, path, useCount, lastUsed }] of artifacts.entries()) {
    if (kinds !== undefined && !kinds.includes(kind)) continue
    considered.push({ piece: { kind: 'artifact', index }, useCount, lastUsed, name: path })
  }
  considered.sort(byWorth)
  const popularFrom = considered.length - keepPopular
  const candidates = considered.filter(({ piece }, rank) => {
    const why = artifacts[piece.index]?.hold ?? (rank >= popularFrom ? 'popular' : undefined)
    if (why !== undefined) kept[why] += 1
    return why === undefined
  })
  const artifactsOnly = candidates.length
  // A blob that nothing refers to has no kind.
  if (kinds === undefined) {
    for (const [index, { sha256, changedAt, writtenAt }] of blobs.entries()) {
      if (!tally.isUnreferenced(index) || now - changedAt <= BLOB_GRACE) continue
      candidates.push({ piece: { kind: 'blob', index }, useCount: 0, lastUsed: writtenAt, name: sha256 })
    }
    if (candidates.length > artifactsOnly) candidates.sort(byWorth)
  }
  return { candidates, kept }
}

/**
 * Lets stay what need not go for the goal: files that share their bytes with others free something only together, so that an early
 * choice can turn out to be for nothing. The most worth first.
 */
function spare(chosen: Map<Candidate, PruneReason>, tally: Tally, enough: number): void {
  for (const [candidate, reason] of [...chosen].reverse()) {
    if (reason === 'age') continue
    tally.giveBack(candidate.piece)
    if (tally.freed >= enough) chosen.delete(candidate)
    else tally.take(candidate.piece)
  }
}

/**
 * What goes, each with what it frees after those before it.
 *
 * @param candidates least worth first
 */
function inOrder(
  state: PruneState,
  candidates: readonly Candidate[],
  chosen: ReadonlyMap<Candidate, PruneReason>,
): PlannedRemoval[] {
  const tally = new Tally(state)
  return candidates.flatMap((candidate) => {
    const reason = chosen.get(candidate)
    if (reason === undefined) return []
    const { piece } = candidate
    const before = tally.freed
    const blobs = tally.take(piece).flatMap((index) => state.blobs[index] ?? [])
    const artifact = piece.kind === 'artifact' ? state.artifacts[piece.index] : undefined
    return [{ reason, artifact, blobs, bytes: tally.freed - before }]
  })
}
