import type { ChainEvidence, Trust } from '../chain/index.js';
import type { R3mesError, Reporter, Sha256Hex, SourceName } from '../core/index.js';
import type { ArtifactKind } from '../registry/index.js';
import type { ActionsCacheOptions, CacheStatus } from '../sources/index.js';
import type { Job } from '../store/index.js';
import type { CacheMode, Environment, Settings } from './settings.js';
/**
 * The runner's cache service as the action found it, or why there is none. Outside Actions: `unavailable`.
 */
export type CachePort = {
    readonly available: true;
    readonly options: Omit<ActionsCacheOptions, 'dispatcher' | 'reporter'>;
} | {
    readonly available: false;
    readonly status: CacheStatus;
};
/**
 * Whoever looks after the store when the job ends, which may be long after the run. Told of each thing at once, since a run may
 * be killed at any moment.
 */
export interface JobEndPort {
    /** The store is open. */
    readonly onStore: (settings: Settings) => void;
    /** The job holds this lease, and has to release it. */
    readonly onLease: (lease: string) => void;
}
/** What a face lends to a run. */
export interface Ports {
    readonly reporter: Reporter;
    readonly environment: Environment;
    /** Aborting it (a signal to the process) ends the run and takes back what it promoted. */
    readonly signal?: AbortSignal;
    /** The job that goes on using what is put in place after the run has ended. */
    readonly job?: Job;
    /** Finds the runner's cache service; asked once, and only when the run may use it. Absent: there is none. */
    readonly findCache?: (mode: CacheMode) => Promise<CachePort>;
    readonly jobEnd?: JobEndPort;
}
/** Where the bytes of a file came from in this run: the store itself, or a source. */
export type Provider = 'store' | SourceName;
export interface FileReport {
    /** Path inside the artifact. */
    readonly path: string;
    readonly sha256: Sha256Hex;
    readonly size: number;
    readonly from: Provider;
    /** Origin that served it, for people; undefined for the store. Text from a record: sanitise before printing. */
    readonly url: string | undefined;
    readonly milliseconds: number;
    /** Under `verify: changed`: when an earlier run hashed it, and it is unchanged since. Absent: this run did. */
    readonly checkedAt?: Date;
}
export interface ArtifactReport {
    readonly kind: ArtifactKind;
    readonly id: string;
    readonly version: string;
    /** `sha256:<hex>` or `manifest:<hex>` */
    readonly digest: string;
    readonly cid: string | undefined;
    readonly approvedAtHeight: bigint;
    readonly containerHash: string | undefined;
    /** Absolute final path. */
    readonly path: string;
    readonly change: 'unchanged' | 'created' | 'beside' | 'repaired' | 'replaced';
    readonly files: readonly FileReport[];
}
/** An artifact of a plan that was checked but not fetched (`plan-only`), or not reached. */
export interface PlannedReport {
    readonly kind: ArtifactKind;
    readonly id: string;
    readonly version: string;
    readonly digest: string;
    readonly size: number | undefined;
}
/** A place that failed while another one served, or that made the run fail. Remote text: sanitise before printing. */
export interface FailureReport {
    readonly subject: string;
    readonly source: string;
    readonly origin: string;
    readonly code: string;
    readonly reason: string;
}
/** What would pin a chain that was trusted on first use: a lockfile to commit, and the block that it names. */
export interface LockOffer {
    /** Decimal. */
    readonly height: string;
    /** 64 upper-case hex digits. */
    readonly hash: string;
    /** Text of the lockfile. It holds names and places of records: remote text. */
    readonly lockfile: string;
}
export type PhaseName = 'approvals' | 'plan' | 'store' | 'transfer' | 'promote' | 'cache';
/** What happened, on every path: success, refusal, failure, signal. */
export interface EnsureResult {
    readonly success: boolean;
    readonly planOnly: boolean;
    /** Undefined on success, and when the run was interrupted. */
    readonly error: R3mesError | undefined;
    /** The process was told to stop: nothing that this run began is visible. */
    readonly interrupted: boolean;
    readonly home: string;
    readonly chainId: string;
    readonly trust: Trust | undefined;
    readonly height: bigint | undefined;
    /** Origin of the endpoint that was believed, or that served the proofs. */
    readonly endpoint: string | undefined;
    /** The block that approvals were to be proven by, and how it was verified; undefined when it did not come so far. */
    readonly evidence: ChainEvidence | undefined;
    /** Milliseconds: how old the block that trust starts from may be. Undefined when nothing was proven. */
    readonly trustingPeriod: number | undefined;
    readonly trustExpiresAt: Date | undefined;
    /** A lockfile bound what was resolved. */
    readonly frozen: boolean;
    /** Undefined unless trust was on first use. */
    readonly offer: LockOffer | undefined;
    /** Absolute path of the two headers of a fork, when one was found. */
    readonly forkEvidencePath: string | undefined;
    readonly modelVersion: string | undefined;
    readonly planned: readonly PlannedReport[];
    readonly artifacts: readonly ArtifactReport[];
    readonly failures: readonly FailureReport[];
    readonly notices: readonly string[];
    /** Problems of datasets that were not required. */
    readonly datasetProblems: readonly R3mesError[];
    /**
     * Bytes of files that this run brought over the network, the Actions cache included. What an earlier run left, and this one went
     * on with, is not among them. What was thrown away, because it was wrong or came twice, is.
     */
    readonly bytesDownloaded: number;
    /** The same, by the source that sent them. */
    readonly bytesBySource: Readonly<Partial<Record<SourceName, number>>>;
    readonly cacheStatus: CacheStatus;
    /** Nothing came from outside store and Actions cache. */
    readonly cacheHit: boolean;
    /** Milliseconds of each phase that was reached. */
    readonly phases: Readonly<Partial<Record<PhaseName, number>>>;
    /** Milliseconds in which at least one file was waited for that another job was fetching. */
    readonly waited: number;
    readonly startedAt: Date;
    /** Names the lease that keeps what is in place for the job; undefined when there is none to release. */
    readonly jobLease: string | undefined;
    readonly receiptPath: string | undefined;
}
