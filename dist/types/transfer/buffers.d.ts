/** Bytes that are written to the disk at once. */
export declare const WRITE_BYTES: number;
/** The memory of connections, used again by later ones. */
export declare class Buffers {
    #private;
    take(): Buffer;
    giveBack(buffer: Buffer): void;
}
/** Takes bytes in order; the memory may be used again once it has come back. */
export type WriteBody = (bytes: Uint8Array) => Promise<void>;
/**
 * Two buffers: while one is written to the disk, the other one fills. Whoever fills them asks for `nextPlace`
 * before each read, but for the first read after a pause, which still goes where the pause began.
 */
export declare class DoubleBuffer {
    #private;
    constructor(buffers: Buffers);
    /** Hands out where the next read goes. */
    nextPlace(): Buffer;
    /** What has come and is not written. */
    get pending(): Buffer;
    /** Enough has come for a write. */
    get isFull(): boolean;
    get isWriting(): boolean;
    /**
     * Takes so many bytes that a read brought to the place that was handed out last.
     *
     * @param useful how many of them to keep
     * @throws RangeError when there is no room for them
     */
    fill(bytes: number, useful?: number): void;
    /** Passes over the first bytes of `pending`: they are not to be written. */
    skip(bytes: number): void;
    /** Keeps only the first bytes of `pending`. */
    keep(bytes: number): void;
    /**
     * Begins to write what is pending, and lets the other buffer fill. Nothing may be being written.
     *
     * @param done called when it is written; whether it was says `settled`
     */
    swap(write: WriteBody, done: () => void): void;
    /**
     * Comes back when nothing is being written.
     *
     * @throws what a write threw
     */
    settled(): Promise<void>;
    get failure(): unknown;
    /** Frees the memory, once nothing is being written. To be called once. */
    free(): Promise<void>;
}
