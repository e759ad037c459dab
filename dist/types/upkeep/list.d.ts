/** What a store holds, one artifact after the other, as they come: a store of any size is never in memory as a whole. */
import type { ArtifactKind, Store } from '../store/index.js';
/**
 * One thing that lies where artifacts lie. Names, versions and users come from records and files that anybody may have
 * written: sanitise before printing.
 */
export interface ListedArtifact {
    readonly kind: ArtifactKind;
    /** As in the usage index; for what is not in it, the name of the file or folder. */
    readonly name: string;
    readonly version: string | undefined;
    /** Absolute final path. */
    readonly path: string;
    readonly files: number;
    /** Length of all its files in bytes. */
    readonly bytes: number;
    /** `sha256:<hex>` or `manifest:<hex>` */
    readonly digest: string | undefined;
    readonly approvedAtHeight: bigint | undefined;
    readonly chainId: string | undefined;
    /** Milliseconds since the epoch; undefined when no use is known. */
    readonly lastUsed: number | undefined;
    readonly useCount: number;
    readonly usedBy: string | undefined;
    /** A process or a job uses it now. */
    readonly inUse: boolean;
    /** Nothing is known of it but that it is there: nobody used it since the index was made, or it is not the store's. */
    readonly unknown: boolean;
}
/**
 * First what the usage index knows, in its order, then what else is there.
 *
 * @throws R3mesError of the store
 */
export declare function listStore(store: Store): AsyncGenerator<ListedArtifact>;
