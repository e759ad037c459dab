import { constants } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { safePath } from '../core/index.ts'
import { makeFolders, syncFolder } from './disk.ts'
import { type Layout, layoutOf } from './layout.ts'
import { stagingPath } from './staging.ts'

/**
 * Writes a file below `cache/`, which readers find whole or not at all.
 *
 * @returns its absolute path
 * @throws R3mesError `ID_UNSAFE` for a path that leaves the folder or no file system should hold
 */
export async function writeCacheFile(layout: Layout, relativePath: string, json: string): Promise<string> {
  const path = join(layout.cache, safePath(relativePath, 'name of a cache file'))
  await makeFolders(dirname(path), 0o755)
  const hidden = stagingPath(layout.cache)
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

/** Neither a link nor a pipe is waited for or followed. Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Texts of the files of one folder below `cache/`, in the descending order of their names. What cannot be read is left out, and
 * a folder that is not there is empty: everything below `cache/` may go away at any time.
 *
 * @param home absolute path of the store's root
 * @param limits `most`: files that are looked at; `maxBytes`: a longer one is left out
 */
export async function* newestCacheFiles(
  home: string,
  folder: string,
  limits: { readonly most: number; readonly maxBytes: number },
): AsyncGenerator<string> {
  const path = join(layoutOf(home, {}).cache, safePath(folder, 'name of a cache folder'))
  const names = await readdir(path).catch(() => [])
  for (const name of names.sort().reverse().slice(0, limits.most)) {
    const text = await textOf(join(path, name), limits.maxBytes)
    if (text !== undefined) yield text
  }
}

async function textOf(path: string, maxBytes: number): Promise<string | undefined> {
  try {
    await using handle = await open(path, FLAGS)
    const entry = await handle.stat()
    return entry.isFile() && entry.size <= maxBytes ? await handle.readFile('utf8') : undefined
  } catch {
    return undefined
  }
}
