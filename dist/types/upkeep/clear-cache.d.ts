import type { Reporter } from '../core/index.js';
import type { ClearedCache, Store } from '../store/index.js';
/**
 * Removes what the store keeps to be faster or to count, and makes the usage index anew from receipts and folders. Jobs that run
 * meanwhile go on.
 *
 * @throws R3mesError of the store
 */
export declare function clearCache(store: Store, reporter: Reporter): Promise<ClearedCache>;
