/** How what the Python registry had answers: pairs that say whether it went well, and the error behind them. */
import { type ErrorCode, R3mesError } from '../core/index.js';
import type { ArtifactReport, AskedPlan, EnsureResult } from '../ensure/index.js';
import type { PlannedArtifact } from '../registry/index.js';
/**
 * What came of a download: `[true, path]`, or `[false, undefined, error]`. `path` is absolute; what stands there is verified.
 */
export type Downloaded = readonly [success: true, path: string, error?: undefined] | readonly [success: false, path: undefined, error: R3mesError];
/** How a call ended that brings or reads several things. */
export interface Outcome {
    readonly success: boolean;
    /** What failed and what to do about it: our own words, checked names, numbers and hex. Undefined on success. */
    readonly errorMessage: string | undefined;
    /** See docs/errors.md. Undefined on success. */
    readonly errorCode: ErrorCode | undefined;
    /** The same as an error, with what hosts said as its `detail`. */
    readonly error: R3mesError | undefined;
}
export declare function outcomeOf(error: R3mesError | undefined): Outcome;
/** The one thing of its kind that a run put in place, or why it did not. */
export declare function downloadedOf(result: EnsureResult, kind: ArtifactReport['kind']): Downloaded;
/** What is approved of one kind, as it was read just now. */
export interface SyncedRecords<Info> extends Outcome {
    readonly chainId: string;
    /** The height that was read; undefined when none was. */
    readonly height: bigint | undefined;
    readonly trust: 'light-client' | 'quorum' | 'rpc' | 'lockfile' | undefined;
    /** Everything that is approved and can be brought. Empty when it failed. */
    readonly approved: readonly Info[];
}
export declare function syncedOf<Info>({ result, plan }: AskedPlan, infosOf: (artifacts: readonly PlannedArtifact[]) => readonly Info[]): SyncedRecords<Info>;
