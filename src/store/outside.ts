/**
 * Files outside of the store's own folders that are names of its blobs: a volume of models has them where other programs look for
 * them. Each is a read-only hard link of its blob, or a copy where links fail.
 */
import { randomBytes } from 'node:crypto'
import { link, lstat, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Sha256Hex, VerifiedFile } from '../core/index.ts'
import type { Blobs } from './blobs.ts'
import { checkFile } from './check-file.ts'
import type { Checks } from './checks/index.ts'
import {
  currentUser,
  entryAt,
  heldByUs,
  type Identity,
  identityOf,
  sameIdentity,
  sameInode,
  syncFolder,
} from './disk.ts'
import { errnoOf } from './fs-error.ts'
import { blobPath, type Layout } from './layout.ts'
import type { InUse, Leases } from './leases/leases.ts'
import { cannotLink, linkOrCopy } from './link-or-copy.ts'
import { deleteFile, type Removal } from './remove.ts'
import { discard, reveal } from './stage.ts'
import { stagingPath } from './staging.ts'
import type { HashProgress } from './types.ts'

/** What stands at a path, links not followed. */
export type Standing =
  | { readonly kind: 'absent' }
  | ({ readonly kind: 'file'; readonly ctimeNs: bigint; readonly nlink: bigint } & Identity)
  /** A link, a folder, a socket. */
  | ({ readonly kind: 'irregular' } & Identity)

export interface PutOptions {
  /** What stands there now, and has to make room; absent: nothing may stand there. */
  readonly instead?: Identity
  /** Where what stands there is kept, on the same disk if that is possible; absent: it is deleted. */
  readonly aside?: string
  /** True: it makes room also while others use the path, unless it is a whole blob of theirs: damage helps nobody. */
  readonly evenIfUsed?: boolean
}

/**
 * - `made`: the blob has this name now
 * - `used`: another process uses what stands there
 * - `changed`: something else stands there by now: look again
 */
export type Put =
  | { readonly outcome: 'made'; readonly keptAt: string | undefined; readonly identity: Identity }
  | { readonly outcome: 'used' | 'changed' }

/** Names of blobs outside of the store's own folders. All paths are absolute. */
export interface Outside {
  standing(path: string): Promise<Standing>
  /**
   * Whether a file has the bytes of a blob that was found or adopted in this session: it is the very blob, or it was hashed now, or,
   * under `verify: changed`, earlier.
   */
  holds(path: string, blob: VerifiedFile, onProgress?: HashProgress): Promise<boolean>
  /**
   * Makes a file a blob of the store, without another copy where links are possible, and read-only. Undefined when its bytes are
   * not those of the digest.
   */
  takeIn(path: string, sha256: Sha256Hex, onProgress?: HashProgress): Promise<VerifiedFile | undefined>
  /** Gives a blob a name, in one step. */
  put(blob: VerifiedFile, path: string, options?: PutOptions): Promise<Put>
  /** Removes a name, if exactly this file has it and nobody uses the path. */
  remove(path: string, found: Identity): Promise<Removal>
}

export interface OutsideContext {
  readonly layout: Layout
  readonly blobs: Blobs
  readonly checks: Checks
  readonly leases: Leases
  readonly tag: string
  readonly signal: AbortSignal | undefined
}

