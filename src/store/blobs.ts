import { chmod, link, open, rename, rm, unlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import {
  assertVerified,
  R3mesError,
  type Reporter,
  type Sha256Hex,
  type VerifiedFile,
  Verifier,
  verifiedEarlier,
} from '../core/index.ts'
import { checkFile, type FileCheck } from './check-file.ts'
import type { Checks } from './checks/index.ts'
import {
  currentUser,
  entryAt,
  heldByUs,
  type Identity,
  identityOf,
  makeFolders,
  makeReadOnly,
  sameIdentity,
  syncFolder,
} from './disk.ts'
import { errnoOf } from './fs-error.ts'
import { blobPath, journalPath, type Layout } from './layout.ts'
import { cannotLink, copyVerified } from './link-or-copy.ts'
import { removePartial } from './partials.ts'
import type { Quarantine } from './quarantine.ts'
import { stagingPath } from './staging.ts'
import type { HashProgress } from './types.ts'

/** How often a blob that another process replaces under our eyes is looked at again. */
const ATTEMPTS = 3

export interface Blobs {
  find(sha256: Sha256Hex, size?: number, onProgress?: HashProgress): Promise<VerifiedFile | undefined>
  adopt(file: VerifiedFile): Promise<VerifiedFile>
  /**
   * Makes a file that lies elsewhere a blob, by a hard link where that is possible. Undefined when its bytes are not those of the
   * digest, or it is no regular file.
   */
  takeIn(path: string, sha256: Sha256Hex, onProgress?: HashProgress): Promise<VerifiedFile | undefined>
  /** True when a file is the blob itself, untouched since this process hashed it last. */
  isCheckedBlob(sha256: Sha256Hex, file: Identity): boolean
}

export function blobsIn(
  layout: Layout,
  tag: string,
  quarantine: Quarantine,
  checks: Checks,
  reporter: Reporter,
  signal?: AbortSignal,
): Blobs {
  const checked = new Map<Sha256Hex, Identity>()

  /** The blob as an earlier check left it, where such checks count. */
  async function findUnchanged(
    sha256: Sha256Hex,
    size: number | undefined,
  ): Promise<VerifiedFile | undefined> {
    const path = blobPath(layout, sha256)
    const entry = await entryAt(path)
    if (entry?.isFile() !== true || !heldByUs(entry, currentUser())) return undefined
    if (size !== undefined && entry.size !== BigInt(size)) return undefined
    const checkedAt = await checks.trusted(sha256, entry)
    if (checkedAt === undefined) return undefined
    checked.set(sha256, entry)
    return verifiedEarlier(sha256, path, Number(entry.size), checkedAt)
  }

  async function find(
    sha256: Sha256Hex,
    size?: number,
    onProgress?: HashProgress,
  ): Promise<VerifiedFile | undefined> {
    const path = blobPath(layout, sha256)
    checked.delete(sha256)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const entry = await entryAt(path)
      if (entry === undefined) return undefined
      if (!entry.isFile() || !heldByUs(entry, currentUser())) {
        await quarantine.take(path, sha256, 'It is not a regular file of this user.')
        return undefined
      }
      await makeReadOnly(path, entry)
      const check = await checkFile(path, sha256, { signal, onProgress })
      if (check.kind === 'changed') continue
      if (check.kind === 'wrong') {
        await quarantine.take(path, sha256, check.reason.message)
        return undefined
      }
      if (size !== undefined && check.file.size !== size) {
        // The bytes are what their name says. A wrong size in one record is no reason to lose a blob that others use.
        reporter.warning(
          `The store has the content with SHA-256 ${sha256}, but with ${check.file.size} bytes where ${size} were approved.`,
        )
        return undefined
      }
      checked.set(sha256, check.identity)
      if (check.isSettled) checks.note(sha256, path, check.identity)
      return check.file
    }
    throw new R3mesError(
      'STORE_CORRUPT',
      'A file of the store kept changing while it was checked. Find out which program writes below `home`, then run again.',
      { detail: path },
    )
  }

  async function adopt(file: VerifiedFile): Promise<VerifiedFile> {
    assertVerified(file)
    if (dirname(resolve(file.path)) !== layout.partials) {
      throw new TypeError('Only a partial of this store can become a blob')
    }
    // Hashed, whatever was written down of it: the bytes that were just brought are known to be right.
    const held = await find(file.sha256, file.size)
    if (held !== undefined) {
      await removePartial(file.path)
      return held
    }
    const blob = blobPath(layout, file.sha256)
    const isFirstOfItsFolder = (await entryAt(dirname(blob))) === undefined
    await makeFolders(dirname(blob), 0o700)
    const synced = await syncPartial(file)
    const moved = (await moveToBlob(file, blob)) ?? synced
    await rm(journalPath(file.path), { force: true })
    // Only now: a read-only partial, left by a crash, could not be overwritten by the next run.
    await chmod(blob, 0o444)
    await syncFolder(dirname(blob))
    if (isFirstOfItsFolder) await syncFolder(layout.blobs)
    const entry = await entryAt(blob)
    if (entry === undefined || !sameIdentity(entry, moved)) return await findAgain(file, blob)
    checked.set(file.sha256, entry)
    checks.note(file.sha256, blob, entry)
    return Verifier.moved(file, blob)
  }

  async function takeIn(
    path: string,
    sha256: Sha256Hex,
    onProgress?: HashProgress,
  ): Promise<VerifiedFile | undefined> {
    const check = await checkFile(path, sha256, { signal, onProgress })
    if (check.kind !== 'verified') return undefined
    await syncBytes(path)
    const blob = blobPath(layout, sha256)
    const isFirstOfItsFolder = (await entryAt(dirname(blob))) === undefined
    await makeFolders(dirname(blob), 0o700)
    const hidden = stagingPath(layout.blobs, tag)
    try {
      await linkOwnOrCopy(path, hidden, check)
      await rename(hidden, blob)
    } finally {
      // A rename of one name of a file over another name of it does nothing.
      await rm(hidden, { force: true })
    }
    await chmod(blob, 0o444)
    await syncFolder(dirname(blob))
    if (isFirstOfItsFolder) await syncFolder(layout.blobs)
    const entry = await entryAt(blob)
    if (entry === undefined || !sameIdentity(entry, check.identity)) return await findAgain(check.file, blob)
    checked.set(sha256, entry)
    checks.note(sha256, blob, entry)
    return Verifier.moved(check.file, blob)
  }

  /** Something else came to the blob's place since it was put there, or the file system gives its files other numbers. */
  async function findAgain(file: VerifiedFile, blob: string): Promise<VerifiedFile> {
    const found = await find(file.sha256, file.size)
    if (found === undefined) throw vanished(blob)
    return found
  }

  /** What is the blob now, when that is not the partial itself. */
  async function moveToBlob(file: VerifiedFile, blob: string): Promise<Identity | undefined> {
    try {
      await rename(file.path, blob)
      return undefined
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EXDEV') throw thrown
      const copy = stagingPath(layout.blobs, tag)
      await copyVerified(file.path, copy, file.sha256)
      const copied = await entryAt(copy)
      await rename(copy, blob)
      await unlink(file.path)
      return copied
    }
  }

  return {
    find: async (sha256, size, onProgress) =>
      (await findUnchanged(sha256, size)) ?? (await find(sha256, size, onProgress)),
    adopt,
    takeIn,
    isCheckedBlob(sha256, file) {
      const known = checked.get(sha256)
      return known !== undefined && sameIdentity(known, file)
    },
  }
}

