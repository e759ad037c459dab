/** From what lies in a store, what its usage index says and what is in use, to what pruning decides by. Pure. */
import { basename } from 'node:path'
import type { Sha256Hex } from '../core/index.ts'
import { allocatedOf, type BlobEntry, type FoundArtifact, type UsageEntry } from '../store/index.ts'
import type { Hold, PrunableArtifact, PrunableBlob, PruneState } from './prune-state.ts'

/** A blob as it was found. */
export type FoundBlob = BlobEntry & { readonly sha256: Sha256Hex }

export interface Stock {
  readonly artifacts: readonly FoundArtifact[]
  readonly blobs: readonly FoundBlob[]
  /** By final path. */
  readonly usage: ReadonlyMap<string, UsageEntry>
  /** What living processes and jobs use. */
  readonly inUse: { readonly blobs: ReadonlySet<string>; readonly paths: ReadonlySet<string> }
}

/** What pruning decides by, and the way back from there to what was found. */
export interface TakenStock {
  readonly state: Pick<PruneState, 'artifacts' | 'blobs' | 'files'>
  /** The digest that each file of an artifact has to have, by its path inside. */
  digestsOf(artifact: PrunableArtifact): (inside: string) => Sha256Hex | undefined
  found(artifact: PrunableArtifact): FoundArtifact | undefined
  foundBlob(blob: PrunableBlob): FoundBlob | undefined
}

/** Numbers the files of the disk: one for each inode, whatever its names. */
class Inodes {
  readonly files: { readonly bytes: number; readonly links: number }[] = []
  /** Names of each that were found here. */
  readonly names: number[] = []
  /** By device, then by inode. */
  readonly #numbers = new Map<bigint, Map<bigint, number>>()

  number(entry: Pick<BlobEntry, 'dev' | 'ino' | 'blocks' | 'nlink'>): number {
    const ofDevice = this.#numbers.get(entry.dev) ?? new Map<bigint, number>()
    this.#numbers.set(entry.dev, ofDevice)
    let number = ofDevice.get(entry.ino)
    if (number === undefined) {
      number = this.files.length
      ofDevice.set(entry.ino, number)
      this.files.push({ bytes: allocatedOf(entry), links: Number(entry.nlink) })
      this.names.push(0)
    }
    this.names[number] = (this.names[number] ?? 0) + 1
    return number
  }
}

const MANIFEST = 'manifest:'

export function takeStock({ artifacts, blobs, usage, inUse }: Stock): TakenStock {
  const inodes = new Inodes()
  const blobNumbers = blobs.map((blob) => inodes.number(blob))
  const byInode = new Map(blobNumbers.map((file, index) => [file, index]))
  const byDigest = new Map<string, number>(blobs.map(({ sha256 }, index) => [sha256, index]))
  const digests = new Map<PrunableArtifact, ReadonlyMap<string, Sha256Hex>>()
  const sources = new Map<PrunableArtifact, FoundArtifact>()
  const blobSources = new Map<PrunableBlob, FoundBlob>()

  const prunable = artifacts.map((found): PrunableArtifact => {
    const { kind, path, entries } = found
    const used = usage.get(path)
    const indexed = indexedDigests(found, used)
    const files: number[] = []
    const referred = new Set<number>()
    const known = new Map<string, Sha256Hex>()
    for (const entry of entries) {
      if (entry.kind !== 'file') continue
      const file = inodes.number(entry)
      files.push(file)
      const linked = byInode.get(file)
      const digest = linked === undefined ? indexed.get(entry.inside) : blobs[linked]?.sha256
      if (digest !== undefined) known.set(entry.inside, digest)
      const blob = linked ?? byDigest.get(digest ?? '')
      if (blob !== undefined) referred.add(blob)
    }
    // A later run needs the manifest of an artifact to know its files.
    const manifest = used?.digest?.startsWith(MANIFEST)
      ? byDigest.get(used.digest.slice(MANIFEST.length))
      : undefined
    if (manifest !== undefined) referred.add(manifest)
    const artifact: PrunableArtifact = {
      kind,
      name: used?.name ?? basename(path),
      path,
      lastUsed: used === undefined || used.lastUsed === 0 ? changedAt(found) : used.lastUsed * 1000,
      useCount: used?.usageCount ?? 0,
      hold: holdOf(found, known, inUse.paths),
      files,
      blobs: [...referred],
    }
    digests.set(artifact, known)
    sources.set(artifact, found)
    return artifact
  })

  const prunableBlobs = blobs.map((found, index): PrunableBlob => {
    const file = blobNumbers[index] ?? 0
    const hasNameElsewhere = (inodes.files[file]?.links ?? 0) > (inodes.names[file] ?? 0)
    const blob: PrunableBlob = {
      sha256: found.sha256,
      file,
      isHeld: hasNameElsewhere || inUse.blobs.has(found.sha256),
      writtenAt: milliseconds(found.mtimeNs),
      changedAt: milliseconds(found.ctimeNs),
    }
    blobSources.set(blob, found)
    return blob
  })

  return {
    state: { artifacts: prunable, blobs: prunableBlobs, files: inodes.files },
    digestsOf: (artifact) => {
      const known = digests.get(artifact)
      return (inside) => known?.get(inside)
    },
    found: (artifact) => sources.get(artifact),
    foundBlob: (blob) => blobSources.get(blob),
  }
}

/** What the index says of files, as far as the disk can bear it out: the size has to fit. */
function indexedDigests(found: FoundArtifact, used: UsageEntry | undefined): ReadonlyMap<string, Sha256Hex> {
  const isFolder = found.entries.some(({ inside }) => inside !== '')
  const sizes = new Map(found.entries.map(({ inside, size }) => [inside, size]))
  const digests = new Map<string, Sha256Hex>()
  for (const { path, sha256, size } of used?.files ?? []) {
    const inside = isFolder ? path : ''
    if (sizes.get(inside) === BigInt(size)) digests.set(inside, sha256)
  }
  return digests
}

function holdOf(
  { path, entries }: FoundArtifact,
  known: ReadonlyMap<string, Sha256Hex>,
  usedPaths: ReadonlySet<string>,
): Hold | undefined {
  if (usedPaths.has(path)) return 'used'
  return entries.every(({ inside }) => known.has(inside)) ? undefined : 'foreign'
}

/** Without a word of the index: when a file of it was changed, or got or lost a name, last. */
function changedAt({ entries }: FoundArtifact): number {
  return milliseconds(entries.reduce((latest, { ctimeNs }) => (ctimeNs > latest ? ctimeNs : latest), 0n))
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n)
}

/** Entries of one artifact come one after the other. */
export async function* artifactsIn(
  batches: AsyncIterable<readonly FoundArtifact['entries'][number][]>,
): AsyncGenerator<FoundArtifact> {
  let entries: FoundArtifact['entries'][number][] = []
  const whole = (): FoundArtifact[] => {
    const [first] = entries
    return first === undefined ? [] : [{ ...first.of, entries }]
  }
  for await (const batch of batches) {
    for (const entry of batch) {
      if (entries[0] !== undefined && entries[0].of.path !== entry.of.path) {
        yield* whole()
        entries = []
      }
      entries.push(entry)
    }
  }
  yield* whole()
}
