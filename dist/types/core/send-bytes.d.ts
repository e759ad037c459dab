import type { Writable } from 'node:stream';
/**
 * The bytes from `at` on: in `memory`, as many as fit there or fewer, or in memory of the reader's own. None: there are no more.
 */
export type ReadPiece = (memory: Buffer, at: number) => Uint8Array | Promise<Uint8Array>;
/**
 * Writes a body and ends the answer: one buffer is being sent while the other is read into. A body that became shorter ends
 * the connection, since the client still waits for what was announced and has to see that it does not come.
 *
 * @param part `end` is exclusive
 * @throws what `read` throws, and the connection's errors
 */
export declare function sendBytes(to: Writable, { start, end }: {
    readonly start: number;
    readonly end: number;
}, read: ReadPiece): Promise<void>;
