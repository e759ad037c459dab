import { type Sha256Hex } from '../../core/index.js';
import { type LeaseFolders } from '../layout.js';
import type { Volume } from './file-system.js';
import { type Liveness } from './liveness.js';
import type { Session, Uses } from './session.js';
/** A job that uses what it was given after the process that fetched it has ended. */
export interface Job {
    readonly workflow: string;
    readonly job: string;
    /** Of the run, its attempt included. */
    readonly run: string;
    /** The process that lives as long as the job. 0 and 1 are nobody's, and neither is an absent one: then age decides. */
    readonly pid?: number | undefined;
}
/** Somebody who uses something, as people want to see it. */
export interface Lease {
    readonly kind: 'session' | 'job';
    readonly id: string;
    /** `ensure`, or workflow, job and run. Names from a workflow: sanitise before printing. */
    readonly who: string;
    readonly host: string;
    readonly since: Date;
    readonly blobs: readonly Sha256Hex[];
    /** Absolute final paths of artifacts. */
    readonly artifacts: readonly string[];
    /** Why it counts as living, as a part of a sentence. */
    readonly why: string;
}
/** What is in use, as long as the store's lock is held. */
export interface InUse {
    /** By a job or by any session. A blob's digest, or the absolute final path of an artifact. */
    isUsed(blobOrPath: string): boolean;
    /** The same without this very session. */
    isUsedByOthers(blobOrPath: string): boolean;
    /** Digests of all that those use who use a path, this session aside. */
    blobsOfOthersAt(path: string): ReadonlySet<Sha256Hex>;
}
export interface Leases {
    /** False where nobody can say who lives: the file system knows no locks, or `leases/` cannot be written. */
    readonly available: boolean;
    /** Says what this session uses, until it ends. To be called before looking for it. Never fails for want of locks. */
    use(uses: Uses): Promise<void>;
    /** This session does not use these paths after all. */
    forgo(artifacts: Iterable<string>): Promise<void>;
    /**
     * Lets a job go on using what this session uses.
     *
     * @returns its id, for {@link release}; undefined when leases are not available
     */
    keepForJob(job: Job): Promise<string | undefined>;
    /** Ends a job's lease. False when there is none. */
    release(id: string): Promise<boolean>;
    /** The living ones, this session included. */
    list(): Promise<readonly Lease[]>;
    /**
     * Does `work` while nobody else changes leases, replaces artifacts or prunes. To be short, and not to be nested.
     *
     * @throws R3mesError `STORE_NOT_WRITABLE` when leases are not available, or the lock does not come free
     */
    exclusively<T>(work: (inUse: InUse) => Promise<T>): Promise<T>;
}
export interface LeaseContext {
    readonly folders: LeaseFolders;
    readonly liveness: Liveness;
    readonly volume: Volume;
    /** Undefined where there can be none. */
    readonly session: Session | undefined;
    readonly signal?: AbortSignal | undefined;
}
export declare function leasesIn({ folders, liveness, volume, session, signal }: LeaseContext): Leases;
/** Removes leases of jobs that ended without releasing them, and records that are none. */
export declare function removeEndedJobs(folders: LeaseFolders, leases: Leases): Promise<void>;
