/** The receipts of earlier runs, for those who want to know what was put where. Nothing in them is believed. */
import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from './fs-error.ts'
import type { Layout } from './layout.ts'

/** Bytes. What is larger was not written by a run. */
const MOST_BYTES = 256 * 1024 * 1024
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Texts of the receipts, the newest first. What cannot be read is left out. */
export async function* readReceipts(layout: Layout): AsyncGenerator<string> {
  const folder = join(layout.cache, 'receipts')
  // Their names begin with the time at which they were written.
  for (const name of (await namesIn(folder)).sort().reverse()) {
    const text = name.endsWith('.json') ? await textOf(join(folder, name)) : undefined
    if (text !== undefined) yield text
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown
    return []
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, FLAGS)
    const found = await file.stat()
    return found.isFile() && found.size <= MOST_BYTES ? await file.readFile('utf8') : undefined
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown
    return undefined
  }
}
