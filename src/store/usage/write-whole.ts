import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolders } from '../disk.ts'
import { stagingPath } from '../staging.ts'

/** Writes a file that readers find whole or not at all, also after a power cut. */
export async function writeWhole(path: string, pieces: readonly Buffer[]): Promise<void> {
  // Whoever deletes `cache/` may do so at any time.
  await makeFolders(dirname(path), 0o755)
  const hidden = stagingPath(dirname(path))
  try {
    {
      await using file = await open(hidden, 'wx', 0o644)
      let at = 0
      for (const piece of pieces) {
        // A write may stop early when the disk is nearly full; the next one then says why.
        for (let done = 0; done < piece.length; ) {
          const { bytesWritten } = await file.write(piece, done, piece.length - done, at)
          done += bytesWritten
          at += bytesWritten
        }
      }
      await file.datasync()
    }
    await rename(hidden, path)
  } finally {
    await rm(hidden, { force: true })
  }
}
