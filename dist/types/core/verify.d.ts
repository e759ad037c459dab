import type { Sha256Hex } from './digest.js';
/** A file on this disk whose every byte was hashed by this process and matched the approved digest. */
export interface VerifiedFile {
    readonly path: string;
    readonly sha256: Sha256Hex;
    readonly size: number;
}
/** Guards the door at run time too: library users may not have a type checker. */
export declare function assertVerified(file: VerifiedFile): void;
/** What a file must be. `size` is in bytes, undefined when nobody approved one. */
export interface Expected {
    readonly sha256: Sha256Hex;
    readonly size?: number;
}
/** Hashes the bytes of one file in order and says in the end whether they are the approved ones. */
export declare class Verifier {
    #private;
    constructor(expected: Expected);
    get bytes(): number;
    /** @throws R3mesError `SIZE_MISMATCH` as soon as there are more bytes than were approved */
    update(chunk: Uint8Array): void;
    /**
     * @param path where exactly these bytes lie
     * @throws R3mesError `SIZE_MISMATCH`, `DIGEST_MISMATCH`
     */
    finish(path: string): VerifiedFile;
    /** The same verified bytes under another path of this store: after a rename or a link of the very file. */
    static moved(file: VerifiedFile, path: string): VerifiedFile;
}
