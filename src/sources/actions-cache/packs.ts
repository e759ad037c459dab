/**
 * How files become cache entries. A large file is an entry of its own; an artifact's small files share entries, because
 * every look-up and every save is a call to a rate-limited service. Pure: the same approval gives the same keys on
 * every machine.
 */
import { createHash } from 'node:crypto'
import type { Sha256Hex } from '../../core/index.ts'
import type { CacheableArtifact, CacheableFile } from './types.ts'

/** Only files below so many bytes are packed. */
const PACKABLE_BELOW = 4 * 1024 * 1024
/** A pack has at most so many bytes. */
const PACK_LIMIT = 64 * 1024 * 1024

export interface PackedFile {
  readonly sha256: Sha256Hex
  /** Bytes. */
  readonly size: number
  /** Where the file starts in the pack's body. */
  readonly start: number
}

/** An entry that holds several files, one after the other in the order of their digests. */
export interface Pack {
  readonly key: string
  /** Bytes. */
  readonly size: number
  readonly files: readonly PackedFile[]
}

/** Key of the entry whose body is the file itself. */
export function fileKey(sha256: Sha256Hex): string {
  return `r3mes-v1-${sha256}`
}

/** The SHA-256 of the lines `<hex> <size>\n` names a pack, so that other contents or another cut have another key. */
function packKey(files: readonly PackedFile[]): string {
  const lines = files.map(({ sha256, size }) => `${sha256} ${size}\n`).join('')
  return `r3mes-pack-v1-${createHash('sha256').update(lines).digest('hex')}`
}

/**
 * The packs of one artifact: two or more distinct files with approved sizes under 4 MiB fill packs of at most 64 MiB
 * greedily in the order of their digests. Empty files are never cached: no range can ask for them.
 */
export function planPacks(files: readonly CacheableFile[]): Pack[] {
  const small = new Map<Sha256Hex, number>()
  for (const { sha256, size = 0 } of files) {
    if (size > 0 && size < PACKABLE_BELOW) small.set(sha256, size)
  }
  if (small.size < 2) return []
  // Hex digits sort in ASCII order, on every machine and in every language.
  const ordered = [...small].sort(([one], [other]) => (one < other ? -1 : 1))
  const packs: Pack[] = []
  let filling: PackedFile[] = []
  let end = 0
  const finish = () => {
    packs.push({ key: packKey(filling), size: end, files: filling })
    filling = []
    end = 0
  }
  for (const [sha256, size] of ordered) {
    if (end + size > PACK_LIMIT) finish()
    filling.push({ sha256, size, start: end })
    end += size
  }
  finish()
  return packs
}

/** The packs that hold each file: artifacts have up to a hundred thousand, too many to look through for each one. */
export function packsByFile(packs: readonly Pack[]): ReadonlyMap<Sha256Hex, readonly Pack[]> {
  const holding = new Map<Sha256Hex, Pack[]>()
  for (const pack of packs) {
    for (const { sha256 } of pack.files) {
      const others = holding.get(sha256)
      if (others === undefined) holding.set(sha256, [pack])
      else others.push(pack)
    }
  }
  return holding
}

/** The distinct packs of several artifacts, in their order. */
export function planAllPacks(artifacts: readonly CacheableArtifact[]): Pack[] {
  const packs = artifacts.flatMap(({ files }) => planPacks(files))
  return [...new Map(packs.map((pack) => [pack.key, pack])).values()]
}
