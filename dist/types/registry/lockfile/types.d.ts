/**
 * The lockfile `r3mes.lock`: what was approved when it was written, and the header that trust starts from the next time. It is
 * meant to be committed, so that a change of what is approved is seen in a review.
 */
import type { HeaderFacts } from '../../chain/index.js';
import type { Digest, SafePath } from '../../core/index.js';
import type { ApprovedStatus, ArtifactKind, KindFacts } from '../types.js';
export declare const LOCKFILE_VERSION = 1;
/** The header that a lockfile trusts. */
export interface LockAnchor extends HeaderFacts {
    /**
     * How it was admitted, such as `quorum of https://rpc-a.example.org, https://rpc-b.example.org`: at most 1,000 ASCII letters,
     * digits, spaces and `.,:/_()[]-`.
     */
    readonly origin: string;
}
/** What was asked, as it would be typed. */
export interface LockedRequest {
    readonly modelVersion: string;
    readonly modelName: string | undefined;
    /** Lines: `id`, `id@version`, `domain:<name>`. */
    readonly adapters: readonly string[];
    /** Ids or names. */
    readonly datasets: readonly string[];
    readonly requireDataset: boolean;
}
/** One approved thing as it was when it was locked. */
export interface LockedArtifact {
    readonly kind: ArtifactKind;
    /** The version of a model, the id of an adapter, the name of a dataset. */
    readonly id: string;
    /** Empty when the record has none that is safe to print. */
    readonly version: string;
    readonly status: ApprovedStatus;
    readonly digest: Extract<Digest, {
        kind: 'sha256' | 'manifest';
    }>;
    readonly cid: string | undefined;
    /** Bytes of the one file; undefined when none were approved, and under a manifest. */
    readonly size: number | undefined;
    /** Bytes that the record claims on disk. */
    readonly diskBytes: number | undefined;
    /** Undefined under a manifest. */
    readonly fileName: SafePath | undefined;
    /** As the record wrote them; the CID is a place besides. */
    readonly places: readonly string[];
    readonly approvedAtHeight: bigint;
    readonly containerHash: string | undefined;
    readonly facts: KindFacts;
}
export interface Lockfile {
    readonly chainId: string;
    readonly registry: 'module';
    /** Who may approve. The module's own records name nobody. */
    readonly authority: null;
    readonly anchor: LockAnchor;
    readonly trustingPeriodSeconds: number;
    /** The chain's `unbonding_time`; undefined when it was not proven. */
    readonly unbondingSeconds: number | undefined;
    readonly request: LockedRequest;
    /** Models, then adapters, then datasets, each in the order of their ids. */
    readonly artifacts: readonly LockedArtifact[];
}
