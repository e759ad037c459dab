import { randomBytes } from 'node:crypto'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errnoOf } from '../fs-error.ts'

/** Damaged files that are kept of one name, the newest ones. */
const MOST_KEPT = 3

/**
 * Moves what cannot be used out of the way, where people can look at it.
 *
 * @returns where it is now; undefined when it was gone
 */
export async function setAside(path: string): Promise<string | undefined> {
  const time = new Date().toISOString().replace(/[-:]|\.[0-9]+/g, '')
  const kept = `${path}.damaged-${time}-${randomBytes(3).toString('hex')}`
  try {
    await rename(path, kept)
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
  await forgetOldest(path)
  return kept
}

async function forgetOldest(path: string): Promise<void> {
  const prefix = `${basename(path)}.damaged-`
  const kept = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix)).sort()
  for (const name of kept.slice(0, -MOST_KEPT)) {
    await rm(join(dirname(path), name), { recursive: true, force: true })
  }
}
