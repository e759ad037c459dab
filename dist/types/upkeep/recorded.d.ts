/**
 * What earlier runs have put where, as the usage index and the receipts tell it. Neither is proven: they say what to look at
 * and what to compare it with, and whether it is still approved is asked elsewhere.
 */
import { type Sha256Hex } from '../core/index.js';
import type { ArtifactKind, Store } from '../store/index.js';
export interface RecordedFile {
    readonly sha256: Sha256Hex;
    /** Bytes. */
    readonly size: number;
}
export interface RecordedArtifact {
    readonly kind: ArtifactKind;
    /** As a request names it: the model version, the adapter id, the dataset name. Not to be printed unchecked. */
    readonly id: string;
    /** Empty when nothing tells it. */
    readonly version: string;
    /** `sha256:<hex>` or `manifest:<hex>`; empty when nothing tells it. */
    readonly digest: string;
    /** Absolute final path. */
    readonly path: string;
    /** By path inside the artifact; the empty path when the artifact is one file. */
    readonly files: ReadonlyMap<string, RecordedFile>;
}
/** The artifacts that a receipt names; none when it is no receipt. */
export declare function artifactsOfReceipt(text: string): readonly RecordedArtifact[];
/**
 * What is known of the artifacts of a store. The usage index tells of those that should be there. Of others the receipts tell,
 * the newest word on each, but only while something of them is there: who removes an artifact leaves its receipts.
 *
 * @param present absolute final paths at which something stands
 */
export declare function recordedArtifacts(store: Pick<Store, 'receipts' | 'usage'>, present: ReadonlySet<string>): Promise<ReadonlyMap<string, RecordedArtifact>>;
