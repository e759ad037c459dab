/**
 * Replacing an artifact that this store put in place itself, such as an adapter of which another version was approved. Only what is
 * provably ours and used by nobody else makes room, and it comes back when the run is taken back.
 */
import { randomBytes } from 'node:crypto'
import { readdir, rename } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { R3mesError, type Sha256Hex } from '../core/index.ts'
import { checkFile } from './check-file.ts'
import { entryAt, sameIdentity, sameInode } from './disk.ts'
import type { Evidence } from './inspect.ts'
import type { Layout } from './layout.ts'
import { type FoundArtifact, isStill, putBack } from './remove.ts'
import { discard, hide, reveal, staged } from './stage.ts'
import type { Promotable, Promotion } from './types.ts'
import { SECTION_OF_KIND, type UsageIndex } from './usage/index.ts'
import { type ArtifactEntry, walkArtifact, walkBlobs } from './walk.ts'

/** What made room, kept out of sight until the store is closed. */
export interface Replaced {
  readonly hidden: string
  readonly found: FoundArtifact
}

/**
 * What stands at a path, when every file of it is ours: a hard link of one of the store's blobs, or, where files had to be copied,
 * content that hashes to what the usage index recorded for this very path.
 */
export async function ownContentAt(
  layout: Layout,
  { kind, name, asFolder }: Promotable,
  path: string,
  evidence: Evidence,
): Promise<FoundArtifact | undefined> {
  const entries: ArtifactEntry[] = []
  for await (const batch of walkArtifact(kind, path)) entries.push(...batch)
  if (entries.length === 0 || entries.some((entry) => entry.kind !== 'file')) return undefined
  // A file stands for a folder, or a folder for a file: no artifact of ours has this name and that shape.
  if (entries.some(({ inside }) => (inside === '') === asFolder)) return undefined
  if (asFolder && !(await everyFolderHolds(path, entries))) return undefined
  const copies = await withoutBlob(layout, entries)
  if (copies.length > 0) {
    const recorded = await evidence.recordedFiles(kind, name, path)
    for (const entry of copies) {
      const digest = recorded.get(entry.inside)
      if (digest === undefined || !(await hasDigest(entry, digest, evidence.signal))) return undefined
    }
  }
  return { kind, path, entries }
}

/** Asks the usage index. Nothing that it says is believed without a look at the bytes. */
export function recordedFilesIn(usage: Pick<UsageIndex, 'lookUp'>): Evidence['recordedFiles'] {
  return async (kind, name, path) => {
    const entry = await usage.lookUp(SECTION_OF_KIND[kind], name)
    if (entry?.path !== path) return new Map()
    const [only] = entry.files
    // An artifact that is one file has no path inside.
    const isOneFile = entry.files.length === 1 && (await entryAt(path))?.isFile() === true
    if (isOneFile && only !== undefined) return new Map([['', only.sha256]])
    return new Map(entry.files.map((file) => [file.path, file.sha256]))
  }
}

/** A folder without a file of ours in it was made by somebody else. */
async function everyFolderHolds(path: string, entries: readonly ArtifactEntry[]): Promise<boolean> {
  const there = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined)
  if (there === undefined) return false
  const folders = there.filter((entry) => entry.isDirectory())
  return folders.every((folder) => {
    const inside = relative(path, join(folder.parentPath, folder.name)).split(sep).join('/')
    return entries.some((entry) => entry.inside.startsWith(`${inside}/`))
  })
}

/** The files that are no hard link of a blob. */
async function withoutBlob(
  layout: Layout,
  entries: readonly ArtifactEntry[],
): Promise<readonly ArtifactEntry[]> {
  const waiting = new Set(entries.map(({ dev, ino }) => `${dev}:${ino}`))
  // A file with one name alone is no link: then no blob has to be looked at.
  if (entries.every(({ nlink }) => nlink === 1n)) return entries
  const linked = new Set<string>()
  for await (const batch of walkBlobs(layout)) {
    for (const { sha256, dev, ino } of batch) {
      const key = `${dev}:${ino}`
      if (sha256 !== undefined && waiting.has(key)) linked.add(key)
    }
    if (linked.size === waiting.size) break
  }
  return entries.filter(({ dev, ino }) => !linked.has(`${dev}:${ino}`))
}

async function hasDigest(
  entry: ArtifactEntry,
  digest: Sha256Hex,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const check = await checkFile(entry.path, digest, { signal })
  return check.kind === 'verified' && sameIdentity(check.identity, entry)
}

/**
 * Puts an artifact in the place of what was found there.
 *
 * @returns undefined when somebody else uses that, or changed it since, or nobody can tell
 */
export async function replaceOwn(
  found: FoundArtifact,
  artifact: Promotable,
  evidence: Evidence,
): Promise<Promotion | undefined> {
  const { path } = found
  const { tag, leases } = evidence
  if (!leases.available) return undefined
  return await staged(path, artifact, evidence, async (hidden) => {
    const own = await entryAt(hidden)
    const old = await unlessLocked(() =>
      leases.exclusively(async (inUse) => {
        if (inUse.isUsedByOthers(path) || !(await isStill(found, path))) return undefined
        const aside = await hide(path, tag)
        // Between the two steps nothing is there. What came there before the first one is not lost.
        const isWhatWasFound = await isStill(found, aside)
        if (isWhatWasFound && (await reveal(hidden, path, artifact.asFolder))) return aside
        await putBack(aside, path)
        return undefined
      }),
    )
    if (old === undefined) return undefined
    const replaced: Replaced = { hidden: old, found }
    evidence.replaced.add(replaced)
    return {
      path,
      change: 'replaced',
      async undo() {
        const there = await entryAt(path)
        // Somebody put something else there since: that is not ours to remove.
        if (own === undefined || there === undefined || !sameInode(own, there)) return
        await discard(await hide(path, tag))
        await putBack(old, path)
        evidence.replaced.delete(replaced)
      },
    }
  })
}

/** A lock that does not come free is no reason to fail: there is a place beside. */
async function unlessLocked<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof R3mesError && thrown.code === 'STORE_NOT_WRITABLE') return undefined
    throw thrown
  }
}

/** Deletes what made room, unless somebody worked in it since: then it is kept where people find it. */
export async function discardReplaced(replaced: Iterable<Replaced>): Promise<void> {
  for (const { hidden, found } of replaced) {
    if (await isStill(found, hidden)) await discard(hidden)
    else if ((await entryAt(hidden)) !== undefined) {
      await rename(hidden, `${found.path}.found-${randomBytes(4).toString('hex')}`)
    }
  }
}
