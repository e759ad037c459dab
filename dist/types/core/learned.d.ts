import type { Sha256Hex } from './digest.js';
declare const brand: unique symbol;
/**
 * A file whose bytes were hashed while they came, for which nobody had named a digest. It is no verified file, and no store keeps it
 * as it is: whoever decides to believe its digest hashes the file against that one.
 */
export interface LearnedFile {
    readonly path: string;
    readonly sha256: Sha256Hex;
    /** Bytes. */
    readonly size: number;
    readonly [brand]: 'LearnedFile';
}
/** Hashes the bytes of one file in order and says in the end which they were. */
export declare class Learner {
    #private;
    get bytes(): number;
    update(chunk: Uint8Array): void;
    /**
     * @param path where exactly these bytes lie
     * @throws R3mesError `SIZE_MISMATCH` when there were none
     */
    finish(path: string): LearnedFile;
}
export {};
