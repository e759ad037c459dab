/** Makes room in a store: looks, decides, removes. Each thing is looked at again right before it goes. */
import { asR3mesError, type Reporter } from '../core/index.ts'
import type { ArtifactKind, EntryName, FoundArtifact, Remain, Store, UsageEntry } from '../store/index.ts'
import { SECTION_OF_KIND } from '../store/index.ts'
import {
  effectivePolicy,
  type PlannedRemoval,
  type PrunePlan,
  type PrunePolicy,
  type PruneReason,
  planPrune,
} from './prune-plan.ts'
import { chooseRemains } from './prune-remains.ts'
import type { PruneState } from './prune-state.ts'
import { artifactsIn, type FoundBlob, type TakenStock, takeStock } from './prune-stock.ts'

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
  /** Bytes that the store took on the disk before. */
  readonly sizeBefore: number
  /** Bytes that are wanted and could not be freed. */
  readonly short: number
  /** A signal ended it early. What went until then is in the report. */
  readonly interrupted: boolean
}

export interface PruneOptions {
  readonly dryRun?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds since the epoch. */
  readonly now?: number | undefined
}

/**
 * Removes from a store what the policy does not want to keep. What a living process or job uses stays, and so does everything
 * that cannot be told to be the store's. Several may prune at once, and runs may go on meanwhile.
 *
 * @throws R3mesError `STORE_NOT_WRITABLE` where nobody can tell what is used, since the file system knows no locks
 */
export async function pruneStore(
  store: Store,
  policy: PrunePolicy,
  reporter: Reporter,
  options: PruneOptions = {},
): Promise<PruneReport> {
  const { dryRun = false, signal, now = Date.now() } = options
  const found = await lookThrough(store, policy, now)
  const plan = planPrune(found.state, policy, now)
  const report = new Report(policy, plan, dryRun)
  if (dryRun) {
    for (const removal of plan.removals) report.removed(removal, removal.bytes)
    for (const remain of found.going) report.remained(remain, remain.bytes)
    return report.done(false)
  }
  for (const remain of found.going) {
    if (signal?.aborted === true) break
    const bytes = await attempt(reporter, () => store.remover.remain(remain))
    if (bytes !== undefined) report.remained(remain, bytes)
  }
  await new Execution(store, found.stock, reporter, report).run(plan.removals, signal)
  return report.done(signal?.aborted ?? false)
}

interface Found {
  readonly stock: TakenStock
  readonly state: PruneState
  /** What goes in any case. */
  readonly going: readonly Remain[]
}

async function lookThrough(store: Store, policy: PrunePolicy, now: number): Promise<Found> {
  const usage = new Map<string, UsageEntry>()
  for await (const entry of store.usage.entries()) usage.set(entry.path, entry)
  const artifacts: FoundArtifact[] = []
  for await (const artifact of artifactsIn(store.artifactEntries())) artifacts.push(artifact)
  const blobs: FoundBlob[] = []
  for await (const batch of store.blobEntries()) {
    for (const blob of batch) {
      const { sha256 } = blob
      if (sha256 !== undefined && blob.kind === 'file') blobs.push({ ...blob, sha256 })
    }
  }
  const remains: Remain[] = []
  for (const kind of ['receipt', 'partial', 'quarantine'] as const) {
    for await (const remain of store.remover.remains(kind)) remains.push(remain)
  }
  const { going, bytes, otherBytes } = chooseRemains(remains, effectivePolicy(policy), now)
  const stock = takeStock({ artifacts, blobs, usage, inUse: await usedNow(store) })
  const freeBytes = Number(await store.freeBytes())
  return { stock, going, state: { ...stock.state, otherBytes, remainsBytes: bytes, freeBytes } }
}

async function usedNow(store: Store): Promise<{ blobs: Set<string>; paths: Set<string> }> {
  const leases = await store.leases.list()
  return {
    blobs: new Set(leases.flatMap(({ blobs }) => blobs)),
    paths: new Set(leases.flatMap(({ artifacts }) => artifacts)),
  }
}

/** Carries a plan out. One thing that fails does not keep the others. */
class Execution {
  readonly #store: Store
  readonly #stock: TakenStock
  readonly #reporter: Reporter
  readonly #report: Report
  /** Blobs of artifacts that stayed although they were to go. */
  readonly #wanted = new Set<string>()

  constructor(store: Store, stock: TakenStock, reporter: Reporter, report: Report) {
    this.#store = store
    this.#stock = stock
    this.#reporter = reporter
    this.#report = report
  }

  async run(removals: readonly PlannedRemoval[], signal: AbortSignal | undefined): Promise<void> {
    const forgotten: EntryName[] = []
    try {
      for (const removal of removals) {
        if (signal?.aborted === true) return
        const { artifact } = removal
        const freed = artifact === undefined ? 0 : await this.#removeArtifact(removal)
        if (freed === undefined) continue
        if (artifact !== undefined)
          forgotten.push({ section: SECTION_OF_KIND[artifact.kind], name: artifact.name })
        const { bytes, removed } = await this.#removeBlobs(removal)
        if (artifact !== undefined || removed > 0) this.#report.removed(removal, freed + bytes)
      }
    } finally {
      if (forgotten.length > 0) await this.#store.usage.remove(forgotten)
    }
  }

  /** @returns freed bytes; undefined when it stays */
  async #removeArtifact({ artifact }: PlannedRemoval): Promise<number | undefined> {
    const found = artifact === undefined ? undefined : this.#stock.found(artifact)
    if (artifact === undefined || found === undefined) return undefined
    const digestOf = this.#stock.digestsOf(artifact)
    const removal = await attempt(this.#reporter, () => this.#store.remover.artifact(found, digestOf))
    if (removal?.outcome === 'removed') {
      this.#reporter.debug(`Removed ${artifact.path}`)
      return removal.bytes
    }
    this.#report.spared({ kind: artifact.kind, name: artifact.name, why: removal?.outcome ?? 'failed' })
    for (const { inside } of found.entries) {
      const digest = digestOf(inside)
      if (digest !== undefined) this.#wanted.add(digest)
    }
    return undefined
  }

  async #removeBlobs({ artifact, blobs }: PlannedRemoval): Promise<{ bytes: number; removed: number }> {
    let bytes = 0
    let removed = 0
    for (const blob of blobs) {
      const found = this.#stock.foundBlob(blob)
      if (found === undefined || this.#wanted.has(blob.sha256)) continue
      const removal = await attempt(this.#reporter, () => this.#store.remover.blob(found.sha256, found))
      if (removal?.outcome === 'removed') {
        bytes += removal.bytes
        removed += 1
      } else if (artifact === undefined) {
        this.#report.spared({ kind: 'blob', name: blob.sha256, why: removal?.outcome ?? 'failed' })
      }
    }
    return { bytes, removed }
  }
}

/** Undefined when the file system refuses, which is told. */
async function attempt<T>(reporter: Reporter, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    const error = asR3mesError(thrown)
    if (error.errorClass !== 'store') throw error
    reporter.warning(`Something could not be removed from the store. ${error.message} ${error.detail ?? ''}`)
    return undefined
  }
}

class Report {
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
    const { kept, size, wanted } = this.#plan
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
      short: Math.max(0, wanted - freed),
      interrupted,
    }
  }
}
