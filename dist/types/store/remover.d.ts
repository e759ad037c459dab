/** Everything that takes something away from a store for good, behind one door. */
import type { Sha256Hex } from '../core/index.js';
import { type ClearedCache } from './clear-cache.js';
import type { Identity } from './disk.js';
import { type Remain, type RemainKind, remainsIn } from './remains.js';
import { type FoundArtifact, type Removal, type RemoverContext } from './remove.js';
/** What looks at each thing again before it goes, and leaves what is in use, or is not the store's. */
export interface Remover {
    /**
     * Removes an artifact from its final path, if each file of it is a link of the blob of its digest, or has its bytes.
     *
     * @param digestOf of a file, by its path inside the artifact
     */
    artifact(found: FoundArtifact, digestOf: (inside: string) => Sha256Hex | undefined): Promise<Removal>;
    /** Removes a blob that has no other name. */
    blob(sha256: Sha256Hex, found: Identity): Promise<Removal>;
    /** What stays behind beside artifacts and blobs. */
    remains(kind: RemainKind): AsyncIterable<Remain>;
    /**
     * Removes one of it, if it is what was found.
     *
     * @returns bytes that this freed on the disk; undefined when it stays
     */
    remain(found: Remain): Promise<number | undefined>;
    /** Removes what is kept to be faster or to count. Receipts stay. The usage index has to be rebuilt after. */
    cache(): Promise<ClearedCache>;
}
/** @param isForsaken whether nobody works on a partial any more, by its name and the time of its last change */
export declare function removerOf(context: RemoverContext, isForsaken: Parameters<typeof remainsIn>[1]): Remover;
