import type { ArtifactKind, Remain } from '../store/index.ts'
import {
  effectivePolicy,
  type PlannedRemoval,
  type PrunePlan,
  type PrunePolicy,
  type PruneReason,
} from './prune-plan.ts'

/** One thing that went, or would go. */
export interface PrunedThing {
  /** `blob`: one that no artifact referred to. */
  readonly kind: ArtifactKind | 'blob'
  /** As in the usage index, or the digest. From a file that anybody may have written: sanitise before printing. */
  readonly name: string
  /** Absolute final path; undefined for a blob. */
  readonly path: string | undefined
  readonly reason: PruneReason
  /** Milliseconds since the epoch. */
  readonly lastUsed: number
  readonly useCount: number
  /** Bytes that this freed on the disk: none while a file has another name. */
  readonly bytes: number
}

/** Something that was to go, and stayed. */
export interface SparedThing {
  readonly kind: ArtifactKind | 'blob'
  readonly name: string
  /** `used`: somebody uses it by now. `changed`: it is not what it was. `failed`: the file system refused. */
  readonly why: 'used' | 'changed' | 'failed'
}

export interface PruneReport {
  /** Nothing was removed: these are the things that would go. */
  readonly dryRun: boolean
  /** With its defaults. */
  readonly policy: PrunePolicy
  readonly removed: readonly PrunedThing[]
  readonly spared: readonly SparedThing[]
  /** Why other artifacts stay. */
  readonly kept: PrunePlan['kept']
  /** Files of each kind that went beside artifacts and blobs. */
  readonly remains: Readonly<Record<Remain['kind'], number>>
  /** Bytes that all of it freed on the disk. */
  readonly bytes: number
  /** Bytes that the store took on the disk before, without its quarantine. */
  readonly sizeBefore: number
  /** Bytes that its quarantine took before. */
  readonly quarantineBefore: number
  /** Bytes that are wanted and could not be freed. */
  readonly short: number
  /** A signal ended it early. What went until then is in the report. */
  readonly interrupted: boolean
}

/** Gathers what happens while a plan is carried out. */
export class Report {
  readonly #policy: PrunePolicy
  readonly #plan: PrunePlan
  readonly #dryRun: boolean
  readonly #removed: PrunedThing[] = []
  readonly #spared: SparedThing[] = []
  readonly #remains = { receipt: 0, partial: 0, quarantine: 0 }
  #bytes = 0

  constructor(policy: PrunePolicy, plan: PrunePlan, dryRun: boolean) {
    this.#policy = effectivePolicy(policy)
    this.#plan = plan
    this.#dryRun = dryRun
  }

  removed({ reason, artifact, blobs }: PlannedRemoval, bytes: number): void {
    this.#bytes += bytes
    const [blob] = blobs
    this.#removed.push({
      kind: artifact?.kind ?? 'blob',
      name: artifact?.name ?? blob?.sha256 ?? '',
      path: artifact?.path,
      reason,
      lastUsed: artifact?.lastUsed ?? blob?.writtenAt ?? 0,
      useCount: artifact?.useCount ?? 0,
      bytes,
    })
  }

  remained({ kind }: Remain, bytes: number): void {
    this.#bytes += bytes
    this.#remains[kind] += 1
  }

  spared(thing: SparedThing): void {
    this.#spared.push(thing)
  }

  done(interrupted: boolean): PruneReport {
    const { kept, size, quarantine, wanted } = this.#plan
    const freed = this.#removed.reduce((sum, { bytes }) => sum + bytes, 0)
    return {
      dryRun: this.#dryRun,
      policy: this.#policy,
      removed: this.#removed,
      spared: this.#spared,
      kept,
      remains: this.#remains,
      bytes: this.#bytes,
      sizeBefore: size,
      quarantineBefore: quarantine,
      short: Math.max(0, wanted - freed),
      interrupted,
    }
  }
}
