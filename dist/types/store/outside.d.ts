import type { Sha256Hex, VerifiedFile } from '../core/index.js';
import type { Blobs } from './blobs.js';
import type { Checks } from './checks/index.js';
import { type Identity } from './disk.js';
import { type Layout } from './layout.js';
import type { Leases } from './leases/leases.js';
import { type Removal } from './remove.js';
import type { HashProgress } from './types.js';
/** What stands at a path, links not followed. */
export type Standing = {
    readonly kind: 'absent';
} | ({
    readonly kind: 'file';
    readonly ctimeNs: bigint;
    readonly nlink: bigint;
} & Identity)
/** A link, a folder, a socket. */
 | ({
    readonly kind: 'irregular';
} & Identity);
export interface PutOptions {
    /** What stands there now, and has to make room; absent: nothing may stand there. */
    readonly instead?: Identity;
    /** Where what stands there is kept, on the same disk if that is possible; absent: it is deleted. */
    readonly aside?: string;
    /** True: it makes room also while others use the path, unless it is a whole blob of theirs: damage helps nobody. */
    readonly evenIfUsed?: boolean;
}
/**
 * - `made`: the blob has this name now
 * - `used`: another process uses what stands there
 * - `changed`: something else stands there by now: look again
 */
export type Put = {
    readonly outcome: 'made';
    readonly keptAt: string | undefined;
    readonly identity: Identity;
} | {
    readonly outcome: 'used' | 'changed';
};
/** Names of blobs outside of the store's own folders. All paths are absolute. */
export interface Outside {
    standing(path: string): Promise<Standing>;
    /**
     * Whether a file has the bytes of a blob that was found or adopted in this session: it is the very blob, or it was hashed now, or,
     * under `verify: changed`, earlier.
     */
    holds(path: string, blob: VerifiedFile, onProgress?: HashProgress): Promise<boolean>;
    /**
     * Makes a file a blob of the store, without another copy where links are possible, and read-only. Undefined when its bytes are
     * not those of the digest.
     */
    takeIn(path: string, sha256: Sha256Hex, onProgress?: HashProgress): Promise<VerifiedFile | undefined>;
    /** Gives a blob a name, in one step. */
    put(blob: VerifiedFile, path: string, options?: PutOptions): Promise<Put>;
    /** Removes a name, if exactly this file has it and nobody uses the path. */
    remove(path: string, found: Identity): Promise<Removal>;
}
export interface OutsideContext {
    readonly layout: Layout;
    readonly blobs: Blobs;
    readonly checks: Checks;
    readonly leases: Leases;
    readonly tag: string;
    readonly signal: AbortSignal | undefined;
}
export declare function outsideOf({ layout, blobs, checks, leases, tag, signal }: OutsideContext): Outside;
