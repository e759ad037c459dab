/** A lock that is held. */
export interface ProcessLock {
    /** Ends it. The file stays. */
    release(): void;
}
export interface WaitOptions {
    readonly signal?: AbortSignal | undefined;
    /** Milliseconds after which waiting ends: who holds the lock may be stopped. For ever when absent. */
    readonly patience?: number | undefined;
}
/**
 * Takes the lock of a file, which is made when it is missing. Never waits.
 *
 * @returns undefined while another process holds it, or this one already
 * @throws LocksUnsupported where the file system knows no locks; an error with `errcode` of SQLite for other failures
 */
export declare function tryLock(path: string): ProcessLock | undefined;
/**
 * As {@link tryLock}, but waits until the lock is free. Meant for work of milliseconds.
 *
 * @throws the reason of the signal once it is aborted, a `TimeoutError` when patience ends
 */
export declare function lock(path: string, { signal, patience }?: WaitOptions): Promise<ProcessLock>;
/** Does `work` while holding the lock of `path`. */
export declare function withLock<T>(path: string, work: () => Promise<T>, options?: WaitOptions): Promise<T>;
