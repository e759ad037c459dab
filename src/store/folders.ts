/** The folders of a store: made when they are missing, refused when they are not safe to keep verified bytes in. */
import type { Stats } from 'node:fs'
import { access, chmod, constants, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { R3mesError, type Reporter } from '../core/index.ts'
import { currentUser, entryAt, heldByUs, makeFolders } from './disk.ts'
import { errnoOf, storeError } from './fs-error.ts'

export interface Folder {
  readonly path: string
  /** How messages call it, in our own words: "The store's home (`home`)". */
  readonly title: string
  /** Mode when it is made; the user's umask takes from it. */
  readonly mode: number
  /** What it would hold can be done without, so it may be one in which this user can write nothing. */
  readonly isDispensable?: boolean
}

export type FolderVerdict = 'safe' | 'foreign' | 'open-to-others' | 'open-to-group'

/**
 * Who else could write here. POSIX only: without a user id (Windows) every folder counts as safe, since its protection is
 * an access list that modes do not show.
 */
export function judgeFolder(
  folder: { readonly uid: number; readonly mode: number },
  user: number | undefined,
): FolderVerdict {
  if (user === undefined) return 'safe'
  if (folder.uid !== user) return 'foreign'
  if ((folder.mode & 0o002) !== 0) return 'open-to-others'
  if ((folder.mode & 0o020) !== 0) return 'open-to-group'
  return 'safe'
}

/**
 * Makes a folder, or checks the one that is there. A symlink to a folder is followed, and its target judged; one of another
 * user is refused, since it can lead elsewhere a moment later. Write permission of the group is removed with a notice.
 *
 * @throws R3mesError `STORE_UNSAFE`, `STORE_NOT_WRITABLE`, `DISK_FULL`
 */
export async function prepareFolder(folder: Folder, reporter: Reporter): Promise<void> {
  const { path, title } = folder
  await refuseForeignLink(folder)
  const found = (await folderAt(folder)) ?? (await makeFolder(folder))
  const verdict = refuseUnsafe(folder, found)
  try {
    if (verdict === 'open-to-group') {
      await chmod(path, found.mode & 0o7757)
      reporter.notice(`${title} could be written by its group. That permission was removed: ${path}`)
    }
    if (folder.isDispensable === true) return
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (thrown) {
    throw notWritable(folder, thrown, found)
  }
}

/** A folder as it is, which nobody has changed. */
export interface ExaminedFolder {
  /** Absolute: the folder, or the nearest one above it, in which it would be made. */
  readonly standsAt: string
  /** False: it would be made by the next run. */
  readonly exists: boolean
  readonly mode: number
  /** A run would take that permission away. */
  readonly isOpenToGroup: boolean
}

/**
 * As {@link prepareFolder}, but changes and makes nothing.
 *
 * @throws R3mesError `STORE_UNSAFE`, `STORE_NOT_WRITABLE`
 */
export async function examineFolder(folder: Folder): Promise<ExaminedFolder> {
  await refuseForeignLink(folder)
  const found = await folderAt(folder)
  const standsAt = found === undefined ? await nearestFolder(dirname(folder.path)) : folder.path
  const there = found ?? (await stat(standsAt))
  const verdict = found === undefined ? 'safe' : refuseUnsafe(folder, found)
  try {
    await access(standsAt, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (thrown) {
    throw notWritable(folder, thrown, there)
  }
  const isOpenToGroup = verdict === 'open-to-group'
  return { standsAt, exists: found !== undefined, mode: there.mode & 0o7777, isOpenToGroup }
}

/** The next existing folder at or above a path. */
async function nearestFolder(path: string): Promise<string> {
  const entry = await stat(path).catch(() => undefined)
  return entry?.isDirectory() === true || dirname(path) === path ? path : await nearestFolder(dirname(path))
}

/** @throws R3mesError `STORE_UNSAFE` */
function refuseUnsafe(
  { path, title }: Folder,
  found: { readonly uid: number; readonly mode: number },
): 'safe' | 'open-to-group' {
  const verdict = judgeFolder(found, currentUser())
  if (verdict === 'foreign') {
    throw new R3mesError(
      'STORE_UNSAFE',
      `${title} belongs to user id ${found.uid}, but this process runs as user id ${currentUser()}. Give it to this user with \`chown\`, or choose another folder.`,
      { detail: path },
    )
  }
  if (verdict === 'open-to-others') {
    throw new R3mesError(
      'STORE_UNSAFE',
      `${title} can be written by every user of this machine. Remove that with \`chmod o-w\`, check what it holds, or choose another folder.`,
      { detail: path },
    )
  }
  return verdict
}

/** Whether this is a symlink that another user, who is not root, may replace. */
export function isForeignLink(
  entry: { readonly uid: bigint; isSymbolicLink(): boolean },
  user: number | undefined,
): boolean {
  return entry.isSymbolicLink() && !heldByUs(entry, user)
}

/**
 * Whether a path lies below one of these folders, through nothing but folders: a link between the two leads to files that are not
 * the store's. The folders themselves may be links.
 *
 * @param path absolute
 */
export async function isInside(roots: readonly string[], path: string): Promise<boolean> {
  const root = roots.find((each) => path.startsWith(`${each}${sep}`))
  if (root === undefined) return false
  let folder = root
  for (const segment of relative(root, dirname(path)).split(sep)) {
    folder = join(folder, segment)
    if (folder !== root && (await entryAt(folder))?.isDirectory() !== true) return false
  }
  return true
}

async function refuseForeignLink({ path, title }: Folder): Promise<void> {
  // What cannot be looked at is for the next steps to tell.
  const entry = await entryAt(path).catch(() => undefined)
  if (entry === undefined || !isForeignLink(entry, currentUser())) return
  throw new R3mesError(
    'STORE_UNSAFE',
    `${title} is a symlink of user id ${entry.uid}, who can let it lead elsewhere at any time. Remove it, or choose another folder.`,
    { detail: path },
  )
}

/** Undefined when nothing is there yet. */
async function folderAt(folder: Folder): Promise<Stats | undefined> {
  let found: Stats
  try {
    found = await stat(folder.path)
  } catch (thrown) {
    const errno = errnoOf(thrown)
    // Asked again: another process may have made the folder since.
    const entry = errno === 'ENOENT' ? await entryAt(folder.path) : undefined
    if (errno === 'ENOENT' && entry?.isSymbolicLink() !== true) return undefined
    if (errno === 'ENOENT' || errno === 'ELOOP') throw noFolder(folder, 'is a symlink that leads nowhere')
    if (errno === 'ENOTDIR') throw noFolder(folder, 'lies below a file')
    throw notWritable(folder, thrown, await nearestAbove(folder.path))
  }
  if (!found.isDirectory()) throw noFolder(folder, 'is not a folder')
  return found
}

async function makeFolder(folder: Folder): Promise<Stats> {
  try {
    await makeFolders(folder.path, folder.mode)
    return await stat(folder.path)
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') throw noFolder(folder, 'lies below a symlink that leads nowhere')
    throw notWritable(folder, thrown, await nearestAbove(folder.path))
  }
}

function noFolder({ path, title }: Folder, why: string): R3mesError {
  return new R3mesError(
    'STORE_NOT_WRITABLE',
    `${title} ${why}. Remove what is there, or choose another folder.`,
    { detail: path },
  )
}

/** The next existing folder above a path: its owner is who has to give permission. */
async function nearestAbove(path: string): Promise<{ readonly uid: number } | undefined> {
  for (let above = dirname(path); ; above = dirname(above)) {
    try {
      return await stat(above)
    } catch {
      if (above === dirname(above)) return undefined
    }
  }
}

function notWritable(folder: Folder, thrown: unknown, holder: { readonly uid: number } | undefined): unknown {
  const errno = errnoOf(thrown)
  if (errno !== 'EACCES' && errno !== 'EPERM' && errno !== 'EROFS') {
    return storeError(thrown, 'preparing the folders of the store')
  }
  const user = currentUser()
  const who =
    errno === 'EROFS' || user === undefined || holder === undefined
      ? ''
      : ` It, or the nearest folder above it, belongs to user id ${holder.uid}; this process runs as user id ${user}.`
  const why = errno === 'EROFS' ? 'is on a read-only file system' : `cannot be written (${errno})`
  return new R3mesError(
    'STORE_NOT_WRITABLE',
    `${folder.title} ${why}.${who} Make it writable, or choose another folder.`,
    { cause: thrown, detail: folder.path },
  )
}
