/** Looking at a store, and at what the file system below it can do, without making or changing anything that stays. */
import { constants } from 'node:fs'
import { copyFile, link, mkdtemp, open, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { R3mesError } from '../core/index.ts'
import { entryAt } from './disk.ts'
import { type ExaminedFolder, examineFolder } from './folders.ts'
import { during, errnoOf, storeError } from './fs-error.ts'
import { type Volume, volumeAt } from './leases/file-system.ts'
import { LocksUnsupported } from './lock-file.ts'
import { askOtherProcess, type OthersFind } from './other-process.ts'
import { foldersOf, layoutFor, type StorePlaces } from './places.ts'
import { tryLock } from './process-lock.ts'
import { allocatedOf } from './remove.ts'
import { type DiskSpace, spaceAt } from './space.ts'

/** A folder of a store, or why a run would refuse it. */
export type ExaminedPlace =
  | (ExaminedFolder & { readonly path: string; readonly title: string })
  | { readonly path: string; readonly title: string; readonly error: R3mesError }

/**
 * The folders of a store, the home first, each judged as a run would judge it.
 *
 * @throws R3mesError `INPUT_INVALID` for a path that is not absolute
 */
export async function examinePlaces(places: StorePlaces): Promise<readonly ExaminedPlace[]> {
  const folders = foldersOf(layoutFor(places), places)
  return await Promise.all(
    folders.map(async (folder) => {
      const { path, title } = folder
      try {
        return { path, title, ...(await examineFolder(folder)) }
      } catch (thrown) {
        const error = storeError(thrown, 'looking at the folders of the store')
        if (error instanceof R3mesError) return { path, title, error }
        throw error
      }
    }),
  )
}

/** Whether something works, and what the file system said when it does not. */
export type Ability = { readonly works: true } | { readonly works: false; readonly errno: string }

export interface FileSystemAbilities {
  readonly hardLinks: Ability
  /** Copies that share their blocks until one of them is written. */
  readonly reflinks: Ability
  readonly symlinks: Ability
  /** `Name` and `name` are one. */
  readonly foldsCase: boolean
  /** What another process met while this one held a lock; `none`: the file system knows no locks. */
  readonly locks: OthersFind | 'none'
  readonly volume: Volume
  readonly space: DiskSpace
}

/** Bytes that have to find room: more than a file system keeps inside an inode. */
const PROBE_BYTES = 64 * 1024

/**
 * Tries out a file system in a folder of its own, which is removed again.
 *
 * @param folder that exists
 * @throws R3mesError `DISK_FULL`, `STORE_NOT_WRITABLE`, `STORE_CORRUPT` when not even a small file can be written; the signal's
 * reason once aborted
 */
export async function probeFileSystem(folder: string, signal: AbortSignal): Promise<FileSystemAbilities> {
  return await during('trying out the file system', async () => {
    signal.throwIfAborted()
    const probes = await mkdtemp(join(folder, '.r3mes-doctor-'))
    try {
      const file = join(probes, 'probe')
      await writeProbe(file)
      signal.throwIfAborted()
      return {
        hardLinks: await ability(() => link(file, join(probes, 'link'))),
        reflinks: await ability(() =>
          copyFile(file, join(probes, 'reflink'), constants.COPYFILE_FICLONE_FORCE),
        ),
        symlinks: await ability(() => symlink('probe', join(probes, 'symlink'))),
        foldsCase: (await entryAt(join(probes, 'PROBE'))) !== undefined,
        locks: await probeLock(join(probes, 'lock'), signal),
        volume: await volumeAt(folder),
        space: await spaceAt(folder),
      }
    } finally {
      await rm(probes, { recursive: true, force: true })
    }
  })
}

async function writeProbe(path: string): Promise<void> {
  await using handle = await open(path, 'wx', 0o600)
  await handle.writeFile(Buffer.alloc(PROBE_BYTES, 'r3mes'))
  // Only then has the file system promised the room.
  await handle.sync()
}

async function ability(attempt: () => Promise<void>): Promise<Ability> {
  try {
    await attempt()
    return { works: true }
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === undefined) throw thrown
    return { works: false, errno }
  }
}

async function probeLock(path: string, signal: AbortSignal): Promise<OthersFind | 'none'> {
  try {
    const held = tryLock(path)
    // Nobody else knows this file.
    if (held === undefined) return 'unknown'
    try {
      return await askOtherProcess(path, signal)
    } finally {
      held.release()
    }
  } catch (thrown) {
    if (thrown instanceof LocksUnsupported) return 'none'
    throw thrown
  }
}

export interface Tally {
  readonly files: number
  /** On the disk. */
  readonly bytes: number
}

/**
 * What earlier runs left behind: downloads that are not finished, and damaged files that are kept. Nothing where there is
 * no store, or where this user may not look.
 */
export async function examineRemains(
  places: StorePlaces,
): Promise<{ readonly partials: Tally; readonly quarantine: Tally }> {
  const layout = layoutFor(places)
  const [partials, quarantine] = await Promise.all([
    tallyOf(layout.partials, (name) => name.endsWith('.part')),
    tallyOf(layout.quarantine, () => true),
  ])
  return { partials, quarantine }
}

async function tallyOf(folder: string, isMeant: (name: string) => boolean): Promise<Tally> {
  const names = (await readdir(folder).catch(() => [])).filter(isMeant)
  const entries = await Promise.all(names.map((name) => entryAt(join(folder, name)).catch(() => undefined)))
  const files = entries.filter((entry) => entry?.isFile() === true)
  return {
    files: files.length,
    bytes: files.reduce((sum, entry) => sum + (entry ? allocatedOf(entry) : 0), 0),
  }
}
