import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { safePath } from '../core/index.ts'
import { makeFolders, syncFolder } from './disk.ts'
import type { Layout } from './layout.ts'
import { stagingPath } from './staging.ts'

/**
 * Writes a file below `cache/`, which readers find whole or not at all.
 *
 * @param tag of the store that writes it
 * @returns its absolute path
 * @throws R3mesError `ID_UNSAFE` for a path that leaves the folder or no file system should hold
 */
export async function writeCacheFile(
  layout: Layout,
  relativePath: string,
  json: string,
  tag: string,
): Promise<string> {
  const path = join(layout.cache, safePath(relativePath, 'name of a cache file'))
  await makeFolders(dirname(path), 0o755)
  const hidden = stagingPath(layout.cache, tag)
  try {
    {
      await using handle = await open(hidden, 'wx', 0o644)
      await handle.writeFile(json, 'utf8')
      await handle.sync()
    }
    await rename(hidden, path)
  } finally {
    await rm(hidden, { force: true })
  }
  await syncFolder(dirname(path))
  return path
}
