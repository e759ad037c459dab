/** Looks at everything in a store, says of each file what it is, and takes away what is corrupt. */
import { type Reporter } from '../core/index.js';
import type { Store } from '../store/index.js';
import { type RecordedArtifact } from './recorded.js';
import type { Approval, StoreVerdict } from './verify-types.js';
export interface VerifyOptions {
    /** Blobs that no artifact is linked to, too. Default false. */
    readonly all?: boolean;
    /** Milliseconds: what was hashed since then, and has not changed, is not hashed again. Absent: everything is. */
    readonly olderThan?: number;
    readonly reporter: Reporter;
    readonly signal?: AbortSignal | undefined;
    /** Default: one for each processor. */
    readonly threads?: number;
    /** Asks the chain about all of them; by final path. Absent: it is not asked. */
    readonly askApprovals?: (artifacts: readonly RecordedArtifact[]) => Promise<ReadonlyMap<string, Approval>>;
}
/**
 * Checks a store that others may be using meanwhile.
 *
 * @throws R3mesError of the store when it cannot be looked at; the reason of the signal once it is aborted
 */
export declare function verifyStore(store: Store, options: VerifyOptions): Promise<StoreVerdict>;
