import type { Sha256Hex } from './digest.js';
import type { HashThread } from './hash-thread.js';
/**
 * A file on this disk whose every byte was hashed by this process and matched the approved digest. Under `verify: changed` alone,
 * and only where `checkedAt` says so, by an earlier one, and unchanged since then.
 */
export interface VerifiedFile {
    readonly path: string;
    readonly sha256: Sha256Hex;
    readonly size: number;
    /** When an earlier process hashed it; undefined when this one did. */
    readonly checkedAt?: Date;
}
/** Guards the door at run time too: library users may not have a type checker. */
export declare function assertVerified(file: VerifiedFile): void;
/** What a file must be. `size` is in bytes, undefined when nobody approved one. */
export interface Expected {
    readonly sha256: Sha256Hex;
    readonly size?: number;
}
/**
 * The other door, for the store alone: a file that an earlier process hashed and wrote down, and whose device, inode, size and
 * times are those of then. Who asks for `verify: changed` accepts what docs/store.md says about it; nobody else comes here.
 *
 * @param checkedAt when it was hashed
 */
export declare function verifiedEarlier(sha256: Sha256Hex, path: string, size: number, checkedAt: Date): VerifiedFile;
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
/**
 * Hashes a file on this disk while it is being written, behind its writer and in another thread, and says in the end
 * whether its bytes are the approved ones.
 */
export declare class FollowingVerifier {
    #private;
    /**
     * @param fd of the file, open for reading; stays open until `finish` or `stop` has come back
     */
    constructor(expected: Expected, fd: number, thread: HashThread);
    /** Everything before `frontier` is written and will not change. */
    reach(frontier: number): void;
    /**
     * @param path where exactly this file lies
     * @param size its bytes
     * @throws R3mesError `SIZE_MISMATCH`, `DIGEST_MISMATCH`, `STORE_CORRUPT` when the file cannot be read
     */
    finish(path: string, size: number): Promise<VerifiedFile>;
    /** Ends the hashing. Comes back when nothing reads the file any more. */
    stop(): Promise<void>;
}
