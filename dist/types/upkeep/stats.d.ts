/** Numbers about a store: what it holds, what that takes on the disk, and how it served. */
import type { ArtifactKind, Counters, DiskSpace, Store } from '../store/index.js';
/** Upper ends of the ages that are told apart, in seconds. Beyond the last: older. */
export declare const AGES: readonly [number, number, number, number, number];
export interface KindStats {
    readonly count: number;
    readonly files: number;
    /** Length of all files in bytes. */
    readonly bytes: number;
}
export interface PopularArtifact {
    readonly kind: ArtifactKind;
    /** From a file that anybody may have written: sanitise before printing. */
    readonly name: string;
    readonly useCount: number;
    /** Unix seconds. */
    readonly lastUsed: number;
}
export interface StoreStats {
    /** Absolute path of the store's root. */
    readonly home: string;
    readonly kinds: Readonly<Record<ArtifactKind, KindStats>>;
    /** `allocated`: bytes on the disk. */
    readonly blobs: {
        readonly count: number;
        readonly bytes: number;
        readonly allocated: number;
    };
    readonly quarantine: {
        readonly count: number;
        readonly bytes: number;
    };
    /** Bytes that artifacts and blobs take on the disk, each file once. */
    readonly allocated: number;
    /** Bytes that the artifacts would take more, if no two of them shared a file. */
    readonly saved: number;
    readonly disk: DiskSpace;
    /** Undefined while nothing was counted. */
    readonly counters: Counters | undefined;
    /** The most used artifacts, the most used first. */
    readonly popular: readonly PopularArtifact[];
    /** How many artifacts were used last within each of {@link AGES} and not within the one before; then the older ones. */
    readonly ages: readonly number[];
    /** Seconds since the last use of each artifact, added up. */
    readonly idleSeconds: number;
    /** Artifacts of which a use is known. */
    readonly used: number;
    /** Processes and jobs that use something of the store now, this one left out. */
    readonly users: number;
}
/**
 * Counts a store. It may change meanwhile; then the numbers are of different moments.
 *
 * @param now Unix seconds
 * @throws R3mesError of the store
 */
export declare function statsOf(store: Store, now: number): Promise<StoreStats>;
/** Share of the files that were in the store already, 0 to 1; undefined when none was asked for yet. */
export declare function hitRate({ hits, misses }: Pick<Counters, 'hits' | 'misses'>): number | undefined;
