import { type VerifiedFile, type WantedFile } from '../core/index.js';
import type { Settings } from './settings.js';
import type { Ports, Provider } from './types.js';
/** A file that is in the store, verified. */
export interface ObtainedFile {
    readonly file: VerifiedFile;
    readonly from: Provider;
    readonly bytesDownloaded: number;
    /** Names the lease that keeps it for the job; undefined when there is none to release. */
    readonly jobLease: string | undefined;
}
/**
 * Brings one file that somebody named by its digest into the store, as a run brings those that a chain approved: from the store
 * itself, else from the sources in order, every byte checked. No chain is asked, so nothing says that it is approved.
 *
 * @throws R3mesError of the store and of the sources; the signal's reason once it is aborted
 */
export declare function obtainFile(settings: Settings, ports: Ports, wanted: WantedFile): Promise<ObtainedFile>;
