import { type Sha256Hex } from '../../core/index.js';
import { type LeaseFolders } from '../layout.js';
import { type Liveness } from './liveness.js';
/** How far another process is with a blob. */
export interface Waiting {
    /** Bytes on the disk. */
    readonly bytes: number;
}
export interface ClaimOptions {
    readonly signal?: AbortSignal | undefined;
    /** Told every second or so while another process brings the blob. */
    readonly onWaiting?: ((progress: Waiting) => void) | undefined;
    /** Whether it has come meanwhile. All who waited then go on at once, without a claim, and not one after the other. */
    readonly hasCome?: (() => Promise<boolean>) | undefined;
}
export interface Claim {
    /** Another process had it meanwhile: the blob may be there now. */
    readonly waited: boolean;
    /** Sessions that died while they held it: what they left of the blob can be gone on with. */
    readonly leftBy: readonly string[];
    release(): Promise<void>;
}
export interface Claims {
    /** @throws the reason of the signal, or the error of the file system */
    claim(sha256: Sha256Hex, options?: ClaimOptions): Promise<Claim>;
}
export interface ClaimContext {
    readonly folders: LeaseFolders;
    readonly liveness: Liveness;
    /** Of the session that claims. */
    readonly id: string;
    /** Bytes on the disk of what a session has of a blob. */
    readonly bytesOf: (sha256: Sha256Hex, id: string) => Promise<number>;
}
/** The id in a claim; undefined when there is none, or something else in its place. */
export declare function claimantOf(folders: LeaseFolders, sha256: Sha256Hex): Promise<string | undefined>;
export declare function claimsIn({ folders, liveness, id, bytesOf }: ClaimContext): Claims;
/**
 * Removes claims that nobody holds: of sessions that are gone, and those that name none, as a power cut leaves them.
 *
 * @param isGone whether a session counts as gone
 */
export declare function removeForsakenClaims(folders: LeaseFolders, isGone: (id: string) => Promise<boolean>): Promise<void>;
