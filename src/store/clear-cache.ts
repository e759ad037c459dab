/** Forgetting what the store keeps to be faster, or to count: everything of it comes again by itself. */
import { basename, dirname } from 'node:path'
import { isSha256Hex } from '../core/index.ts'
import { checksFolder, type Layout, usagePlaces } from './layout.ts'
import { withLock } from './process-lock.ts'
import { deleteFile } from './remove.ts'
import { walkFolder } from './walk.ts'

export interface ClearedCache {
  readonly files: number
  /** Bytes that this freed on the disk. */
  readonly bytes: number
}

/**
 * Removes the usage index, damaged ones that were kept aside, the totals and the recorded checks. Receipts and evidence of forks stay: nobody
 * could write them again. Files that some process is about to put there stay as well, and so does what is not the store's.
 *
 * @param waiting ends the waiting for others that work on the index
 */
export async function clearCache(layout: Layout, waiting: AbortSignal): Promise<ClearedCache> {
  const { index, log, counters, lock } = usagePlaces(layout)
  const names = new Set([index, log, counters].map((path) => basename(path)))
  const isCache = (name: string): boolean => names.has(name) || name.startsWith(`${basename(index)}.damaged-`)
  const inCache = await pathsIn(dirname(index), (inside) => isCache(inside))
  const checks = await pathsIn(checksFolder(layout), (inside) =>
    isSha256Hex(basename(inside).replace(/\.json$/, '')),
  )
  return await withLock(
    lock,
    async () => {
      let [files, bytes] = [0, 0]
      for (const path of [...inCache, ...checks]) {
        bytes += await deleteFile(path)
        files += 1
      }
      return { files, bytes }
    },
    { signal: waiting },
  )
}

async function pathsIn(folder: string, isMeant: (inside: string) => boolean): Promise<readonly string[]> {
  const paths: string[] = []
  for await (const batch of walkFolder(folder)) {
    for (const { path, inside, kind } of batch) if (kind === 'file' && isMeant(inside)) paths.push(path)
  }
  return paths
}
