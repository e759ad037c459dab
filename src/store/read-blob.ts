/** The blobs of a store for those who only read: nothing is made, changed or removed, and no byte is checked. */
import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { R3mesError, type Sha256Hex } from '../core/index.ts'
import { errnoOf } from './fs-error.ts'
import { blobPath, layoutOf } from './layout.ts'

/** A blob as it lies there. Whoever uses its bytes has to hash them. */
export interface ReadableBlob {
  readonly file: FileHandle
  /** Bytes. */
  readonly size: number
}

export interface BlobReader {
  /** The blob of this digest, open; undefined when there is none, or something else under its name. To be closed. */
  open(sha256: Sha256Hex): Promise<ReadableBlob | undefined>
}

/** A symbolic link is not followed, and a pipe under a blob's name keeps nobody waiting. Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
/** What stands for "no such blob": absent, a link, a folder, a socket, not ours to read. */
const NO_BLOB: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'EMLINK',
  'EISDIR',
  'ENXIO',
  'EACCES',
])

/**
 * Looks at a store from outside.
 *
 * @param home absolute path of its root
 * @throws R3mesError `INPUT_INVALID` when there is no store
 */
export async function readBlobs(home: string): Promise<BlobReader> {
  const layout = layoutOf(home, {})
  // This folder may be a link to another disk, as whoever opens a store for writing allows too.
  if (!(await isFolder(layout.blobs, stat))) {
    throw new R3mesError(
      'INPUT_INVALID',
      'There is no store in the folder that `home` names. Run `r3mes ensure` first, or name another folder.',
      { detail: home },
    )
  }
  return {
    async open(sha256) {
      const path = blobPath(layout, sha256)
      // A link to another folder would lead out of the store.
      if (!(await isFolder(dirname(path), lstat))) return undefined
      let file: FileHandle
      try {
        file = await open(path, FLAGS)
      } catch (thrown) {
        if (NO_BLOB.has(errnoOf(thrown) ?? '')) return undefined
        throw thrown
      }
      const found = await file.stat()
      if (found.isFile()) return { file, size: found.size }
      await file.close()
      return undefined
    },
  }
}

async function isFolder(path: string, look: (path: string) => Promise<Stats>): Promise<boolean> {
  try {
    return (await look(path)).isDirectory()
  } catch {
    return false
  }
}
