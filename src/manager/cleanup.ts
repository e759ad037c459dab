/** Removing models that nobody used for long. */
import { R3mesError, type Sha256Hex } from '../core/index.ts'
import type { Store } from '../store/index.ts'
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

/** Bytes on the disk of a blob that has no name any more; 0 when it has one, or somebody uses it. */
async function freeBlob(store: Store, sha256: Sha256Hex): Promise<number> {
  const blob = await store.blobAt(sha256)
  if (blob === undefined) return 0
  const removal = await store.remover.blob(sha256, blob)
  return removal.outcome === 'removed' ? removal.bytes : 0
}

/**
 * @throws R3mesError `INPUT_INVALID`, `STORE_NOT_WRITABLE`
 */
export async function cleanUp(
  { store, registry }: WritableVolume,
  rules: CleanupRules,
  { dryRun = false }: CleanupOptions,
): Promise<Cleanup> {
  checkRules(rules)
  const found = outdated(entriesOnDisk(await registry.entries()), rules, Date.now() / 1000)
  if (dryRun) {
    const inUse = await store.leases.list()
    const used = new Set(inUse.flatMap(({ artifacts }) => artifacts))
    const going = found.filter(({ entry }) => !used.has(entry.path))
    return {
      removed: going.map(cleaned),
      freedBytes: wouldFree(going),
      inUse: found.filter(({ entry }) => used.has(entry.path)).map(cleaned),
    }
  }
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
  const digests = new Set(removed.map(({ entry }) => entry.hash).filter((hash) => hash !== undefined))
  for (const sha256 of digests) freedBytes += await freeBlob(store, sha256)
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
