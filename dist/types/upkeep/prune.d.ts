/** Makes room in a store: looks, decides, removes. Each thing is looked at again right before it goes. */
import type { Reporter } from '../core/index.js';
import type { Store } from '../store/index.js';
import { type PrunePolicy } from './prune-plan.js';
import { type PruneReport } from './prune-report.js';
export interface PruneOptions {
    readonly dryRun?: boolean | undefined;
    readonly signal?: AbortSignal | undefined;
    /** Milliseconds since the epoch. */
    readonly now?: number | undefined;
}
/**
 * Removes from a store what the policy does not want to keep. What a living process or job uses stays, and so does everything
 * that cannot be told to be the store's. Several may prune at once, and runs may go on meanwhile.
 *
 * @throws R3mesError `STORE_NOT_WRITABLE` where nobody can tell what is used, such as on a file system without locks
 */
export declare function pruneStore(store: Store, policy: PrunePolicy, reporter: Reporter, options?: PruneOptions): Promise<PruneReport>;
/**
 * Removes certain artifacts, with the blobs that nothing else refers to. What is in use, or cannot be told to be the store's, stays.
 *
 * @param revoked digests of what may go, as `sha256:<hex>` or `manifest:<hex>`, by absolute final path: what a run has put there since
 * stays
 * @throws R3mesError as {@link pruneStore}
 */
export declare function removeUnapproved(store: Store, revoked: ReadonlyMap<string, string>, reporter: Reporter, { signal }?: Pick<PruneOptions, 'signal'>): Promise<PruneReport>;
