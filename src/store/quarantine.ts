import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, open, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reporter, Sha256Hex } from '../core/index.ts'
import { entryAt, type Identity, sameInode } from './disk.ts'
import { errnoOf } from './fs-error.ts'
import { cannotLink } from './link-or-copy.ts'

/** Form of the names that damaged files are kept under: digest, time, and something to tell two apart. */
const KEPT_NAME = /^[0-9a-f]{64}-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}$/

/** Whether a name in the quarantine is one that a store gave. Pure. */
export function isKeptName(name: string): boolean {
  return KEPT_NAME.test(name)
}

/** A file of the store whose bytes were found to be wrong. */
export interface Condemned extends Pick<Identity, 'dev' | 'ino'> {
  /** Absolute. */
  readonly path: string
  /** What its bytes should be. */
  readonly sha256: Sha256Hex
}

/**
 * Files that did not match their digest. They are kept, so that a person can look at what happened, and because their
 * inodes prove something: a promoted file with such an inode is a hard link of the damaged blob.
 */
export interface Quarantine {
  /** Moves a bad blob out of the way. Another process may have been faster. */
  take(blob: string, sha256: Sha256Hex, reason: string): Promise<void>
  /**
   * Moves exactly this file out of the way, a blob or one under a final path. A file of which a hard link is kept already loses
   * its name alone.
   *
   * @returns where it is kept; undefined when something else, or nothing, stands at its path by now
   */
  takeAway(file: Condemned): Promise<string | undefined>
  /** True when a file is the very inode of a quarantined blob of this digest. */
  holds(sha256: Sha256Hex, file: Pick<Identity, 'dev' | 'ino'>): Promise<boolean>
}

export function quarantineIn(folder: string, reporter: Reporter): Quarantine {
  function freshName(sha256: Sha256Hex): string {
    const time = new Date().toISOString().replace(/[-:]|\.[0-9]+/g, '')
    return join(folder, `${sha256}-${time}-${randomBytes(3).toString('hex')}`)
  }

  /** Path of the kept file with this inode. Asked of the disk: the run that moved it may have died since. */
  async function keptAs(
    sha256: Sha256Hex,
    file: Pick<Identity, 'dev' | 'ino'>,
    except?: string,
  ): Promise<string | undefined> {
    const names = (await readdir(folder)).filter((name) => name.startsWith(`${sha256}-`))
    for (const path of names.map((name) => join(folder, name))) {
      if (path === except) continue
      const entry = await entryAt(path)
      if (entry?.isFile() === true && sameInode(entry, file)) return path
    }
    return undefined
  }

  return {
    async take(blob, sha256, reason) {
      const kept = freshName(sha256)
      try {
        await rename(blob, kept)
      } catch (thrown) {
        if (errnoOf(thrown) === 'ENOENT') return
        throw thrown
      }
      reporter.warning(
        `A file of the store is damaged and will not be used: ${reason} It is kept as ${kept}.`,
      )
    },

    async takeAway(file) {
      const there = await entryAt(file.path)
      if (there === undefined || !sameInode(there, file)) return undefined
      const kept = freshName(file.sha256)
      try {
        await rename(file.path, kept)
      } catch (thrown) {
        const errno = errnoOf(thrown)
        if (errno === 'ENOENT') return undefined
        if (errno !== 'EXDEV') throw thrown
        return await moveAcross(file, kept)
      }
      const moved = await entryAt(kept)
      if (moved === undefined || !sameInode(moved, file)) {
        // A run has repaired it between the look and the rename.
        await putBack(kept, file.path)
        return undefined
      }
      const earlier = await keptAs(file.sha256, file, kept)
      if (earlier === undefined) return kept
      await unlink(kept)
      return earlier
    },

    async holds(sha256, file) {
      return (await keptAs(sha256, file)) !== undefined
    },
  }
}

/** Where the folder of models or adapters is on a disk of its own. */
async function moveAcross(file: Condemned, kept: string): Promise<string | undefined> {
  await copyFile(file.path, kept, constants.COPYFILE_EXCL)
  {
    await using handle = await open(kept, 'r')
    await handle.sync()
  }
  const there = await entryAt(file.path)
  if (there === undefined || !sameInode(there, file)) {
    await unlink(kept)
    return undefined
  }
  await unlink(file.path)
  return kept
}

/** Never over something that has come there meanwhile. */
async function putBack(kept: string, path: string): Promise<void> {
  try {
    await link(kept, path)
  } catch (thrown) {
    if (cannotLink(thrown) && (await entryAt(path)) === undefined) {
      await rename(kept, path)
      return
    }
    if (errnoOf(thrown) !== 'EEXIST') throw thrown
  }
  await unlink(kept)
}
