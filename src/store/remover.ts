/** Everything that takes something away from a store for good, behind one door. */

import type { Sha256Hex } from '../core/index.ts'
import { type ClearedCache, clearCache } from './clear-cache.ts'
import type { Identity } from './disk.ts'
import { during } from './fs-error.ts'
import { type Remain, type RemainKind, type Remains, remainsIn } from './remains.ts'
import { type FoundArtifact, type Removal, type RemoverContext, removerIn } from './remove.ts'

/** Milliseconds that others may keep the usage index busy. */
const MOST_WAIT = 30_000

/** What looks at each thing again before it goes, and leaves what is in use, or is not the store's. */
export interface Remover {
  /**
   * Removes an artifact from its final path, if each file of it is a link of the blob of its digest, or has its bytes.
   *
   * @param digestOf of a file, by its path inside the artifact
   */
  artifact(found: FoundArtifact, digestOf: (inside: string) => Sha256Hex | undefined): Promise<Removal>
  /** Removes a blob that has no other name. */
  blob(sha256: Sha256Hex, found: Identity): Promise<Removal>
  /** What stays behind beside artifacts and blobs. */
  remains(kind: RemainKind): AsyncIterable<Remain>
  /**
   * Removes one of it, if it is what was found.
   *
   * @returns bytes that this freed on the disk; undefined when it stays
   */
  remain(found: Remain): Promise<number | undefined>
  /** Removes what is kept to be faster or to count. Receipts stay. The usage index has to be rebuilt after. */
  cache(): Promise<ClearedCache>
}

/** @param isForsaken whether nobody works on a partial any more, by its name and the time of its last change */
export function removerOf(context: RemoverContext, isForsaken: Parameters<typeof remainsIn>[1]): Remover {
  const { layout } = context
  const things = removerIn(context)
  const remains: Remains = remainsIn(layout, isForsaken)
  return {
    artifact: (found, digestOf) => during('removing an artifact', () => things.artifact(found, digestOf)),
    blob: (sha256, found) => during('removing a blob', () => things.blob(sha256, found)),
    remains: (kind) => remains.find(kind),
    cache: () => during('clearing the cache', () => clearCache(layout, AbortSignal.timeout(MOST_WAIT))),
    remain: (found) => during('removing what earlier runs left', () => remains.remove(found)),
  }
}
