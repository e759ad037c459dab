import { type Lockfile } from './types.js';
/** Largest lockfile that is read, in bytes. One of a thousand artifacts has about a MiB. */
export declare const LOCKFILE_LIMIT: number;
/**
 * A lockfile from its text.
 *
 * @throws R3mesError `LOCK_INVALID`, saying which field is wrong; nothing else, whatever the text
 */
export declare function parseLockfile(text: string): Lockfile;
