import type { Sha256Hex } from '../../core/index.js';
import type { ArtifactKind } from '../types.js';
/** Sections of the usage index that the store fills itself. */
export declare const OWN_SECTIONS: readonly ['models', 'adapters', 'datasets'];
/** Sections of the Python model manager, in whose shape the index is. The store keeps what they hold. */
export declare const MANAGER_SECTIONS: readonly ['checkpoints', 'loras', 'embeddings'];
export declare const SECTIONS: readonly ["checkpoints", "loras", "embeddings", "models", "adapters", "datasets"];
export type OwnSection = (typeof OWN_SECTIONS)[number];
export type Section = (typeof SECTIONS)[number];
export declare const SECTION_OF_KIND: Readonly<Record<ArtifactKind, OwnSection>>;
/** A file of an indexed artifact. */
export interface IndexedFile {
    /** Relative path inside the artifact. Text of a file that anybody may have written: never joined without a check. */
    readonly path: string;
    readonly sha256: Sha256Hex;
    readonly size: number;
}
/** Names an entry of the index. */
export interface EntryName {
    readonly section: OwnSection;
    readonly name: string;
}
/**
 * What the index says about an artifact. Nothing of it is proven: it says what to look at and what to remove first, never
 * what bytes are right. Texts may be anybody's: sanitise before printing.
 */
export interface UsageEntry extends EntryName {
    readonly kind: ArtifactKind;
    /** Absolute, directly below the folder of its kind. What stands there has to be looked at before it is touched. */
    readonly path: string;
    readonly url: string | undefined;
    /** SHA-256 of the one file, or of the artifact manifest. */
    readonly hash: Sha256Hex | undefined;
    /** `sha256:<hex>` or `manifest:<hex>` */
    readonly digest: string | undefined;
    /** Unix seconds, with fractions; 0 when unknown. */
    readonly downloadedAt: number;
    readonly lastUsed: number;
    readonly usageCount: number;
    /** Bytes of all files. */
    readonly fileSize: number;
    readonly version: string | undefined;
    /** Empty when the index does not say. */
    readonly files: readonly IndexedFile[];
    readonly approvedAtHeight: bigint | undefined;
    readonly chainId: string | undefined;
    /** Who used it last: a workflow, or a user and a host. */
    readonly usedBy: string | undefined;
}
/** One use of an artifact that is in place. */
export interface Use {
    readonly kind: ArtifactKind;
    /** Absolute final path, as the promotion gave it. */
    readonly path: string;
    readonly isFolder: boolean;
    /** `sha256:<hex>` or `manifest:<hex>` */
    readonly digest: string;
    readonly version: string;
    readonly url: string | undefined;
    readonly files: readonly IndexedFile[];
    readonly approvedAtHeight: bigint;
    readonly chainId: string;
    readonly usedBy: string | undefined;
    /** Bytes of it were brought for this use. */
    readonly downloaded: boolean;
    readonly at: Date;
}
export interface Reconciliation {
    /** Entries that named nothing, or a place outside of the store. */
    readonly dropped: number;
    /** Artifacts that are in place and were not in the index. */
    readonly added: number;
}
/** What one source did. */
export interface SourceCounters {
    /** Files that came from it, verified. */
    readonly ok: number;
    /** Places of it that failed. */
    readonly failed: number;
    readonly bytes: number;
    /** Time that those files took, which overlaps when several come at once. */
    readonly milliseconds: number;
}
/** Totals since they were counted first. */
export interface Counters {
    /** Unix seconds. */
    readonly since: number;
    readonly runs: number;
    readonly failedRuns: number;
    /** Files that were in the store already. */
    readonly hits: number;
    /** Files that had to be brought. */
    readonly misses: number;
    readonly sources: Readonly<Record<string, SourceCounters>>;
}
/** What a run adds to the totals. */
export type Counted = Omit<Counters, 'since' | 'runs' | 'failedRuns'> & {
    readonly success: boolean;
};
/**
 * Who used what, for people and for pruning. No method fails: an index that cannot be read or written costs one warning, and
 * then there is none.
 */
export interface UsageIndex {
    /** Counts uses. Several processes may do so at once; no use gets lost. */
    noteUse(uses: readonly Use[]): Promise<void>;
    /** Undefined for an entry that is missing, or names a place outside of the store or a link. */
    lookUp(section: OwnSection, name: string): Promise<UsageEntry | undefined>;
    /** All entries of the store's own sections, streamed. Links are not looked for. */
    entries(): AsyncIterable<UsageEntry>;
    /** Forgets entries. */
    remove(names: readonly EntryName[]): Promise<void>;
    /** Writes the index anew from the receipts and the folders of the store. The one that was there is kept aside. */
    rebuild(): Promise<void>;
    /** Brings the index in line with what is on the disk. */
    reconcile(): Promise<Reconciliation>;
    count(counted: Counted): Promise<void>;
    /** Undefined when nothing was counted yet, or the totals cannot be read. */
    counters(): Promise<Counters | undefined>;
}
