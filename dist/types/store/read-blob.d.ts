import { type FileHandle } from 'node:fs/promises';
import { type Sha256Hex } from '../core/index.js';
/** A blob as it lies there. Whoever uses its bytes has to hash them. */
export interface ReadableBlob {
    readonly file: FileHandle;
    /** Bytes. */
    readonly size: number;
}
export interface BlobReader {
    /** The blob of this digest, open; undefined when there is none, or something else under its name. To be closed. */
    open(sha256: Sha256Hex): Promise<ReadableBlob | undefined>;
}
/**
 * Looks at a store from outside.
 *
 * @param home absolute path of its root
 * @throws R3mesError `INPUT_INVALID` when there is no store
 */
export declare function readBlobs(home: string): Promise<BlobReader>;
