/** What to remove from a store: decided from what is known about it, without touching anything. */
import type { ArtifactKind } from '../store/index.js';
import { type PrunableArtifact, type PrunableBlob, type PruneState } from './prune-state.js';
/** What holds when a store is pruned by age and nothing else is said. */
export declare const DEFAULT_MAX_AGE: number;
export declare const DEFAULT_KEEP_POPULAR = 10;
/**
 * A blob that no artifact refers to is left alone for so long: a run of an older version, which tells nobody what it uses, may
 * be about to put it in place.
 */
export declare const BLOB_GRACE: number;
/** What is asked for. Without an age, a size and a share to keep free, a store is pruned by age. */
export interface PrunePolicy {
    /** Milliseconds: what nobody used for longer goes. */
    readonly maxAge?: number | undefined;
    /** So many of the most used artifacts stay. Default 10 when pruning by age, else none. */
    readonly keepPopular?: number | undefined;
    /** Bytes that the store may take on the disk, its quarantine not counted. */
    readonly maxSize?: number | undefined;
    /** Bytes that have to be free on its disk. */
    readonly minFree?: number | undefined;
    /** Only these. All when absent. */
    readonly kinds?: readonly ArtifactKind[] | undefined;
    /** Old files of the quarantine go as well. */
    readonly quarantine?: boolean | undefined;
}
export type PruneReason = 'age' | 'size' | 'free' | 'unapproved';
/** One thing that goes, with the blobs that go with it, because nothing else refers to them. */
export interface PlannedRemoval {
    readonly reason: PruneReason;
    /** Undefined: a blob that nothing refers to. */
    readonly artifact: PrunableArtifact | undefined;
    readonly blobs: readonly PrunableBlob[];
    /** What it frees after those before it: nothing while a file has another name. */
    readonly bytes: number;
}
export interface PrunePlan {
    readonly removals: readonly PlannedRemoval[];
    /** What all removals free together. */
    readonly bytes: number;
    /** Bytes that the store takes before, without its quarantine. */
    readonly size: number;
    /** Bytes that its quarantine takes before. */
    readonly quarantine: number;
    /** Why artifacts stay that the policy looked at. */
    readonly kept: {
        readonly used: number;
        readonly foreign: number;
        readonly popular: number;
    };
    /** Bytes that have to be freed for the sake of a size, or of what is to be free. */
    readonly wanted: number;
    /** How many of them cannot be freed. */
    readonly short: number;
}
/** The policy with its defaults. */
export declare function effectivePolicy(policy: PrunePolicy): PrunePolicy;
/**
 * Decides what to remove. Age first: what was not used for longer than `maxAge`. Then, for `maxSize` and `minFree`, the least
 * used and least recently used, until it is enough, and nothing that could have stayed. What is used or foreign stays in any case,
 * and so do the `keepPopular` most used.
 *
 * @param now milliseconds since the epoch
 */
export declare function planPrune(state: PruneState, policy: PrunePolicy, now: number): PrunePlan;
/**
 * Decides to remove certain artifacts, with the blobs that nothing else refers to. What is used or foreign stays in any case.
 *
 * @param paths absolute final paths
 */
export declare function planRemoval(state: PruneState, paths: ReadonlySet<string>): PrunePlan;
