import type { Reporter } from '../core/index.js';
import { type ActionsCache, type FetchRun, type Source } from '../sources/index.js';
import { type Job, type Store } from '../store/index.js';
import { type Network } from '../transfer/index.js';
import type { RunRecord } from './record.js';
import type { Environment, Settings } from './settings.js';
import type { JobEndPort, Ports } from './types.js';
/** What the steps of one run share. */
export interface Run {
    readonly settings: Settings;
    readonly reporter: Reporter;
    readonly environment: Environment;
    readonly record: RunRecord;
    readonly store: Store;
    /** Goes on using what is put in place. */
    readonly job: Job | undefined;
    readonly jobEnd: JobEndPort | undefined;
    readonly network: Network;
    readonly sources: readonly Source[];
    readonly cache: ActionsCache | undefined;
    /** Which sources lied: shared by all files that the run needs. */
    readonly fetchRun: FetchRun;
    /** The same for the files of datasets that are not required. */
    readonly outsideRun: FetchRun;
    /** Aborts on a signal to the process, and when the deadline has passed. */
    readonly signal: AbortSignal;
    readonly deadlinePassed: boolean;
    /** The process was told to stop. */
    readonly interrupted: boolean;
    [Symbol.asyncDispose](): Promise<void>;
}
/** Hosts that the user configured, so that the rules for recorded URLs let them pass. */
export declare function configuredHosts(settings: Pick<Settings, 'mirrors' | 'hfEndpoint' | 'ipfsGateways' | 'allowHosts'>): string[];
/**
 * Opens the store and the network. Nothing is asked yet but the runner's environment.
 *
 * @throws R3mesError `STORE_UNSAFE`, `STORE_NOT_WRITABLE`
 */
export declare function openRun(settings: Settings, ports: Ports, record: RunRecord): Promise<Run>;
