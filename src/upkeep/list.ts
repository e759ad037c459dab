/** What a store holds, one artifact after the other, as they come: a store of any size is never in memory as a whole. */

import { basename } from 'node:path'
import type { ArtifactKind, Lease, Store, UsageEntry } from '../store/index.ts'
import { artifactsIn } from './prune-stock.ts'

/**
 * One thing that lies where artifacts lie. Names, versions and users come from records and files that anybody may have
 * written: sanitise before printing.
 */
export interface ListedArtifact {
  readonly kind: ArtifactKind
  /** As in the usage index; for what is not in it, the name of the file or folder. */
  readonly name: string
  readonly version: string | undefined
  /** Absolute final path. */
  readonly path: string
  readonly files: number
  /** Length of all its files in bytes. */
  readonly bytes: number
  /** `sha256:<hex>` or `manifest:<hex>` */
  readonly digest: string | undefined
  readonly approvedAtHeight: bigint | undefined
  readonly chainId: string | undefined
  /** Milliseconds since the epoch; undefined when no use is known. */
  readonly lastUsed: number | undefined
  readonly useCount: number
  readonly usedBy: string | undefined
  /** A process or a job uses it now. */
  readonly inUse: boolean
  /** Nothing is known of it but that it is there: nobody used it since the index was made, or it is not the store's. */
  readonly unknown: boolean
}

/**
 * First what the usage index knows, in its order, then what else is there.
 *
 * @throws R3mesError of the store
 */
export async function* listStore(store: Store): AsyncGenerator<ListedArtifact> {
  const used = usedPaths(await store.leases.list())
  const told = new Set<string>()
  for await (const entry of store.usage.entries()) {
    // The index may lag behind the disk, and names the same path twice where somebody else wrote it.
    if (told.has(entry.path)) continue
    for await (const found of artifactsIn(store.artifactEntriesAt(entry.kind, entry.path))) {
      told.add(entry.path)
      yield { ...sizeOf(found.entries), ...knownOf(entry), inUse: used.has(entry.path) }
    }
  }
  for await (const { kind, path, entries } of artifactsIn(store.artifactEntries())) {
    if (told.has(path)) continue
    yield { ...sizeOf(entries), ...unknownAt(kind, path), inUse: used.has(path) }
  }
}

function usedPaths(leases: readonly Lease[]): ReadonlySet<string> {
  return new Set(leases.flatMap(({ artifacts }) => artifacts))
}

function sizeOf(entries: readonly { readonly size: bigint }[]): Pick<ListedArtifact, 'files' | 'bytes'> {
  return { files: entries.length, bytes: Number(entries.reduce((sum, { size }) => sum + size, 0n)) }
}

type Known = Omit<ListedArtifact, 'files' | 'bytes' | 'inUse'>

function knownOf(entry: UsageEntry): Known {
  const { kind, name, version, path, digest, approvedAtHeight, chainId, usageCount, usedBy } = entry
  return {
    kind,
    name,
    version,
    path,
    digest,
    approvedAtHeight,
    chainId,
    lastUsed: entry.lastUsed === 0 ? undefined : entry.lastUsed * 1000,
    useCount: usageCount,
    usedBy,
    unknown: false,
  }
}

function unknownAt(kind: ArtifactKind, path: string): Known {
  return {
    kind,
    name: basename(path),
    version: undefined,
    path,
    digest: undefined,
    approvedAtHeight: undefined,
    chainId: undefined,
    lastUsed: undefined,
    useCount: 0,
    usedBy: undefined,
    unknown: true,
  }
}
