import { randomBytes } from 'node:crypto'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reporter, Sha256Hex } from '../core/index.ts'
import { entryAt, type Identity, sameInode } from './disk.ts'
import { errnoOf } from './fs-error.ts'

/**
 * Blobs that did not match their name. They are kept, so that a person can look at what happened, and because their
 * inodes prove something: a promoted file with such an inode is a hard link of the damaged blob.
 */
export interface Quarantine {
  /** Moves a bad blob out of the way. Another process may have been faster. */
  take(blob: string, sha256: Sha256Hex, reason: string): Promise<void>
  /** True when a file is the very inode of a quarantined blob of this digest. */
  holds(sha256: Sha256Hex, file: Pick<Identity, 'dev' | 'ino'>): Promise<boolean>
}

export function quarantineIn(folder: string, reporter: Reporter): Quarantine {
  return {
    async take(blob, sha256, reason) {
      const time = new Date().toISOString().replace(/[-:]|\.[0-9]+/g, '')
      const kept = join(folder, `${sha256}-${time}-${randomBytes(3).toString('hex')}`)
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

    // Asked of the disk, not of memory: the run that moved the blob may have died before it repaired the rest.
    async holds(sha256, file) {
      const names = (await readdir(folder)).filter((name) => name.startsWith(`${sha256}-`))
      const entries = await Promise.all(names.map((name) => entryAt(join(folder, name))))
      return entries.some((entry) => entry?.isFile() === true && sameInode(entry, file))
    },
  }
}
