/** What to hash of a store and what to compare it with: decided from names, inodes and records, before a byte is read. */
import { join } from 'node:path'
import type { Sha256Hex } from '../core/index.ts'
import type { ArtifactEntry, BlobEntry, DiskEntry } from '../store/index.ts'
import { ByInode } from './by-inode.ts'
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
export interface FileOnDisk {
  readonly entry: DiskEntry
  readonly first: Place
  /** Its other names. */
  readonly others: readonly Place[]
}

export interface VerifyPlan {
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

/** Whether something foreign stands at a place or above it. A link there leads to files that are not the store's. */
function isInTheWay(occupied: ReadonlySet<string>, { inside }: Place, artifact: string): boolean {
  let path = artifact
  if (occupied.has(path)) return true
  return inside.split('/').some((segment) => {
    path = join(path, segment)
    return occupied.has(path)
  })
}

/** What each name should hold. Files that have several are hashed once. */
export function planVerification({ entries, blobs, records, all }: OnDisk): VerifyPlan {
  const blobOf = new ByInode<Sha256Hex>()
  const known = new ByInode<{ readonly first: Place; readonly others: Place[] }>()
  const files: FileOnDisk[] = []
  const settled: FileVerdict[] = []
  const misplaced: (BlobEntry & { readonly sha256: Sha256Hex })[] = []
  const seen = new Map<RecordedArtifact, Set<string>>()
  const occupied = new Set<string>()
  const note = (entry: DiskEntry, place: Place): void => {
    const earlier = known.get(entry)
    if (earlier !== undefined) {
      earlier.others.push(place)
      return
    }
    const file = { entry, first: place, others: [] }
    known.set(entry, file)
    files.push(file)
  }

  for (const blob of blobs) {
    const { sha256, path, size, kind } = blob
    if (sha256 !== undefined && kind === 'file') blobOf.set(blob, sha256)
    else if (all && sha256 !== undefined) misplaced.push({ ...blob, sha256 })
    else if (all) settled.push(verdict('foreign', path, Number(size), { reason: notOurs(blob) }))
  }
  for (const entry of entries) {
    const { path, inside, size, kind, of } = entry
    const artifact = records.get(of.path)
    const file = artifact?.files.get(inside)
    if (kind === 'file' && (artifact === undefined || file !== undefined)) {
      const sha256 = file?.sha256 ?? blobOf.get(entry)
      note(entry, { path, isBlob: false, sha256, artifact, inside })
      if (artifact !== undefined) {
        const names = seen.get(artifact)
        if (names === undefined) seen.set(artifact, new Set([inside]))
        else names.add(inside)
      }
    } else {
      settled.push(verdict('foreign', path, Number(size), { artifact, reason: notOurs(entry) }))
      occupied.add(path)
    }
  }
  // A blob that an artifact is linked to is one file with it, and told of by the name that people know.
  for (const blob of all ? blobs : []) {
    const { sha256, path, kind } = blob
    if (sha256 === undefined || kind !== 'file') continue
    const file = known.get(blob)
    if (file?.first.sha256 === sha256 || file?.others.some((place) => place.sha256 === sha256)) continue
    note(blob, { path, isBlob: true, sha256, artifact: undefined, inside: '' })
  }
  const absent: Place[] = []
  for (const artifact of records.values()) {
    const names = seen.get(artifact)
    for (const [inside, { sha256 }] of artifact.files) {
      if (names?.has(inside) === true) continue
      const place: Place = { path: join(artifact.path, inside), isBlob: false, sha256, artifact, inside }
      if (isInTheWay(occupied, place, artifact.path)) settled.push(missing(place))
      else absent.push(place)
    }
  }
  return { files, settled, absent, misplaced }
}
