/** Carrying out what was decided, one thing after the other. Each is looked at again right before it goes. */
import { asR3mesError, type Reporter } from '../core/index.ts'
import { type EntryName, SECTION_OF_KIND, type Store, type UsageEntry } from '../store/index.ts'
import type { PlannedRemoval } from './prune-plan.ts'
import type { Report } from './prune-report.ts'
import type { TakenStock } from './prune-stock.ts'

/** An entry of the usage index, and where it says that something is. */
export type Entry = EntryName & Pick<UsageEntry, 'kind' | 'path'>

/** Takes entries out of the index, unless something stands at their paths again: a run may have been faster. */
export async function forget(store: Store, gone: readonly Entry[]): Promise<void> {
  const names: EntryName[] = []
  for (const { section, name, kind, path } of gone) {
    let isThere = false
    for await (const batch of store.artifactEntriesAt(kind, path)) isThere ||= batch.length > 0
    if (!isThere) names.push({ section, name })
  }
  if (names.length > 0) await store.usage.remove(names)
}

/** Carries a plan out. One thing that fails does not keep the others. */
export class Execution {
  readonly #store: Store
  readonly #stock: TakenStock
  readonly #ports: ExecutionPorts
  readonly #report: Report
  /** What was removed. */
  readonly gone: Entry[] = []
  /** Blobs of artifacts that stayed although they were to go. */
  readonly #wanted = new Set<string>()

  constructor(store: Store, stock: TakenStock, ports: ExecutionPorts, report: Report) {
    this.#store = store
    this.#stock = stock
    this.#ports = ports
    this.#report = report
  }

  async run(removals: readonly PlannedRemoval[]): Promise<void> {
    for (const removal of removals) {
      if (this.#ports.signal?.aborted === true) return
      const { artifact } = removal
      const freed = artifact === undefined ? 0 : await this.#removeArtifact(removal)
      if (freed === undefined) continue
      if (artifact !== undefined) this.gone.push({ ...artifact, section: SECTION_OF_KIND[artifact.kind] })
      const { bytes, removed } = await this.#removeBlobs(removal)
      if (artifact !== undefined || removed > 0) this.#report.removed(removal, freed + bytes)
    }
  }

  /** @returns freed bytes; undefined when it stays */
  async #removeArtifact({ artifact }: PlannedRemoval): Promise<number | undefined> {
    const found = artifact === undefined ? undefined : this.#stock.found(artifact)
    if (artifact === undefined || found === undefined) return undefined
    const digestOf = this.#stock.digestsOf(artifact)
    const removal = await this.#attempt(() => this.#store.remover.artifact(found, digestOf))
    if (removal?.outcome === 'removed') {
      this.#ports.reporter.debug(`Removed ${artifact.path}`)
      return removal.bytes
    }
    if (this.#ports.signal?.aborted === true) return undefined
    this.#report.spared({ kind: artifact.kind, name: artifact.name, why: removal?.outcome ?? 'failed' })
    for (const { inside } of found.entries) {
      const digest = digestOf(inside)
      if (digest !== undefined) this.#wanted.add(digest)
    }
    return undefined
  }

  #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    return attempt(this.#ports.reporter, this.#ports.signal, work)
  }

  async #removeBlobs({ artifact, blobs }: PlannedRemoval): Promise<{ bytes: number; removed: number }> {
    let bytes = 0
    let removed = 0
    for (const blob of blobs) {
      const found = this.#stock.foundBlob(blob)
      if (found === undefined || this.#wanted.has(blob.sha256)) continue
      const removal = await this.#attempt(() => this.#store.remover.blob(found.sha256, found))
      if (removal?.outcome === 'removed') {
        bytes += removal.bytes
        removed += 1
      } else if (artifact === undefined && this.#ports.signal?.aborted !== true) {
        this.#report.spared({ kind: 'blob', name: blob.sha256, why: removal?.outcome ?? 'failed' })
      }
    }
    return { bytes, removed }
  }
}

export interface ExecutionPorts {
  readonly reporter: Reporter
  readonly signal: AbortSignal | undefined
}

/** Undefined when the file system refuses, which is told. */
export async function attempt<T>(
  reporter: Reporter,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    // Waiting for others, and hashing, end with the signal.
    if (signal?.aborted === true) return undefined
    const error = asR3mesError(thrown)
    if (error.errorClass !== 'store') throw error
    reporter.warning(`Something could not be removed from the store. ${error.message} ${error.detail ?? ''}`)
    return undefined
  }
}
