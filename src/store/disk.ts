/** The few things that every part of the store asks of a file system, in the form in which it needs them. */
import type { BigIntStats } from 'node:fs'
import { chmod, lstat, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf } from './fs-error.ts'

/** What has to stay the same for a file to count as untouched. Links change ctime, so ctime is not in it. */
export interface Identity {
  readonly dev: bigint
  readonly ino: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
}

/** The identity alone, of all that the file system says. */
export function identityOf({ dev, ino, size, mtimeNs }: Identity): Identity {
  return { dev, ino, size, mtimeNs }
}

export function sameIdentity(one: Identity, other: Identity): boolean {
  return sameInode(one, other) && one.size === other.size && one.mtimeNs === other.mtimeNs
}

export function sameInode(one: Pick<Identity, 'dev' | 'ino'>, other: Pick<Identity, 'dev' | 'ino'>): boolean {
  return one.dev === other.dev && one.ino === other.ino
}

/** The entry itself, links not followed; undefined when there is none. */
export async function entryAt(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true })
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

/** The user whose files this process makes; undefined on Windows, where files have no such owner. */
export function currentUser(): number | undefined {
  return process.geteuid?.()
}

/**
 * True when nobody but this user and root can make a file writable again. A file of somebody else, left by a member of
 * a group that once could write here, may change after it was checked.
 */
export function heldByUs(entry: { readonly uid: bigint }, user: number | undefined): boolean {
  return user === undefined || entry.uid === 0n || entry.uid === BigInt(user)
}

/** Takes all write permission from a regular file of ours. Root's files are left as they are for other users. */
export async function makeReadOnly(
  path: string,
  entry: { readonly uid: bigint; readonly mode: bigint },
): Promise<void> {
  const user = currentUser()
  const mayChange = user === undefined || user === 0 || entry.uid === BigInt(user)
  if (mayChange && (entry.mode & 0o7777n) !== 0o444n) await chmod(path, 0o444)
}

/** Gives the owner of a regular file of ours back the right to read it. False when it is not that right that is missing. */
export async function makeReadable(path: string): Promise<boolean> {
  const entry = await entryAt(path)
  if (entry?.isFile() !== true || (entry.mode & 0o400n) !== 0n) return false
  await makeReadOnly(path, entry)
  return true
}

/**
 * Makes a folder and those above it. `mkdir` with `recursive` turns EROFS and EDQUOT into ENOENT, and the message would
 * then say the wrong thing.
 *
 * @param mode of every folder that is made, less the user's umask
 */
export async function makeFolders(path: string, mode: number): Promise<void> {
  if (await makeFolder(path, mode)) return
  if (dirname(path) !== path) await makeFolders(dirname(path), mode)
  // Still nothing above it: a symlink up there leads nowhere.
  if (!(await makeFolder(path, mode))) await mkdir(path, { mode })
}

/** False when the folder above is missing. */
async function makeFolder(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode })
    return true
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT') return false
    if (errno === 'EEXIST') return true
    throw thrown
  }
}

/**
 * Makes the entries of a folder survive a power cut. Windows cannot sync folders, and writes their entries through on its
 * own.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using handle = await open(path, 'r')
  await handle.sync()
}
