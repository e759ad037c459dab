import { type Lockfile } from '../../registry/index.js';
import type { UntrustedEvent } from './events.js';
/** What a run knows of its lockfile. */
export type LockState = {
    readonly kind: 'absent';
}
/** There is one, or there is none: in such an event nobody looks inside. */
 | {
    readonly kind: 'unread';
    readonly event: UntrustedEvent;
    readonly exists: boolean;
} | {
    readonly kind: 'read';
    readonly lock: Lockfile;
};
/**
 * The lockfile under this path, unless the event forbids looking inside.
 *
 * @param event the untrusted event that started the run, if one did
 * @throws R3mesError `LOCK_INVALID` when there is one that cannot be read or is no lockfile
 */
export declare function readLockState(path: string, event: UntrustedEvent | undefined): Promise<LockState>;
/**
 * Puts a lockfile in place in one step: readers find the old one or the new one. A symbolic link under that name is replaced,
 * never followed.
 *
 * @throws R3mesError `INPUT_INVALID` when the folder cannot be written
 */
export declare function writeLockfile(path: string, text: string): Promise<void>;
