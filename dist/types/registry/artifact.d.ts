/** From one approved record to the artifact that a run brings: digest, name, places, size. */
import type { ReadTrust, StoreRecord, Trust } from '../chain/index.js';
import { R3mesError } from '../core/index.js';
import { type DigestClaims } from './digests.js';
import type { ApprovedStatus, ArtifactKind, KindFacts, PlannedArtifact } from './types.js';
/** The machine's own settings that a plan depends on. */
export interface PlanOptions {
    /** The configured hub: its `/resolve/` URLs are HuggingFace places. */
    readonly hfEndpoint?: URL;
    /** Bytes; no limit when absent. */
    readonly maxArtifactSize?: number;
}
/** What a record says, whatever its kind. */
export interface ArtifactFacts<T extends ReadTrust> extends DigestClaims {
    readonly kind: ArtifactKind;
    readonly id: string;
    readonly version: string;
    /** Unchecked name below the kind's folder. */
    readonly storeName: string;
    /** 0: none approved. */
    readonly sizeBytes: bigint;
    readonly claimedDiskBytes: number | undefined;
    /** Empty: the place's last segment names the file. */
    readonly fileName: string;
    readonly downloadSource: string;
    readonly approvedAtHeight: bigint;
    readonly status: ApprovedStatus;
    readonly facts: KindFacts;
    readonly approvedBy: readonly StoreRecord<T, Uint8Array>[];
    readonly containerHash: string | undefined;
    readonly required: boolean;
}
/** What planning found: artifacts to bring, what stands in the way, what is worth saying. */
export interface Findings<T extends Trust = Trust> {
    readonly artifacts: readonly PlannedArtifact<T>[];
    readonly problems: readonly R3mesError[];
    readonly notices: readonly string[];
}
export declare const NOTHING_FOUND: Findings<never>;
export declare function aProblem(problem: R3mesError): Findings<never>;
export declare function mergeFindings<T extends Trust>(findings: readonly Findings<T>[]): Findings<T>;
export declare function tooLarge(subject: string, size: number, limit: number): R3mesError;
/** The artifact of a record, or every reason why it cannot be brought. Never throws an R3mesError. */
export declare function planArtifact<T extends ReadTrust>(facts: ArtifactFacts<T>, options: PlanOptions): Findings<T>;
/**
 * Problems of artifacts that would share a path: two of one kind whose names are one where case folds.
 *
 * @param nameOf the name below the kind's folder
 */
export declare function findNameCollisions<A extends Pick<PlannedArtifact, 'kind'>>(artifacts: readonly A[], nameOf: (artifact: A) => string): {
    readonly artifact: A;
    readonly problem: R3mesError;
}[];
