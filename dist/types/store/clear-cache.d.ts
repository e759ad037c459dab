import { type Layout } from './layout.js';
export interface ClearedCache {
    readonly files: number;
    /** Bytes that this freed on the disk. */
    readonly bytes: number;
}
/**
 * Removes the usage index, damaged ones that were kept aside, the totals and the recorded checks. Receipts and evidence of forks stay: nobody
 * could write them again. Files that some process is about to put there stay as well, and so does what is not the store's.
 *
 * @param waiting ends the waiting for others that work on the index
 */
export declare function clearCache(layout: Layout, waiting: AbortSignal): Promise<ClearedCache>;
