import type { Sha256Hex } from './digest.js';
/** What hashing a file found. Links are never followed, and pipes keep nobody waiting. */
export type HashedFile = {
    readonly kind: 'hashed';
    readonly sha256: Sha256Hex;
    readonly dev: bigint;
    readonly ino: bigint;
    readonly size: bigint;
    readonly mtimeNs: bigint;
    readonly ctimeNs: bigint;
}
/** It was not the same file after as before, so nothing is known. */
 | {
    readonly kind: 'changed';
} | {
    readonly kind: 'absent';
}
/** A link, a folder, a socket. */
 | {
    readonly kind: 'irregular';
} | {
    readonly kind: 'unreadable';
    readonly errno: string;
};
/** What a thread is told: one list of files at a time. */
export interface HashFilesOrder {
    /** Paths in one text: see path-list.ts. */
    readonly paths: string;
}
/** What a thread says: one entry for each path, in order. */
export interface HashFilesReport {
    readonly files: readonly HashedFile[];
}
/** What threads share: the bytes that one has hashed, and whether all shall stop. */
export interface HashFilesShared {
    readonly hashed: BigInt64Array;
    readonly stopped: Int32Array;
}
export interface HashPoolOptions {
    /** Default: one for each processor. */
    readonly threads?: number;
    readonly signal?: AbortSignal | undefined;
}
/**
 * Hashes files on all processors. Threads start when there is work for them, and end with `close`.
 */
export declare class HashPool implements AsyncDisposable {
    #private;
    constructor({ threads, signal }?: HashPoolOptions);
    /** Bytes hashed so far. */
    get bytes(): number;
    /**
     * Hashes files one after the other on one thread. Small ones are worth giving in one list.
     *
     * @returns one entry for each path, in order
     * @throws the reason of the signal once it is aborted
     */
    hash(paths: readonly string[]): Promise<readonly HashedFile[]>;
    /** Ends the threads. What still waits is never answered: close when everything came back, or nobody cares. */
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
