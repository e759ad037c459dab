import { createHash } from 'node:crypto'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Every file below a folder: relative path to the SHA-256 of what it holds now. Links and devices are named as such. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const entries: [string, string][] = []
  for (const name of names.sort()) {
    const path = join(folder, name)
    const stat = await lstat(path)
    if (stat.isDirectory()) continue
    const hash = stat.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : 'not a regular file'
    entries.push([relative(folder, path), hash])
  }
  return Object.fromEntries(entries)
}

/** What is visible under the final paths of a store. */
export async function finalTree(store: string): Promise<Record<string, string>> {
  const parts = await Promise.all(
    ['models', 'adapters', 'datasets'].map(async (kind) =>
      Object.entries(await treeOf(join(store, kind))).map(
        ([path, hash]) => [`${kind}/${path}`, hash] as const,
      ),
    ),
  )
  return Object.fromEntries(parts.flat())
}
