/**
 * Unfinished downloads. Each belongs to the store object that writes it; one of a process that has ended may be taken over
 * when a journal beside it says what was written.
 */
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Sha256Hex } from '../core/index.ts'
import { currentUser, entryAt, heldByUs } from './disk.ts'
import { errnoOf } from './fs-error.ts'
import { journalPath, type Layout, partialPath } from './layout.ts'
import { isForsaken } from './staging.ts'

/** What statx counts blocks in. */
const BLOCK_BYTES = 512n

export interface Partials {
  path(sha256: Sha256Hex): string
  claim(sha256: Sha256Hex): Promise<string>
  drop(sha256: Sha256Hex): Promise<void>
  /** Bytes on the disk of what was claimed. */
  claimedBytes(): Promise<bigint>
  /** Removes what was left by others and could be claimed. True when there was something. */
  clear(): Promise<boolean>
}

/** Removes a partial and its journal. */
export async function removePartial(path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(journalPath(path), { force: true })
}

export function partialsIn(layout: Layout, tag: string): Partials {
  const claimed = new Set<string>()
  let names: Promise<readonly string[]> | undefined

  /** What was there when this store first looked: runs have thousands of files, and what comes later is not for it. */
  function namesThen(): Promise<readonly string[]> {
    names ??= readdir(layout.partials)
    return names
  }

  /** Partials that may be taken over, of one digest or of all. */
  async function forsaken(sha256?: Sha256Hex): Promise<readonly string[]> {
    const there = new Set(await namesThen())
    const found: string[] = []
    for (const name of there) {
      const path = join(layout.partials, name)
      if (sha256 !== undefined && !name.startsWith(`${sha256}.`)) continue
      if (!name.endsWith('.part') || !there.has(basename(journalPath(path)))) continue
      const [entry, journal] = await Promise.all([entryAt(path), entryAt(journalPath(path))])
      if (entry === undefined || journal === undefined) continue
      // Through a second link the bytes could change after they were checked.
      const isOurs = entry.isFile() && entry.nlink === 1n && heldByUs(entry, currentUser())
      const changedAt = Math.max(Number(entry.ctimeMs), Number(journal.ctimeMs))
      if (isOurs && isForsaken(name, changedAt)) found.push(path)
    }
    return found
  }

  return {
    path: (sha256) => partialPath(layout, sha256, tag),

    async claim(sha256) {
      const own = partialPath(layout, sha256, tag)
      if ((await entryAt(own)) !== undefined) return own
      for (const path of await forsaken(sha256)) {
        try {
          // Of several that try, the rename lets one succeed. The journal is then its own, too.
          await rename(path, own)
          await rename(journalPath(path), journalPath(own))
          claimed.add(own)
          return own
        } catch (thrown) {
          if (errnoOf(thrown) !== 'ENOENT') throw thrown
        }
      }
      return own
    },

    drop: (sha256) => removePartial(partialPath(layout, sha256, tag)),

    async claimedBytes() {
      const entries = await Promise.all([...claimed].map(entryAt))
      return entries.reduce((sum, entry) => sum + (entry?.blocks ?? 0n) * BLOCK_BYTES, 0n)
    },

    async clear() {
      const paths = await forsaken()
      for (const path of paths) await removePartial(path)
      return paths.length > 0
    },
  }
}
