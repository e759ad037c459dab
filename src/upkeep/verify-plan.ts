/** What to hash of a store and what to compare it with: decided from names, inodes and records, before a byte is read. */
import { join } from 'node:path'
import type { Sha256Hex } from '../core/index.ts'
import type { ArtifactEntry, BlobEntry, DiskEntry } from '../store/index.ts'
import type { RecordedArtifact } from './recorded.ts'
import type { FileVerdict } from './verify-types.ts'

/** One name of a file, and what its bytes should be under that name. */
export interface Place {
  readonly path: string
  readonly isBlob: boolean
  /** Undefined: nothing tells. */
  readonly sha256: Sha256Hex | undefined
  readonly artifact: RecordedArtifact | undefined
  /** Path inside the artifact. */
  readonly inside: string
}

/** A file on the disk with those of its names that are looked at: it is hashed once. */
export interface FileOnDisk extends Pick<DiskEntry, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'> {
  /** Blobs first. */
  readonly places: readonly [Place, ...Place[]]
}

export interface VerifyPlan {
  /** The largest first, so that no thread is left alone with the last one. */
  readonly files: readonly FileOnDisk[]
  /** What needs no hashing to be told. */
  readonly settled: readonly FileVerdict[]
  /** Where records name a file, and nothing was seen. */
  readonly absent: readonly Place[]
  /** Entries of the blobs' folders that are no regular files of this user: they have no business there. */
  readonly misplaced: readonly (BlobEntry & { readonly sha256: Sha256Hex })[]
}

export interface OnDisk {
  readonly entries: readonly ArtifactEntry[]
  readonly blobs: readonly BlobEntry[]
  /** By final path. */
  readonly records: ReadonlyMap<string, RecordedArtifact>
  /** Every blob is looked at, too. */
  readonly all: boolean
}

/** A verdict that took nothing but a look. */
export function verdict(
  state: FileVerdict['state'],
  path: string,
  size: number,
  more: Partial<FileVerdict> = {},
): FileVerdict {
  return {
    sha256: undefined,
    artifact: undefined,
    reason: undefined,
    keptAs: undefined,
    usedBy: [],
    checkedAt: undefined,
    ...more,
    ...{ state, path, size },
  }
}

const NOT_OURS: Readonly<Record<DiskEntry['kind'], string>> = {
  file: 'No run has put it there.',
  folder: 'It is a folder that cannot be read.',
  link: 'It is a link, which no run makes.',
  special: 'It is no regular file.',
  foreign: 'It belongs to another user.',
}

/** Says what stands at a path instead of a file of the store. */
export function notOurs(entry: Pick<DiskEntry, 'kind'>): string {
  return NOT_OURS[entry.kind]
}

export function missing({ artifact, inside, path, sha256 }: Place): FileVerdict {
  return verdict('missing', path, artifact?.files.get(inside)?.size ?? 0, {
    artifact,
    sha256,
    reason: 'An earlier run has put it there, and it is gone.',
  })
}

const keyOf = ({ dev, ino }: Pick<DiskEntry, 'dev' | 'ino'>): string => `${dev}:${ino}`

/** What each name should hold. Files that have several are hashed once. */
export function planVerification({ entries, blobs, records, all }: OnDisk): VerifyPlan {
  const blobOf = new Map<string, Sha256Hex>()
  const found = new Map<string, { readonly entry: DiskEntry; readonly places: Place[] }>()
  const settled: FileVerdict[] = []
  const misplaced: (BlobEntry & { readonly sha256: Sha256Hex })[] = []
  const ours = new Set<string>()
  const others = new Set<string>()
  const note = (entry: DiskEntry, place: Place): void => {
    const known = found.get(keyOf(entry))
    if (known === undefined) found.set(keyOf(entry), { entry, places: [place] })
    else known.places.push(place)
  }

  for (const blob of blobs) {
    const { sha256, path, size, kind } = blob
    if (sha256 !== undefined && kind === 'file') {
      blobOf.set(keyOf(blob), sha256)
      if (all) note(blob, { path, isBlob: true, sha256, artifact: undefined, inside: '' })
    } else if (all && sha256 !== undefined) misplaced.push({ ...blob, sha256 })
    else if (all) settled.push(verdict('foreign', path, Number(size), { reason: notOurs(blob) }))
  }
  for (const entry of entries) {
    const { path, inside, size, kind, of } = entry
    const artifact = records.get(of.path)
    const file = artifact?.files.get(inside)
    if (kind === 'file' && (artifact === undefined || file !== undefined)) {
      const sha256 = file?.sha256 ?? blobOf.get(keyOf(entry))
      note(entry, { path, isBlob: false, sha256, artifact, inside })
      if (file !== undefined) ours.add(path)
    } else {
      settled.push(verdict('foreign', path, Number(size), { artifact, reason: notOurs(entry) }))
      others.add(path)
    }
  }
  const absent: Place[] = []
  for (const artifact of records.values()) {
    for (const [inside, { sha256 }] of artifact.files) {
      const place: Place = { path: join(artifact.path, inside), isBlob: false, sha256, artifact, inside }
      if (others.has(place.path)) settled.push(missing(place))
      else if (!ours.has(place.path)) absent.push(place)
    }
  }
  return { files: [...found.values()].flatMap(fileOnDisk).sort(bySize), settled, absent, misplaced }
}

function fileOnDisk({ entry, places }: { readonly entry: DiskEntry; readonly places: readonly Place[] }) {
  const { dev, ino, size, mtimeNs, ctimeNs } = entry
  const [first, ...others] = places
  return first === undefined
    ? []
    : [{ dev, ino, size, mtimeNs, ctimeNs, places: [first, ...others] as const } satisfies FileOnDisk]
}

function bySize(one: FileOnDisk, other: FileOnDisk): number {
  return Number(other.size - one.size)
}

/** Files of one list take about as long as a thread needs to be told of the next one. */
const LIST_BYTES = 16n * 1024n * 1024n
const LIST_FILES = 128

/** Files in lists for the threads: a large one alone, small ones together. */
export function inLists(files: readonly FileOnDisk[]): readonly (readonly FileOnDisk[])[] {
  const lists: FileOnDisk[][] = []
  let bytes = 0n
  for (const file of files) {
    const list = lists.at(-1)
    if (list === undefined || bytes + file.size > LIST_BYTES || list.length >= LIST_FILES) {
      lists.push([file])
      bytes = file.size
    } else {
      list.push(file)
      bytes += file.size
    }
  }
  return lists
}
