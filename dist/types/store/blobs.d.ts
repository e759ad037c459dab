import { type Reporter, type Sha256Hex, type VerifiedFile } from '../core/index.js';
import type { Checks } from './checks/index.js';
import { type Identity } from './disk.js';
import { type Layout } from './layout.js';
import type { Quarantine } from './quarantine.js';
import type { HashProgress } from './types.js';
export interface Blobs {
    find(sha256: Sha256Hex, size?: number, onProgress?: HashProgress): Promise<VerifiedFile | undefined>;
    adopt(file: VerifiedFile): Promise<VerifiedFile>;
    /**
     * Makes a file that lies elsewhere a blob, by a hard link where that is possible. Undefined when its bytes are not those of the
     * digest, or it is no regular file.
     */
    takeIn(path: string, sha256: Sha256Hex, onProgress?: HashProgress): Promise<VerifiedFile | undefined>;
    /** True when a file is the blob itself, untouched since this process hashed it last. */
    isCheckedBlob(sha256: Sha256Hex, file: Identity): boolean;
}
export declare function blobsIn(layout: Layout, tag: string, quarantine: Quarantine, checks: Checks, reporter: Reporter, signal?: AbortSignal): Blobs;
