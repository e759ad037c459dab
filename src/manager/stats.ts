import { lstatSync, type Stats } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { CacheStats, ModelKind, SectionStats, VolumeEntry } from './types.ts'
import type { Volume } from './volume.ts'

/** An entry and the file that it means. */
export interface EntryOnDisk<T extends { readonly path: string } = VolumeEntry> {
  readonly entry: T
  readonly file: Stats
}

/** The entries whose files are there: regular files, links not followed. */
export function entriesOnDisk<T extends { readonly path: string }>(
  entries: readonly T[],
): readonly EntryOnDisk<T>[] {
  return entries.flatMap((entry) => {
    const file = regularFile(entry.path)
    return file === undefined ? [] : [{ entry, file }]
  })
}

function regularFile(path: string): Stats | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    return found?.isFile() === true ? found : undefined
  } catch {
    return undefined
  }
}

function sectionStats(found: readonly EntryOnDisk[], kind: ModelKind): SectionStats {
  const own = found.filter(({ entry }) => entry.kind === kind)
  return { count: own.length, total_size: own.reduce((sum, { file }) => sum + file.size, 0) }
}

/** Bytes that names of the same file would take more, had each a copy. Pure. */
function sharedSize(found: readonly EntryOnDisk[]): number {
  const byFile = Map.groupBy(found, ({ file }) => `${file.dev}:${file.ino}`)
  return [...byFile.values()].reduce(
    (sum, [first, ...more]) => sum + (first?.file.size ?? 0) * more.length,
    0,
  )
}

/** What a volume holds, as the Python manager counts it. */
export async function statsOfVolume({ layout, registry }: Volume): Promise<CacheStats> {
  const found = entriesOnDisk(await registry.entries())
  const { bavail, bfree, blocks, bsize } = await statfs(layout.base)
  const { hits, misses } = await registry.counters()
  return {
    checkpoints: sectionStats(found, 'checkpoint'),
    loras: sectionStats(found, 'lora'),
    embeddings: sectionStats(found, 'embedding'),
    disk_usage: { total: blocks * bsize, used: (blocks - bfree) * bsize, free: bavail * bsize },
    shared_size: sharedSize(found),
    hits,
    misses,
  }
}
