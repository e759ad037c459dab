import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolders } from '../disk.ts'
import { stagingPath } from '../staging.ts'

export interface WriteOptions {
  /** False: a power cut may leave an older text, or none. Default: true. */
  readonly isDurable?: boolean
  /** Permissions, exactly. Default: everybody may read it, less what the user's umask takes. */
  readonly mode?: number
  /** Where it grows; on the same disk. Default: the folder of the path. */
  readonly stagingFolder?: string
  /** Asked right before the text gets its name: false leaves everything as it was. */
  readonly mayReplace?: () => Promise<boolean>
}

/**
 * Writes a file that readers find whole or not at all, also after a power cut.
 *
 * @returns false when `mayReplace` said no
 */
export async function writeWhole(
  path: string,
  pieces: readonly Uint8Array[],
  options: WriteOptions = {},
): Promise<boolean> {
  const { isDurable = true, mode, stagingFolder = dirname(path), mayReplace } = options
  // Whoever deletes `cache/` may do so at any time.
  await makeFolders(dirname(path), 0o755)
  const hidden = stagingPath(stagingFolder)
  try {
    {
      await using file = await open(hidden, 'wx', mode ?? 0o644)
      if (mode !== undefined) await file.chmod(mode)
      let at = 0
      for (const piece of pieces) {
        // A write may stop early when the disk is nearly full; the next one then says why.
        for (let done = 0; done < piece.length; ) {
          const { bytesWritten } = await file.write(piece, done, piece.length - done, at)
          done += bytesWritten
          at += bytesWritten
        }
      }
      if (isDurable) await file.datasync()
    }
    if (mayReplace !== undefined && !(await mayReplace())) return false
    await rename(hidden, path)
    return true
  } finally {
    await rm(hidden, { force: true })
  }
}
