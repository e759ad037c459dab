/** From a proven plan to a lockfile. */
import { type HeaderFacts, isProven, type ProvenTrust } from '../../chain/index.ts'
import type { Plan, PlannedArtifact, Request } from '../types.ts'
import { lockedRequestOf } from './request.ts'
import type { LockAnchor, LockedArtifact, Lockfile } from './types.ts'

/** What a lockfile says besides the plan. */
export interface LockFacts {
  /** What was asked: `parseRequest` of it gives the same plan again. */
  readonly request: Request
  /** The header whose app hash proved the plan's records, and how it was admitted. */
  readonly anchor: HeaderFacts & Pick<LockAnchor, 'origin'>
  readonly trustingPeriodSeconds: number
  readonly unbondingSeconds: number | undefined
}

const KIND_ORDER = ['model', 'adapter', 'dataset'] as const

/** A planned artifact in the words of a lockfile. */
export function lockedArtifactOf(planned: PlannedArtifact): LockedArtifact {
  const place = planned.downloadSource.trim()
  return {
    kind: planned.kind,
    id: planned.id,
    version: planned.version,
    status: planned.status,
    digest: planned.digest,
    cid: planned.cid,
    size: planned.size,
    // A claim beyond what JSON carries exactly is larger than any disk either way.
    diskBytes:
      planned.claimedDiskBytes === undefined
        ? undefined
        : Math.min(planned.claimedDiskBytes, Number.MAX_SAFE_INTEGER),
    fileName: planned.fileName,
    places: planned.places.some(({ kind }) => kind !== 'ipfs') ? [place] : [],
    approvedAtHeight: planned.approvedAtHeight,
    containerHash: planned.containerHash,
    facts: planned.facts,
  }
}

function inOrder(one: LockedArtifact, other: LockedArtifact): number {
  const byKind = KIND_ORDER.indexOf(one.kind) - KIND_ORDER.indexOf(other.kind)
  return byKind !== 0 ? byKind : one.id < other.id ? -1 : 1
}

/**
 * The lockfile of a plan without problems. Only a proven plan can be locked: a lockfile carries trust to later runs.
 *
 * @throws TypeError for a plan with problems and for one that only claims to be proven, which are bugs of the caller
 */
export function lockOf(plan: Plan<ProvenTrust>, facts: LockFacts): Lockfile {
  if (plan.problems.length > 0) throw new TypeError('Only a plan without problems can be locked')
  // Library users may have no type checker.
  if (!plan.artifacts.every(({ approvedBy }) => approvedBy.length > 0 && approvedBy.every(isProven))) {
    throw new TypeError('Only a plan of proven records can be locked')
  }
  const { height, hash, time, origin } = facts.anchor
  return {
    chainId: plan.chainId,
    registry: 'module',
    authority: null,
    anchor: { height, hash, time, origin },
    trustingPeriodSeconds: facts.trustingPeriodSeconds,
    unbondingSeconds: facts.unbondingSeconds,
    request: lockedRequestOf(facts.request),
    artifacts: plan.artifacts.map(lockedArtifactOf).sort(inOrder),
  }
}

/** Milliseconds since the header of a lockfile's anchor; negative when its time lies ahead of `now`. */
export function lockAge(lock: Lockfile, now: Date): number {
  return now.getTime() - lock.anchor.time.getTime()
}
