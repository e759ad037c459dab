/**
 * Removing from a store what was found in it. Each thing is looked at again right before, inside the critical section in which
 * others tell what they use: what changed since, or came into use, stays. It first goes out of sight by one rename, so
 * that no crash leaves a part of it visible, and its bytes are deleted afterwards, when nobody waits for it.
 */
import { randomBytes } from 'node:crypto'
import { rename, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Sha256Hex } from '../core/index.ts'
import { checkFile } from './check-file.ts'
import { entryAt, sameIdentity, sameInode, syncFolder } from './disk.ts'
import { errnoOf } from './fs-error.ts'
import { blobPath, checksPath, type Layout } from './layout.ts'
import type { Remover } from './remover.ts'
import { reveal } from './stage.ts'
import { type ArtifactEntry, type DiskEntry, walkArtifact } from './walk.ts'

/** What statx counts blocks in. */
const BLOCK_BYTES = 512n

/**
 * How a removal ended:
 * - `removed`: it is gone; `bytes` are those that this freed on the disk
 * - `used`: a job or a process uses it by now
 * - `changed`: it is not what was found, or cannot be told to be ours
 */
export type Removal =
  | { readonly outcome: 'removed'; readonly bytes: number }
  | { readonly outcome: 'used' | 'changed' }

const USED: Removal = { outcome: 'used' }
const CHANGED: Removal = { outcome: 'changed' }

/** An artifact as it was found. */
export interface FoundArtifact {
  readonly kind: ArtifactEntry['of']['kind']
  /** Absolute final path. */
  readonly path: string
  /** Everything under that path. */
  readonly entries: readonly ArtifactEntry[]
}

/** Tells who uses what. */
export interface UseGuard {
  /**
   * Does `work` while nobody can begin to use something.
   *
   * @throws R3mesError `STORE_NOT_WRITABLE` where nobody can tell what is used
   */
  exclusively<T>(work: (inUse: { isUsed(blobOrPath: string): boolean }) => Promise<T>): Promise<T>
}

export interface RemoverContext {
  readonly layout: Layout
  readonly leases: UseGuard
  /** A fresh hidden name in a folder, which a later run clears when this one dies. */
  readonly hiddenIn: (folder: string) => string
  readonly signal?: AbortSignal | undefined
}

/** Removes artifacts and blobs; see {@link Remover}. */
export function removerIn({
  layout,
  leases,
  hiddenIn,
  signal,
}: RemoverContext): Pick<Remover, 'artifact' | 'blob'> {
  /** @param folder where it goes: one whose unfinished work is cleared after a crash */
  async function takeOutOfSight(path: string, folder: string): Promise<string> {
    const hidden = hiddenIn(folder)
    await rename(path, hidden)
    await syncFolder(dirname(path))
    return hidden
  }

  async function isOurs(
    { entries }: FoundArtifact,
    digestOf: (inside: string) => Sha256Hex | undefined,
  ): Promise<boolean> {
    for (const { path, inside, kind, ...identity } of entries) {
      const digest = kind === 'file' ? digestOf(inside) : undefined
      if (digest === undefined) return false
      const blob = await entryAt(blobPath(layout, digest))
      if (blob !== undefined && sameInode(blob, identity)) continue
      const check = await checkFile(path, digest, { signal })
      if (check.kind !== 'verified' || !sameIdentity(check.identity, identity)) return false
    }
    return entries.length > 0
  }

  return {
    async artifact(found, digestOf) {
      const { kind, path } = found
      // Hashing takes long, so nobody waits for it. What counts then is that nothing changed since.
      if (!(await isOurs(found, digestOf))) return CHANGED
      const hidden = await leases.exclusively(async (inUse) => {
        if (inUse.isUsed(path)) return USED
        if (!(await isStill(found, path))) return CHANGED
        return await takeOutOfSight(path, dirname(path))
      })
      if (typeof hidden !== 'string') return hidden
      if (!(await isStill({ kind, path: hidden, entries: found.entries }, hidden))) {
        await putBack(hidden, path)
        return CHANGED
      }
      return { outcome: 'removed', bytes: await deleteTree(hidden, found.entries) }
    },

    async blob(sha256, found) {
      const path = blobPath(layout, sha256)
      const hidden = await leases.exclusively(async (inUse) => {
        if (inUse.isUsed(sha256)) return USED
        const now = await entryAt(path)
        if (now === undefined || !sameIdentity(now, found) || now.nlink !== 1n) return CHANGED
        return await takeOutOfSight(path, layout.blobs)
      })
      if (typeof hidden !== 'string') return hidden
      const taken = await entryAt(hidden)
      if (taken === undefined || !sameIdentity(taken, found)) {
        await putBack(hidden, path)
        return CHANGED
      }
      const bytes = await deleteFile(hidden)
      // Nobody asks for it any more. One that stays is a small file, and believed of no other blob.
      await rm(checksPath(layout, sha256), { force: true }).catch(() => {})
      return { outcome: 'removed', bytes }
    },
  }
}

/** Whether exactly what was found stands at a path. */
export async function isStill({ kind, entries }: FoundArtifact, path: string): Promise<boolean> {
  const missing = new Map(entries.map((entry) => [entry.inside, entry]))
  for await (const batch of walkArtifact(kind, path)) {
    for (const entry of batch) {
      const found = missing.get(entry.inside)
      if (found === undefined || found.kind !== entry.kind || !sameIdentity(found, entry)) return false
      missing.delete(entry.inside)
    }
  }
  return missing.size === 0
}

/** What is out of sight turned out to be something else: nothing of it may be lost. */
export async function putBack(hidden: string, path: string): Promise<void> {
  const entry = await entryAt(hidden)
  if (entry === undefined) return
  if (await reveal(hidden, path, entry.isDirectory())) {
    // A file was revealed by a second name.
    await rm(hidden, { force: true })
    return
  }
  // Something came there meanwhile. Under a name that nobody clears it is there for people to look at.
  await rename(hidden, `${path}.found-${randomBytes(4).toString('hex')}`)
}

async function deleteTree(hidden: string, entries: readonly ArtifactEntry[]): Promise<number> {
  let bytes = 0
  for (const { inside } of entries) bytes += await deleteFile(join(hidden, inside))
  await rm(hidden, { recursive: true, force: true })
  return bytes
}

/**
 * Deletes a file.
 *
 * @returns the bytes that this frees: none while the file has another name
 */
export async function deleteFile(path: string): Promise<number> {
  const entry = await entryAt(path)
  if (entry === undefined) return 0
  try {
    await unlink(path)
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return 0
    throw thrown
  }
  return entry.nlink === 1n ? allocatedOf(entry) : 0
}

/** Bytes that a file takes on the disk. */
export function allocatedOf({ blocks }: Pick<DiskEntry, 'blocks'>): number {
  return Number(blocks * BLOCK_BYTES)
}
