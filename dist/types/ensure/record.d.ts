import type { ChainEvidence } from '../chain/index.js';
import { type R3mesError, type SourceName } from '../core/index.js';
import type { Plan, PlannedArtifact } from '../registry/index.js';
import type { FetchFailure } from '../sources/index.js';
import type { ArtifactReport, EnsureResult, FileReport, LockOffer, PhaseName } from './types.js';
/** Collects what happens during a run, so that even a run that fails can say how far it came. */
export declare class RunRecord {
    #private;
    constructor(run: {
        readonly home: string;
        readonly chainId: string;
        readonly planOnly: boolean;
    });
    /** A snapshot of the record as it stands. */
    get result(): EnsureResult;
    timed<T>(phase: PhaseName, work: () => Promise<T>): Promise<T>;
    /** What the approvals stand on, as far as that is known before they are judged. */
    approvalsRead(plan: Pick<Plan, 'trust' | 'height' | 'endpoint'>): void;
    /** @param trustingPeriod milliseconds */
    proven(evidence: ChainEvidence, trustingPeriod: number): void;
    trustEnds(at: Date): void;
    frozen(): void;
    offers(offer: LockOffer): void;
    forkKept(path: string): void;
    notice(text: string): void;
    planned(plan: Plan): void;
    datasetFailed(error: R3mesError): void;
    sourceFailed(subject: string, failure: FetchFailure): void;
    /** So many more bytes came from a source. */
    received(source: SourceName, bytes: number): void;
    /**
     * A file was waited for that another job was fetching.
     *
     * @param from milliseconds of `performance.now()`
     */
    waited(from: number): void;
    inPlace(artifact: PlannedArtifact, change: ArtifactReport['change'], path: string, files: readonly FileReport[]): void;
    /** Forgets what was in place: it was taken back. */
    rolledBack(): void;
    cache(status: EnsureResult['cacheStatus'], onlyStoreAndCache: boolean): void;
    keptForJob(lease: string): void;
    receipt(path: string): void;
    succeeded(): void;
    failed(error: unknown): void;
    interrupted(): void;
}
/** Length of what intervals cover together: files are waited for side by side. Pure. */
export declare function lengthOfUnion(intervals: readonly (readonly [from: number, to: number])[]): number;
