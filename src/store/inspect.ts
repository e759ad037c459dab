/** What stands at a final path, told apart so finely that only what is provably this artifact is ever touched. */
import type { BigIntStats } from 'node:fs'
import { chmod, readdir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Blobs } from './blobs.ts'
import { checkFile } from './check-file.ts'
import { currentUser, entryAt, heldByUs, makeReadOnly } from './disk.ts'
import { parentsOf } from './layout.ts'
import type { Quarantine } from './quarantine.ts'
import type { Promotable } from './types.ts'

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
  readonly quarantine: Pick<Quarantine, 'holds'>
}

/**
 * Looks at a final path without following any link. A symlink, a special file, a file or folder of another user and a
 * single foreign entry all make it other content. What is exactly this artifact is made read-only again, and its folders
 * closed to others.
 */
export async function inspect(path: string, artifact: Promotable, evidence: Evidence): Promise<Occupant> {
  const top = await entryAt(path)
  if (top === undefined) return { kind: 'absent' }
  if (!heldByUs(top, currentUser())) return OTHER
  if (!artifact.asFolder) {
    const [only] = artifact.files
    if (only === undefined || !top.isFile()) return OTHER
    return conclude([[only, await judge(path, top, only, evidence)]])
  }
  if (!top.isDirectory()) return OTHER
  if ((await readdir(path)).length === 0) return { kind: 'empty', mode: Number(top.mode & 0o7777n) }

  const found = await listOwn(path, artifact)
  if (found === undefined) return OTHER
  const verdicts: [ArtifactFile, Verdict][] = []
  for (const file of artifact.files) {
    const entry = found.files.get(file.path)
    const verdict =
      entry === undefined ? 'missing' : await judge(join(path, file.path), entry, file, evidence)
    if (verdict === 'foreign') return OTHER
    verdicts.push([file, verdict])
  }
  await closeFolders(path, top, found.folders)
  return conclude(verdicts)
}

type Verdict = 'right' | 'missing' | 'damaged' | 'foreign'

/** Pure: one verdict for the artifact from those of its files. */
function conclude(verdicts: readonly (readonly [ArtifactFile, Verdict])[]): Occupant {
  if (verdicts.some(([, verdict]) => verdict === 'foreign')) return OTHER
  const wrong = verdicts.filter(([, verdict]) => verdict !== 'right').map(([file]) => file)
  return wrong.length === 0 ? { kind: 'exact' } : { kind: 'damaged', wrong }
}

async function judge(
  path: string,
  entry: BigIntStats,
  wanted: ArtifactFile,
  evidence: Evidence,
): Promise<Verdict> {
  const { sha256, size } = wanted.file
  if (evidence.blobs.isCheckedBlob(sha256, entry)) return 'right'
  if (entry.size === BigInt(size)) {
    await makeReadOnly(path, entry)
    const check = await checkFile(path, sha256)
    if (check.kind === 'verified') return 'right'
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

async function closeFolders(
  root: string,
  top: BigIntStats,
  inner: ReadonlyMap<string, BigIntStats>,
): Promise<void> {
  for (const [path, entry] of [['', top] as const, ...inner]) {
    const open = (entry.mode & 0o022n) !== 0n
    if (open) await chmod(join(root, path), Number(entry.mode & 0o7755n))
  }
}