/** Makes the bytes survive a power cut before their name says that they are right. Says which file has them. */
async function syncPartial(file: VerifiedFile): Promise<Identity> {
  const entry = await entryAt(file.path)
  if (entry?.isFile() !== true || entry.size !== BigInt(file.size)) throw vanished(file.path)
  await using handle = await open(file.path, 'r+')
  await handle.sync()
  return identityOf(entry)
}

/** Brings to the disk what another program wrote, before a name says that it is right. */
async function syncBytes(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  // Windows syncs no file that was opened for reading.
  if (process.platform !== 'win32') await handle.sync()
}

/** A file of somebody else could be changed by them later: of that, the store has a copy of its own. */
async function linkOwnOrCopy(
  path: string,
  to: string,
  { file, identity }: Extract<FileCheck, { kind: 'verified' }>,
): Promise<void> {
  const entry = await entryAt(path)
  if (entry !== undefined && heldByUs(entry, currentUser())) {
    try {
      await link(path, to)
      const linked = await entryAt(to)
      if (linked !== undefined && sameIdentity(linked, identity)) return
      throw vanished(path)
    } catch (thrown) {
      if (!cannotLink(thrown)) throw thrown
    }
  }
  await copyVerified(path, to, file.sha256)
}

function vanished(path: string): R3mesError {
  return new R3mesError(
    'STORE_CORRUPT',
    'A verified file was changed or deleted by another program. Find out which program writes below `home`, then run again.',
    { detail: path },
  )
}
