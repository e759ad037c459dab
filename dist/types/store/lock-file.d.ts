import type { ProcessLock } from './process-lock.js';
/** The file system of the store knows no locks. */
export declare class LocksUnsupported extends Error {
    constructor(cause?: unknown);
}
/** What a look at a lock file found. Whatever is no empty regular file is no lock file: `missing`. */
export type LockFileState = 'held' | 'free' | 'missing';
/**
 * Takes the lock of a file, which is made when it is missing. What else stands at the path makes room, so that no link
 * leads out of the store: a lock file is empty, so nothing of anybody is lost.
 *
 * @returns undefined while somebody holds the lock
 * @throws LocksUnsupported, or the error of the file system or of SQLite
 */
export declare function openLockFile(path: string): ProcessLock | undefined;
/** Says whether somebody holds the lock of a file. Makes nothing. */
export declare function lookAtLockFile(path: string): LockFileState;
/**
 * Deletes a lock file that nobody holds, and nobody can take meanwhile.
 *
 * @returns false while somebody holds it
 */
export declare function removeLockFile(path: string): boolean;
