import type { LockAnchor, LockedArtifact, LockedRequest, Lockfile } from './types.js';
export type LockChange = {
    readonly kind: 'added';
    readonly artifact: LockedArtifact;
} | {
    readonly kind: 'removed';
    readonly artifact: LockedArtifact;
} | {
    readonly kind: 'changed';
    readonly before: LockedArtifact;
    readonly after: LockedArtifact;
} | {
    readonly kind: 'anchor';
    readonly before: LockAnchor;
    readonly after: LockAnchor;
} | {
    readonly kind: 'request';
    readonly before: LockedRequest;
    readonly after: LockedRequest;
} | {
    readonly kind: 'chain';
    readonly before: string;
    readonly after: string;
}
/** In seconds. */
 | {
    readonly kind: 'trusting period' | 'unbonding time';
    readonly before: number | undefined;
    readonly after: number | undefined;
};
/** What differs, artifacts first. Empty when nothing does. */
export declare function diffLocks(before: Lockfile, after: Lockfile): readonly LockChange[];
/** One line for each change, in words and checked names: `model 1.0.0: now deprecated (was active)`. */
export declare function describeLockChanges(changes: readonly LockChange[]): readonly string[];
