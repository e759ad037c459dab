/** Numbers about a store: what it holds, what that takes on the disk, and how it served. */
import type { ArtifactKind, Counters, DiskSpace, Store, UsageEntry } from '../store/index.ts'
import { allocatedOf } from '../store/index.ts'
import { artifactsIn } from './prune-stock.ts'

const DAY = 24 * 60 * 60

/** Upper ends of the ages that are told apart, in seconds. Beyond the last: older. */
export const AGES = [DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY] as const

/** How many of the most used artifacts are named. */
const MOST_POPULAR = 10

export interface KindStats {
  readonly count: number
  readonly files: number
  /** Length of all files in bytes. */
  readonly bytes: number
}

export interface PopularArtifact {
  readonly kind: ArtifactKind
  /** From a file that anybody may have written: sanitise before printing. */
  readonly name: string
  readonly useCount: number
  /** Unix seconds. */
  readonly lastUsed: number
}

export interface StoreStats {
  /** Absolute path of the store's root. */
  readonly home: string
  readonly kinds: Readonly<Record<ArtifactKind, KindStats>>
  /** `allocated`: bytes on the disk. */
  readonly blobs: { readonly count: number; readonly bytes: number; readonly allocated: number }
  readonly quarantine: { readonly count: number; readonly bytes: number }
  /** Bytes that artifacts and blobs take on the disk, each file once. */
  readonly allocated: number
  /** Bytes that the artifacts would take more, if no two of them shared a file. */
  readonly saved: number
  readonly disk: DiskSpace
  /** Undefined while nothing was counted. */
  readonly counters: Counters | undefined
  /** The most used artifacts, the most used first. */
  readonly popular: readonly PopularArtifact[]
  /** How many artifacts were used last within each of {@link AGES} and not within the one before; then the older ones. */
  readonly ages: readonly number[]
  /** Seconds since the last use of each artifact, added up. */
  readonly idleSeconds: number
  /** Artifacts of which a use is known. */
  readonly used: number
  /** Processes and jobs that use something of the store now, this one left out. */
  readonly users: number
}

/**
 * Counts a store. It may change meanwhile; then the numbers are of different moments.
 *
 * @param now Unix seconds
 * @throws R3mesError of the store
 */
export async function statsOf(store: Store, now: number): Promise<StoreStats> {
  const usage = new UsageStats(now)
  const kinds: Record<ArtifactKind, KindStats> = { model: NONE, adapter: NONE, dataset: NONE }
  const disk = new Allocated()
  const known = new Map<string, UsageEntry>()
  for await (const entry of store.usage.entries()) known.set(entry.path, entry)
  for await (const { kind, path, entries } of artifactsIn(store.artifactEntries())) {
    const before = kinds[kind]
    let bytes = before.bytes
    for (const entry of entries) {
      bytes += Number(entry.size)
      disk.add(entry)
    }
    kinds[kind] = { count: before.count + 1, files: before.files + entries.length, bytes }
    const entry = known.get(path)
    if (entry !== undefined) usage.add(entry)
  }
  const inArtifacts = disk.bytes
  const named = disk.named
  const blobs = { count: 0, bytes: 0, allocated: 0 }
  for await (const batch of store.blobEntries()) {
    for (const entry of batch) {
      if (entry.sha256 === undefined || entry.kind !== 'file') continue
      blobs.count += 1
      blobs.bytes += Number(entry.size)
      blobs.allocated += allocatedOf(entry)
      disk.add(entry)
    }
  }
  const quarantine = { count: 0, bytes: 0 }
  for await (const { bytes } of store.remover.remains('quarantine')) {
    quarantine.count += 1
    quarantine.bytes += bytes
  }
  return {
    home: store.home,
    kinds,
    blobs,
    quarantine,
    allocated: disk.bytes,
    saved: named - inArtifacts,
    disk: await store.diskSpace(),
    counters: await store.usage.counters(),
    ...usage.stats(),
    users: (await store.leases.list()).filter(
      ({ blobs: some, artifacts }) => some.length + artifacts.length > 0,
    ).length,
  }
}

const NONE: KindStats = { count: 0, files: 0, bytes: 0 }

/** Share of the files that were in the store already, 0 to 1; undefined when none was asked for yet. */
export function hitRate({ hits, misses }: Pick<Counters, 'hits' | 'misses'>): number | undefined {
  return hits + misses === 0 ? undefined : hits / (hits + misses)
}

/** Bytes on the disk, each file once, and what they would be if each name had its own. */
class Allocated {
  bytes = 0
  named = 0
  readonly #seen = new Set<string>()

  add(entry: {
    readonly dev: bigint
    readonly ino: bigint
    readonly nlink: bigint
    readonly blocks: bigint
  }): void {
    const allocated = allocatedOf(entry)
    this.named += allocated
    if (entry.nlink > 1n) {
      const key = `${entry.dev}:${entry.ino}`
      if (this.#seen.has(key)) return
      this.#seen.add(key)
    }
    this.bytes += allocated
  }
}

class UsageStats {
  readonly #now: number
  readonly #ages = Array.from({ length: AGES.length + 1 }, () => 0)
  #popular: PopularArtifact[] = []
  #idleSeconds = 0
  #used = 0

  constructor(now: number) {
    this.#now = now
  }

  add({ kind, name, lastUsed, usageCount }: UsageEntry): void {
    if (lastUsed === 0) return
    const idle = Math.max(0, this.#now - lastUsed)
    const found = AGES.findIndex((age) => idle <= age)
    const bucket = found === -1 ? AGES.length : found
    this.#ages[bucket] = (this.#ages[bucket] ?? 0) + 1
    this.#idleSeconds += idle
    this.#used += 1
    this.#popular.push({ kind, name, useCount: usageCount, lastUsed })
    // Sorted now and then, so that a store of any size costs little.
    if (this.#popular.length >= 100 * MOST_POPULAR) this.#popular = mostPopular(this.#popular)
  }

  stats(): Pick<StoreStats, 'popular' | 'ages' | 'idleSeconds' | 'used'> {
    return {
      popular: mostPopular(this.#popular),
      ages: this.#ages,
      idleSeconds: this.#idleSeconds,
      used: this.#used,
    }
  }
}

function mostPopular(artifacts: readonly PopularArtifact[]): PopularArtifact[] {
  return artifacts
    .toSorted((one, other) => other.useCount - one.useCount || other.lastUsed - one.lastUsed)
    .slice(0, MOST_POPULAR)
}
