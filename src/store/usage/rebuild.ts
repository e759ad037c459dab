/** What the index would say, told from what else is there: the folders of the store, and the receipts of earlier runs. */
import { basename } from 'node:path'
import type { Sha256Hex } from '../../core/index.ts'
import type { Layout } from '../layout.ts'
import { readReceipts } from '../receipts.ts'
import { type ArtifactEntry, walkArtifacts, walkBlobs } from '../walk.ts'
import { entryName, isArtifactPath, type RawEntry, type Roots } from './entry.ts'
import { toldByReceipts } from './receipts.ts'
import type { IndexDocument } from './text.ts'
import { type OwnSection, SECTION_OF_KIND } from './types.ts'

/** An artifact that is in place, as the disk shows it. */
export interface Placed {
  readonly section: OwnSection
  readonly name: string
  readonly path: string
  readonly files: readonly ArtifactEntry[]
}

export function rootsOf({ models, adapters, datasets }: Layout): Roots {
  return { models, adapters, datasets }
}

/** All artifacts that are in place, by path. What stands there as a link is none. */
export async function placedIn(layout: Layout): Promise<ReadonlyMap<string, Placed>> {
  const roots = rootsOf(layout)
  const files = new Map<string, ArtifactEntry[]>()
  for await (const batch of walkArtifacts(layout)) {
    for (const entry of batch) {
      if (entry.kind !== 'file') continue
      const known = files.get(entry.of.path)
      if (known === undefined) files.set(entry.of.path, [entry])
      else known.push(entry)
    }
  }
  const placed = new Map<string, Placed>()
  for (const [path, entries] of files) {
    const [first] = entries
    if (first === undefined) continue
    const section = SECTION_OF_KIND[first.of.kind]
    if (!isArtifactPath(path, roots[section])) continue
    placed.set(path, { section, name: entryName(path, first.inside !== ''), path, files: entries })
  }
  return placed
}

/** Digests of the blobs, by device and inode: hard links of them are known without hashing. */
async function blobsByInode(layout: Layout): Promise<ReadonlyMap<string, Sha256Hex>> {
  const found = new Map<string, Sha256Hex>()
  for await (const batch of walkBlobs(layout)) {
    for (const { sha256, dev, ino, kind } of batch) {
      if (sha256 !== undefined && kind === 'file') found.set(`${dev}:${ino}`, sha256)
    }
  }
  return found
}

/**
 * An entry for something that no run told about. Digests are those of the blobs that its files are hard links of.
 */
function describe({ path, files }: Placed, blobs: ReadonlyMap<string, Sha256Hex>): RawEntry {
  const described = files.map(({ inside, dev, ino, size }) => ({
    path: inside === '' ? basename(path) : inside,
    sha256: blobs.get(`${dev}:${ino}`),
    size: Number(size),
  }))
  const [only] = described
  const hash = described.length === 1 ? (only?.sha256 ?? '') : ''
  // The last change of a file's links is the last that is known to have happened here.
  const last = files.reduce((latest, { ctimeNs }) => (ctimeNs > latest ? ctimeNs : latest), 0n)
  const since = Number(last / 1_000_000n) / 1000
  return {
    url: '',
    path,
    hash,
    downloaded_at: since,
    last_used: since,
    usage_count: 0,
    file_size: described.reduce((sum, { size }) => sum + size, 0),
    ...(hash === '' ? {} : { digest: `sha256:${hash}` }),
    files: described.every(({ sha256 }) => sha256 !== undefined) ? described : [],
  }
}

/** Entries for artifacts that are in place, by path. */
export async function describeAll(
  layout: Layout,
  placed: Iterable<Placed>,
): Promise<ReadonlyMap<Placed, RawEntry>> {
  const told = await toldByReceipts(readReceipts(layout), rootsOf(layout))
  const blobs = await blobsByInode(layout)
  return new Map([...placed].map((each) => [each, told.get(each.path) ?? describe(each, blobs)]))
}

export async function rebuiltIndex(layout: Layout): Promise<IndexDocument> {
  const sections = {
    checkpoints: new Map<string, unknown>(),
    loras: new Map<string, unknown>(),
    embeddings: new Map<string, unknown>(),
    models: new Map<string, unknown>(),
    adapters: new Map<string, unknown>(),
    datasets: new Map<string, unknown>(),
  }
  const placed = await placedIn(layout)
  for (const [{ section, name }, entry] of await describeAll(layout, placed.values())) {
    sections[section].set(name, entry)
  }
  return { sections, others: new Map(), folded: undefined }
}
