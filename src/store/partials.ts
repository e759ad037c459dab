/**
 * Unfinished downloads. Each belongs to the store object that writes it; one of a store that has ended may be taken over when a
 * journal beside it says what was written.
 */
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Sha256Hex } from '../core/index.ts'
import { currentUser, entryAt, heldByUs } from './disk.ts'
import { errnoOf } from './fs-error.ts'
import { blobPath, journalPath, type Layout, partialPath } from './layout.ts'
import type { SessionState } from './leases/liveness.ts'
import { forsakenJudge, tagOf } from './staging.ts'

/** What statx counts blocks in. */
const BLOCK_BYTES = 512n

export interface Partials {
  path(sha256: Sha256Hex): string
  /**
   * Keeps what an earlier run left of a digest for this one, which may want it.
   *
   * @param bringer tag of another store that brings the digest right now: its bytes are those that this one will use
   */
  reserve(sha256: Sha256Hex, bringer?: string): Promise<void>
  /** @param leftBy tags of stores that ended while they wrote this digest */
  claim(sha256: Sha256Hex, leftBy?: readonly string[]): Promise<string>
  drop(sha256: Sha256Hex): Promise<void>
  /** Bytes on the disk of what was claimed or reserved, and of what others bring. */
  claimedBytes(): Promise<bigint>
  /** Bytes on the disk of what a store has of a digest. */
  bytesOf(sha256: Sha256Hex, tag: string): Promise<number>
  /** Removes what was left by others and could be claimed. True when there was something. */
  clear(): Promise<boolean>
  /** Whether this store has one. */
  hasOwn(): Promise<boolean>
}

/** Removes a partial and its journal. */
export async function removePartial(path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(journalPath(path), { force: true })
}

/**
 * @param tag of this store
 * @param stateOf says whether the store of a tag lives
 */
export function partialsIn(
  layout: Layout,
  tag: string,
  stateOf: (tag: string) => Promise<SessionState>,
): Partials {
  const isForsaken = forsakenJudge(stateOf)
  const claimed = new Set<string>()
  const reserved = new Set<string>()
  const brought = new Map<Sha256Hex, string>()
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
      if (sha256 !== undefined && !name.startsWith(`${sha256}.`)) continue
      const path = join(layout.partials, name)
      if (!name.endsWith('.part') || !there.has(basename(journalPath(path)))) continue
      if (await mayBeTaken(path)) found.push(path)
    }
    return found
  }

  async function mayBeTaken(path: string): Promise<boolean> {
    const [entry, journal] = await Promise.all([entryAt(path), entryAt(journalPath(path))])
    if (entry === undefined || journal === undefined) return false
    // Through a second link the bytes could change after they were checked.
    if (!entry.isFile() || entry.nlink !== 1n || !heldByUs(entry, currentUser())) return false
    return await isForsaken(basename(path), Math.max(Number(entry.ctimeMs), Number(journal.ctimeMs)))
  }

  return {
    path: (sha256) => partialPath(layout, sha256, tag),

    async reserve(sha256, bringer) {
      if (bringer !== undefined) brought.set(sha256, bringer)
      const [first] = await forsaken(sha256)
      if (first !== undefined) reserved.add(first)
    },

    async claim(sha256, leftBy = []) {
      const own = partialPath(layout, sha256, tag)
      if ((await entryAt(own)) !== undefined) return own
      const justLeft: string[] = []
      for (const owner of leftBy) {
        const path = partialPath(layout, sha256, owner)
        if (await mayBeTaken(path)) justLeft.push(path)
      }
      for (const path of [...justLeft, ...(await forsaken(sha256))]) {
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
      const paths = [...claimed, ...reserved]
      // The partial first: it becomes the blob, and would be seen as neither the other way round.
      for (const [sha256, bringer] of brought) {
        paths.push(partialPath(layout, sha256, bringer), blobPath(layout, sha256))
      }
      let sum = 0n
      for (const path of paths) sum += ((await entryAt(path))?.blocks ?? 0n) * BLOCK_BYTES
      return sum
    },

    async bytesOf(sha256, tag) {
      const entry = await entryAt(partialPath(layout, sha256, tag))
      if (entry === undefined) return 0
      const onDisk = entry.blocks * BLOCK_BYTES
      return Number(onDisk < entry.size ? onDisk : entry.size)
    },

    async clear() {
      const paths = (await forsaken()).filter((path) => !reserved.has(path))
      for (const path of paths) await removePartial(path)
      return paths.length > 0
    },

    hasOwn: async () => (await readdir(layout.partials)).some((name) => tagOf(name) === tag),
  }
}
