/**
 * Asks the origins of a file one after the other and keeps why each one failed.
 */
import { type ErrorCode, R3mesError, type Reporter, type SourceName, type WantedFile } from '../core/index.js';
import { type Origin } from '../transfer/index.js';
import type { Source } from './types.js';
/** What the files of one run know together. */
export interface FetchRun {
    readonly reporter: Reporter;
    /** Origins that served wrong bytes, as {@link originKey} names them. They are not asked again. */
    readonly liars: Set<string>;
    /** Origins that others found to be liars. */
    readonly knownLiars?: ReadonlySet<string>;
}
export declare function createFetchRun(reporter: Reporter): FetchRun;
/**
 * For files that a run may do without. They ask no liar of the run; but whom they call a liar, others still ask: a record
 * with a wrong digest makes every honest host look like one.
 */
export declare function outsideOf(run: FetchRun): FetchRun;
export interface FetchFailure {
    readonly source: SourceName;
    /** URL without query, or the label of an origin whose URL is a secret. Text from a record. */
    readonly origin: string;
    readonly code: ErrorCode;
    /** Our own words. */
    readonly reason: string;
    /** What the host or the operating system said. */
    readonly detail?: string;
}
/** What an origin delivered. */
export interface Delivery<T> {
    readonly value: T;
    readonly source: SourceName;
    /** URL without query, or the label of an origin whose URL is a secret. Text from a record. */
    readonly url: string;
    /** Of the whole search, failed origins included. */
    readonly milliseconds: number;
}
/**
 * Tells of bytes that one origin left for the next one to go on with, and that were wrong, while the next one alone is
 * right.
 *
 * @param suspects who sent them, as far as they were asked in this run
 * @param isAll false: an earlier run may have left some of them
 */
export declare function nameSuspects(run: FetchRun, file: WantedFile, suspects: readonly Origin[], isAll: boolean): void;
/**
 * The one error for a search in vain. Pure.
 *
 * @param subject the file in checked names
 */
export declare function exhausted(subject: string, failures: readonly FetchFailure[]): R3mesError;
export interface SearchOptions {
    readonly signal?: AbortSignal;
    /** Told of each place that failed, as it fails: a search in vain has them, too. */
    readonly onFailure?: (failure: FetchFailure) => void;
}
/**
 * Asks the sources in order, each one's origins in order, until one delivers.
 *
 * @throws R3mesError `SOURCES_EXHAUSTED`, or what all of them failed with; anything but a content error at once
 */
export declare function askInOrder<T>(sources: readonly Source[], file: WantedFile, run: FetchRun, options: SearchOptions, attempt: (origin: Origin) => Promise<T>): Promise<Delivery<T>>;
