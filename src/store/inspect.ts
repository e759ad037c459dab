/** What stands at a final path, told apart so finely that only what is provably this artifact is ever touched. */
import type { BigIntStats } from 'node:fs'
import { chmod, readdir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Sha256Hex } from '../core/index.ts'
import type { Blobs } from './blobs.ts'
import { checkFile } from './check-file.ts'
import type { Checks } from './checks/index.ts'
import { currentUser, entryAt, heldByUs, makeReadOnly } from './disk.ts'
import { errnoOf } from './fs-error.ts'
import { parentsOf } from './layout.ts'
import type { Leases } from './leases/leases.ts'
import type { Quarantine } from './quarantine.ts'
import type { Replaced } from './replace.ts'
import type { ArtifactKind, Promotable } from './types.ts'

export type ArtifactFile = Promotable['files'][number]

/**
 * - `empty`: a folder of ours without a single entry; there is nothing in it to lose
 * - `exact`: this artifact and nothing else, every byte hashed just now
 * - `damaged`: this artifact, where `wrong` are missing or hard links of a blob that was found damaged
 * - `other`: anything else
 */
export type Occupant =
  | { readonly kind: 'absent' }
  | { readonly kind: 'empty'; readonly mode: number }
  | { readonly kind: 'exact' }
  | { readonly kind: 'damaged'; readonly wrong: readonly ArtifactFile[] }
  | { readonly kind: 'other' }

const OTHER: Occupant = { kind: 'other' }

export interface Evidence {
  readonly blobs: Pick<Blobs, 'isCheckedBlob'>
  readonly checks: Checks
  readonly quarantine: Pick<Quarantine, 'holds'>
  /** Of the store, for its hidden names. */
  readonly tag: string
  readonly leases: Leases
  /** Digests of the files that the usage index recorded for a final path, by path inside the artifact. */
  readonly recordedFiles: (
    kind: ArtifactKind,
    name: string,
    path: string,
  ) => Promise<ReadonlyMap<string, Sha256Hex>>
  /** What made room for artifacts that this store put in place. */
  readonly replaced: Set<Replaced>
  readonly signal?: AbortSignal | undefined
}

/** What the file system answers about things that are not ours to read, or that move while we look. */
const DOUBTFUL = new Set(['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'])

/**
 * Looks at a final path without following any link. A symlink, a special file, a file or folder of another user, something
 * unreadable and a single foreign entry all make it other content, of which not even a mode is changed.
 *
 * What is this artifact, whole or damaged, is made read-only again, and its folders closed to others.
 */
export async function inspect(path: string, artifact: Promotable, evidence: Evidence): Promise<Occupant> {
  const top = await entryAt(path)
  if (top === undefined) return { kind: 'absent' }
  if (!heldByUs(top, currentUser())) return OTHER
  try {
    return artifact.asFolder
      ? await inspectFolder(path, top, artifact, evidence)
      : await inspectFile(path, top, artifact, evidence)
  } catch (thrown) {
    if (DOUBTFUL.has(errnoOf(thrown) ?? '')) return OTHER
    throw thrown
  }
}

async function inspectFile(
  path: string,
  top: BigIntStats,
  artifact: Promotable,
  evidence: Evidence,
): Promise<Occupant> {
  const [only] = artifact.files
  if (only === undefined || !top.isFile()) return OTHER
  const verdict = await judge(path, top, only, evidence)
  if (verdict === 'foreign') return OTHER
  if (verdict === 'damaged') return { kind: 'damaged', wrong: [only] }
  await evidence.checks.around([path], () => makeReadOnly(path, top))
  return { kind: 'exact' }
}

async function inspectFolder(
  path: string,
  top: BigIntStats,
  artifact: Promotable,
  evidence: Evidence,
): Promise<Occupant> {
  if (!top.isDirectory()) return OTHER
  if ((await readdir(path)).length === 0) return { kind: 'empty', mode: Number(top.mode & 0o7777n) }
  const found = await listOwn(path, artifact)
  if (found === undefined) return OTHER
  const wrong: ArtifactFile[] = []
  for (const file of artifact.files) {
    const entry = found.files.get(file.path)
    // A missing file is put back: that adds approved bytes to a folder of nothing else, and replaces none.
    const verdict =
      entry === undefined ? 'damaged' : await judge(join(path, file.path), entry, file, evidence)
    if (verdict === 'foreign') return OTHER
    if (verdict === 'damaged') wrong.push(file)
  }
  for (const [file, entry] of found.files) {
    if ((entry.mode & 0o7777n) === 0o444n) continue
    const inside = join(path, file)
    await evidence.checks.around([inside], () => makeReadOnly(inside, entry))
  }
  for (const [folder, entry] of [['', top] as const, ...found.folders]) {
    const isOpen = (entry.mode & 0o022n) !== 0n
    if (isOpen) await chmod(join(path, folder), Number(entry.mode & 0o7755n))
  }
  return wrong.length === 0 ? { kind: 'exact' } : { kind: 'damaged', wrong }
}

async function judge(
  path: string,
  entry: BigIntStats,
  wanted: ArtifactFile,
  evidence: Evidence,
): Promise<'right' | 'damaged' | 'foreign'> {
  const { sha256, size } = wanted.file
  if (evidence.blobs.isCheckedBlob(sha256, entry)) return 'right'
  if (entry.size === BigInt(size)) {
    // A copy, which has a check of its own.
    if ((await evidence.checks.trusted(sha256, entry)) !== undefined) return 'right'
    const check = await checkFile(path, sha256, { signal: evidence.signal })
    if (check.kind === 'verified') {
      if (check.isSettled) evidence.checks.note(sha256, path, check.identity)
      return 'right'
    }
  }
  // Same name, other bytes: a newer or older version looks just like that. Only the inode proves that it was ours.
  return (await evidence.quarantine.holds(sha256, entry)) ? 'damaged' : 'foreign'
}

interface OwnEntries {
  readonly files: ReadonlyMap<string, BigIntStats>
  readonly folders: ReadonlyMap<string, BigIntStats>
}

/** The entries of a folder when all of them can belong to the artifact; undefined at the first that cannot. */
async function listOwn(root: string, artifact: Promotable): Promise<OwnEntries | undefined> {
  const wantedFiles = new Set<string>(artifact.files.map(({ path }) => path))
  const wantedFolders = new Set(artifact.files.flatMap(({ path }) => parentsOf(path)))
  const files = new Map<string, BigIntStats>()
  const folders = new Map<string, BigIntStats>()
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const name of await readdir(join(root, folder))) {
      const path = posix.join(folder, name)
      const entry = await entryAt(join(root, path))
      if (entry === undefined || !heldByUs(entry, currentUser())) return undefined
      if (entry.isFile() && wantedFiles.has(path)) files.set(path, entry)
      else if (entry.isDirectory() && wantedFolders.has(path)) {
        folders.set(path, entry)
        waiting.push(path)
      } else return undefined
    }
  }
  return { files, folders }
}
