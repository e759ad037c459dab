/**
 * What lies in a store, as the disk says. No link is followed, nothing is opened and nothing is changed; a folder that
 * cannot be read is an entry like any other. Entries come in batches, so that a store of many files is never in memory as a
 * whole, and other work has its turn in between.
 */
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isSha256Hex, type Sha256Hex } from '../core/index.ts'
import { currentUser, heldByUs, type Identity } from './disk.ts'
import { errnoOf } from './fs-error.ts'
import { folderOfKind, type Layout } from './layout.ts'
import type { ArtifactKind } from './types.ts'

/** Entries of one batch at most. Looked at in one go: asked for one by one, they take ten times as long. */
const BATCH = 512

const EXACT = { bigint: true } as const

/**
 * - `file`: a regular file of this user, or of root
 * - `folder`: only reported where it cannot be walked
 * - `link`, `special` (a pipe, a socket, a device), `foreign` (of another user): not of a store's making
 */
export type EntryKind = 'file' | 'folder' | 'link' | 'special' | 'foreign'

/** One entry of a folder, as it lies there. */
export interface DiskEntry extends Identity {
  /** Absolute. */
  readonly path: string
  readonly kind: EntryKind
  readonly ctimeNs: bigint
  /** Names of the file, those outside the store included. */
  readonly nlink: bigint
  /** Blocks of 512 bytes on the disk. */
  readonly blocks: bigint
}

/** An entry below a final path. */
export interface ArtifactEntry extends DiskEntry {
  readonly of: {
    readonly kind: ArtifactKind
    /** Absolute final path: the folder, or the file itself. */
    readonly path: string
  }
  /** Path inside the artifact, `/` between segments; empty when the artifact is this one file. */
  readonly inside: string
}

/** An entry of the blobs' folders. */
export interface BlobEntry extends DiskEntry {
  /** The name as a digest; undefined when it is none, or stands in the wrong folder. */
  readonly sha256: Sha256Hex | undefined
}

/** Unfinished work of some run, which tidies up after itself. */
function isUnfinished(name: string): boolean {
  return name.startsWith('.r3mes-')
}

/**
 * Everything under the final paths of models, adapters and datasets. Folders are walked, not reported, except where they
 * are of somebody else or cannot be read.
 */
export async function* walkArtifacts(layout: Layout): AsyncGenerator<readonly ArtifactEntry[]> {
  for (const kind of ['model', 'adapter', 'dataset'] as const) {
    const root = folderOfKind(layout, kind)
    // One object for all files of an artifact, which come one after the other.
    let last = { name: '', of: { kind, path: root } }
    for await (const batch of walkBelow(root, (path) => !isUnfinished(path))) {
      yield batch.map((entry) => {
        const [name, inside] = cut(entry.inside)
        if (last.name !== name) last = { name, of: { kind, path: join(root, name) } }
        return { ...facts(entry), of: last.of, inside }
      })
    }
  }
}

/** The same for one final path, as it is now. */
export async function* walkArtifact(
  kind: ArtifactKind,
  path: string,
): AsyncGenerator<readonly ArtifactEntry[]> {
  const of = { kind, path }
  const top = look(path, '')
  if (top?.kind === 'folder') {
    for await (const batch of walkFolder(path)) {
      yield batch.map((entry) => ({ ...facts(entry), of, inside: entry.inside }))
    }
  } else if (top !== undefined) yield [{ ...facts(top), of, inside: '' }]
}

/** Everything below a folder, by its path from there. Nothing when there is no such folder. */
export function walkFolder(folder: string): AsyncGenerator<readonly EntryBelow[]> {
  return walkBelow(folder, () => true)
}

/** Everything in the folders of the blobs, unfinished work excepted. */
export async function* walkBlobs(layout: Layout): AsyncGenerator<readonly BlobEntry[]> {
  for await (const batch of walkBelow(layout.blobs, (path) => !isUnfinished(path))) {
    yield batch.map((entry) => {
      const [prefix, name] = cut(entry.inside)
      const isNamed = isSha256Hex(name) && prefix.length === 2 && name.startsWith(prefix)
      return { ...facts(entry), sha256: isNamed ? name : undefined }
    })
  }
}

/** The first segment of a path, and the rest of it. */
function cut(path: string): [string, string] {
  const end = path.indexOf('/')
  return end === -1 ? [path, ''] : [path.slice(0, end), path.slice(end + 1)]
}

/** An entry alone. Written out: stores have many. */
function facts({ path, kind, dev, ino, size, mtimeNs, ctimeNs, nlink, blocks }: DiskEntry): DiskEntry {
  return { path, kind, dev, ino, size, mtimeNs, ctimeNs, nlink, blocks }
}

export interface EntryBelow extends DiskEntry {
  /** Path from the root of the walk, `/` between segments. */
  readonly inside: string
}

async function* walkBelow(
  root: string,
  isMeant: (inside: string) => boolean,
): AsyncGenerator<readonly EntryBelow[]> {
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const here = join(root, folder)
    const names = namesIn(here)
    if (names === undefined) {
      const closed = folder === '' ? undefined : look(here, folder)
      if (closed !== undefined) yield [closed]
      continue
    }
    for (let at = 0; at < names.length; at += BATCH) {
      const found: EntryBelow[] = []
      for (const name of names.slice(at, at + BATCH)) {
        const inside = folder === '' ? name : `${folder}/${name}`
        const entry = isMeant(inside) ? look(`${here}${sep}${name}`, inside) : undefined
        if (entry?.kind === 'folder') waiting.push(inside)
        else if (entry !== undefined) found.push(entry)
      }
      if (found.length > 0) yield found
      await nextTurn()
    }
  }
}

/** Undefined when it cannot be read, or is gone. */
function namesIn(folder: string): readonly string[] | undefined {
  try {
    // In order, so that two walks over one store say the same.
    return readdirSync(folder).sort()
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown
    return undefined
  }
}

/** Undefined when it is gone since its name was read. */
function look(path: string, inside: string): EntryBelow | undefined {
  try {
    const found = lstatSync(path, EXACT)
    const { dev, ino, size, mtimeNs, ctimeNs, nlink, blocks } = found
    return { path, inside, kind: kindOf(found), dev, ino, size, mtimeNs, ctimeNs, nlink, blocks }
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown
    return undefined
  }
}

function kindOf(entry: BigIntStats): EntryKind {
  if (!heldByUs(entry, currentUser())) return 'foreign'
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : 'special'
}
