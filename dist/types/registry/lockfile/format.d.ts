import { type Lockfile } from './types.js';
/**
 * The text of a lockfile: JSON with its keys in the order of RFC 8785, indented by two, with a newline at the end. Equal
 * lockfiles have equal texts.
 *
 * @throws R3mesError `LOCK_INVALID` for a lockfile that could not be read again
 */
export declare function formatLockfile(lock: Lockfile): string;