export function outsideOf({ layout, blobs, checks, leases, tag, signal }: OutsideContext): Outside {
  /** Where nobody can tell what is used, nobody is asked. */
  async function unlessUsed<T>(work: (inUse: InUse) => Promise<T>): Promise<T> {
    if (leases.available) return await leases.exclusively(work)
    return await work({
      isUsed: () => false,
      isUsedByOthers: () => false,
      blobsOfOthersAt: () => new Set(),
    })
  }

  /** Whether others who use a path need the very bytes that stand there, when another blob is to come. */
  async function isWholeForOthers(
    path: string,
    there: Identity & { readonly nlink: bigint },
    next: Sha256Hex,
    inUse: InUse,
  ): Promise<boolean> {
    const theirs = inUse.blobsOfOthersAt(path)
    // A copy cannot be told from damage by its number: then it counts whether they want what comes.
    if (there.nlink === 1n) return !theirs.has(next)
    for (const sha256 of theirs) {
      const blob = sha256 === next ? undefined : await entryAt(blobPath(layout, sha256))
      if (blob !== undefined && sameInode(blob, there)) return true
    }
    return false
  }

  async function isRightCopy(
    path: string,
    sha256: Sha256Hex,
    onProgress: HashProgress | undefined,
  ): Promise<boolean> {
    const entry = await entryAt(path)
    if (entry?.isFile() !== true || !heldByUs(entry, currentUser())) return false
    if ((await checks.trusted(sha256, entry)) !== undefined) return true
    const check = await checkFile(path, sha256, { signal, onProgress })
    if (check.kind === 'verified' && check.isSettled) checks.note(sha256, path, check.identity)
    return check.kind === 'verified'
  }

  async function makeRoom(
    hidden: string,
    path: string,
    next: Sha256Hex,
    options: PutOptions & { readonly instead: Identity },
  ): Promise<Put> {
    const { instead, aside, evenIfUsed = false } = options
    return await unlessUsed(async (inUse) => {
      const isUsed = inUse.isUsedByOthers(path)
      if (isUsed && !evenIfUsed) return { outcome: 'used' }
      const there = await entryAt(path)
      if (there === undefined || !sameIdentity(there, instead)) return { outcome: 'changed' }
      if (isUsed && (await isWholeForOthers(path, there, next, inUse))) return { outcome: 'used' }
      const identity = identityOf(await lstat(hidden, { bigint: true }))
      const keptAt = aside === undefined ? undefined : await keep(path, aside)
      await rename(hidden, path)
      await syncFolder(dirname(path))
      return { outcome: 'made', keptAt, identity }
    })
  }

  return {
    async standing(path) {
      const entry = await entryAt(path)
      if (entry === undefined) return { kind: 'absent' }
      if (!entry.isFile()) return { kind: 'irregular', ...identityOf(entry) }
      return { kind: 'file', ...identityOf(entry), ctimeNs: entry.ctimeNs, nlink: entry.nlink }
    },

    async holds(path, blob, onProgress) {
      const entry = await entryAt(path)
      if (entry?.isFile() !== true) return false
      return blobs.isCheckedBlob(blob.sha256, entry) || (await isRightCopy(path, blob.sha256, onProgress))
    },

    takeIn: (path, sha256, onProgress) => blobs.takeIn(path, sha256, onProgress),

    async put(blob, path, options = {}) {
      const { instead } = options
      const hidden = stagingPath(dirname(path), tag)
      return await checks.around([blob.path], async () => {
        try {
          await linkOrCopy(blob, hidden, (entry) => blobs.isCheckedBlob(blob.sha256, entry))
          if (instead !== undefined) return await makeRoom(hidden, path, blob.sha256, { ...options, instead })
          const identity = identityOf(await lstat(hidden, { bigint: true }))
          const isRevealed = await reveal(hidden, path, false)
          return isRevealed ? { outcome: 'made', keptAt: undefined, identity } : { outcome: 'changed' }
        } finally {
          await discard(hidden)
        }
      })
    },

    async remove(path, found) {
      const hidden = stagingPath(dirname(path), tag)
      const outcome = await unlessUsed(async (inUse) => {
        if (inUse.isUsed(path)) return 'used'
        const there = await entryAt(path)
        if (there === undefined || !there.isFile() || !sameIdentity(there, found)) return 'changed'
        await rename(path, hidden)
        await syncFolder(dirname(path))
        return 'hidden'
      })
      if (outcome !== 'hidden') return { outcome }
      return { outcome: 'removed', bytes: await deleteFile(hidden) }
    },
  }
}

/** Keeps a second name of a file, or moves what can have none. @returns where it is now */
async function keep(path: string, aside: string): Promise<string> {
  try {
    await link(path, aside)
    return aside
  } catch (thrown) {
    if (!cannotLink(thrown)) throw thrown
  }
  try {
    await rename(path, aside)
    return aside
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EXDEV') throw thrown
  }
  // Its folder is on a disk of its own: then it stays there, under a name that no program takes for a model's.
  const beside = `${path}.found-${randomBytes(4).toString('hex')}`
  await rename(path, beside)
  return beside
}
