import type { Reporter } from '../core/index.js';
import type { Volume } from './leases/file-system.js';
import { type StorePlaces } from './places.js';
import type { Store } from './types.js';
export interface StoreOptions extends StorePlaces {
    readonly reporter: Reporter;
    /** Ends the hashing of files that are there already. */
    readonly signal?: AbortSignal;
    /**
     * `changed`: a file that is exactly the one that was hashed earlier is taken without hashing it again. Default: `always`. See
     * docs/store.md for what that accepts.
     */
    readonly verify?: 'always' | 'changed';
    /** What it is opened for, as other jobs are told: `ensure`. */
    readonly doing?: string;
    /** Absolute paths of folders outside of the store in which blobs get names: what crashed runs left there is cleared, too. */
    readonly outsideFolders?: readonly string[];
    /** Whether other machines write to the store's file system. Asked of the operating system when absent. */
    readonly volume?: Volume;
}
/**
 * Opens a store, making the folders that are missing and removing what crashed runs left unfinished.
 *
 * Every method of it may throw `DISK_FULL`, `STORE_NOT_WRITABLE` and `STORE_CORRUPT`.
 *
 * @throws R3mesError `INPUT_INVALID` for a path that is not absolute, `STORE_UNSAFE` for a folder of another user or one
 * that every user may write, `STORE_NOT_WRITABLE`, `DISK_FULL`
 */
export declare function openStore(options: StoreOptions): Promise<Store>;
