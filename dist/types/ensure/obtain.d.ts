import { type Expected, type Reporter, type VerifiedFile, type WantedFile } from '../core/index.js';
import { type FetchRun, type Source } from '../sources/index.js';
import type { Store } from '../store/index.js';
import type { Network } from '../transfer/index.js';
import type { RunRecord } from './record.js';
import type { Settings } from './settings.js';
import type { Provider } from './types.js';
/** A file that is in the store, verified, and how it came there. */
export interface Obtained {
    readonly file: VerifiedFile;
    readonly from: Provider;
    readonly url: string | undefined;
    readonly milliseconds: number;
}
export interface ObtainOptions {
    /** False: the run goes on without this file. */
    readonly required: boolean;
    /** Bytes that a file without an approved size may not exceed. */
    readonly limit?: number;
}
/** What bringing files takes: a run has it all. */
export interface ObtainContext {
    readonly settings: Pick<Settings, 'force' | 'verify'>;
    readonly reporter: Reporter;
    readonly record: Pick<RunRecord, 'waited' | 'sourceFailed' | 'received'>;
    readonly store: Store;
    readonly network: Network;
    readonly sources: readonly Source[];
    /** Which sources lied: shared by all files that are required. */
    readonly fetchRun: FetchRun;
    /** The same for the others. */
    readonly outsideRun: FetchRun;
}
/** Brings files into the store. The same digest is fetched once, however many artifacts want it at the same time. */
export declare class Obtainer {
    #private;
    constructor(run: ObtainContext);
    /** Every distinct file that was found or fetched so far, manifests included. */
    get obtained(): readonly Obtained[];
    /** The store's copy, checked as `verify` says; undefined when it has none, or when `force` wants a new one. */
    inStore(wanted: Expected & Pick<WantedFile, 'subject'>): Promise<Obtained | undefined>;
    /** Asks the sources in order, verifies, and keeps the file as a blob. */
    fetch(wanted: WantedFile, signal: AbortSignal, options: ObtainOptions): Promise<Obtained>;
}
