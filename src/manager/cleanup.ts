/** Removing models that nobody used for long. */
import { R3mesError, type Sha256Hex } from '../core/index.ts'
import { allocatedOf, type BlobEntry, type Store } from '../store/index.ts'
import { checkKeys } from './keys.ts'
import { type EntryOnDisk, entriesOnDisk } from './stats.ts'
import {
  type CleanedModel,
  type Cleanup,
  type CleanupOptions,
  MODEL_KINDS,
  type VolumeEntry,
} from './types.ts'
import type { WritableVolume } from './volume.ts'

const DAY_S = 24 * 60 * 60
const BLOCK_BYTES = 512

export interface CleanupRules {
  readonly maxAgeDays: number
  /** Of each kind. */
  readonly keepPopular: number
}

/** @throws R3mesError `INPUT_INVALID` */
export function checkRules({ maxAgeDays, keepPopular }: CleanupRules): void {
  if (!Number.isFinite(maxAgeDays) || maxAgeDays < 0) {
    throw new R3mesError(
      'INPUT_INVALID',
      'The age after which models go has to be a number of days from 0 on.',
    )
  }
  if (!Number.isSafeInteger(keepPopular) || keepPopular < 0) {
    throw new R3mesError('INPUT_INVALID', 'How many popular models stay has to be a whole number from 0 on.')
  }
}

/** Only what says so in its own name is a trial: a slip of the fingers must remove nothing. */
function isDry(options: CleanupOptions): boolean {
  checkKeys('`cleanupOldModels`', options, ['dryRun'])
  const { dryRun = false } = options
  if (typeof dryRun === 'boolean') return dryRun
  throw new R3mesError('INPUT_INVALID', '`dryRun` has to be `true` or `false`.')
}

function lastTouched({ lastUsed, downloadedAt }: VolumeEntry): number {
  return Math.max(lastUsed, downloadedAt)
}

/**
 * What goes: of each kind, all but the most used ones that nobody used for so long; the least used and oldest first. Pure.
 *
 * @param now Unix seconds
 */
export function outdated<T extends { readonly entry: VolumeEntry }>(
  found: readonly T[],
  { maxAgeDays, keepPopular }: CleanupRules,
  now: number,
): readonly T[] {
  const limit = now - maxAgeDays * DAY_S
  return MODEL_KINDS.flatMap((kind) => {
    const popularFirst = found
      .filter(({ entry }) => entry.kind === kind)
      .sort(
        (one, other) =>
          other.entry.usageCount - one.entry.usageCount || lastTouched(other.entry) - lastTouched(one.entry),
      )
    return popularFirst
      .slice(keepPopular)
      .filter(({ entry }) => lastTouched(entry) < limit)
      .reverse()
  })
}

function cleaned({ entry: { kind, name, path }, file }: EntryOnDisk): CleanedModel {
  return { kind, name, path, bytes: file.size }
}

/** Blobs without a name on the volume: of older versions, and of downloads that nobody could use. */
async function* namelessBlobs(
  store: Store,
  named: ReadonlySet<Sha256Hex>,
): AsyncGenerator<BlobEntry & { readonly sha256: Sha256Hex }> {
  for await (const batch of store.blobEntries()) {
    for (const blob of batch) {
      const { sha256, kind, nlink } = blob
      // Where there are no links, each blob has one name: those that an entry names stay.
      if (sha256 === undefined || kind !== 'file' || nlink !== 1n || named.has(sha256)) continue
      yield { ...blob, sha256 }
    }
  }
}

function hashesOf(found: readonly EntryOnDisk[]): ReadonlySet<Sha256Hex> {
  return new Set(found.map(({ entry }) => entry.hash).filter((hash) => hash !== undefined))
}

/** @returns bytes that the disk got back */
async function removeNameless(store: Store, named: ReadonlySet<Sha256Hex>): Promise<number> {
  let bytes = 0
  for await (const blob of namelessBlobs(store, named)) {
    const removal = await store.remover.blob(blob.sha256, blob)
    if (removal.outcome === 'removed') bytes += removal.bytes
  }
  return bytes
}

/** What {@link cleanUp} would do now. */
async function foreseen(
  store: Store,
  all: readonly EntryOnDisk[],
  found: readonly EntryOnDisk[],
): Promise<Cleanup> {
  const leases = await store.leases.list()
  const used = new Set<string>(leases.flatMap(({ artifacts, blobs }) => [...artifacts, ...blobs]))
  const going = found.filter(({ entry }) => !used.has(entry.path))
  let freedBytes = wouldFree(going)
  for await (const blob of namelessBlobs(store, hashesOf(all))) {
    if (!used.has(blob.sha256)) freedBytes += allocatedOf(blob)
  }
  const inUse = found.filter(({ entry }) => used.has(entry.path))
  return { removed: going.map(cleaned), freedBytes, inUse: inUse.map(cleaned) }
}

/**
 * @throws R3mesError `INPUT_INVALID`, `STORE_NOT_WRITABLE`
 */
export async function cleanUp(
  { store, registry }: WritableVolume,
  rules: CleanupRules,
  options: CleanupOptions,
): Promise<Cleanup> {
  const dryRun = isDry(options)
  checkRules(rules)
  const all = entriesOnDisk(await registry.entries())
  const found = outdated(all, rules, Date.now() / 1000)
  if (dryRun) return await foreseen(store, all, found)
  const removed: EntryOnDisk[] = []
  const inUse: CleanedModel[] = []
  let freedBytes = 0
  for (const each of found) {
    const standing = await store.outside.standing(each.entry.path)
    if (standing.kind !== 'file') continue
    const removal = await store.outside.remove(each.entry.path, standing)
    if (removal.outcome === 'used') inUse.push(cleaned(each))
    if (removal.outcome !== 'removed') continue
    removed.push(each)
    freedBytes += removal.bytes
  }
  await registry.forget(removed.map(({ entry }) => entry))
  const staying = all.filter((each) => !removed.includes(each))
  freedBytes += await removeNameless(store, hashesOf(staying))
  return { removed: removed.map(cleaned), freedBytes, inUse }
}

/** Bytes of files whose every name in the folders of the volume goes; one more is the blob's own. Pure. */
function wouldFree(going: readonly EntryOnDisk[]): number {
  const byFile = Map.groupBy(going, ({ file }) => `${file.dev}:${file.ino}`)
  return [...byFile.values()].reduce((sum, names) => {
    const file = names[0]?.file
    const isFreed = file !== undefined && file.nlink <= names.length + 1
    return isFreed ? sum + file.blocks * BLOCK_BYTES : sum
  }, 0)
}
