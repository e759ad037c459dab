import type { R3mesError } from '../core/index.js';
import { type EnsureResult, type Ports, type Settings } from '../ensure/index.js';
import type { ArtifactKind, Store } from '../store/index.js';
import type { PruneReport } from './prune-report.js';
/**
 * - `approved`: as it is
 * - `updated`: other content was approved under its name, and is in place now
 * - `behind`: other content is approved under its name, and could not be brought
 * - `unapproved`: not approved any more
 * - `removed`: not approved any more, and removed
 * - `unknown`: the chain gave no answer that can be believed
 * - `elsewhere`: approved on another chain, which was not asked
 */
export declare const SYNC_STATES: readonly ['approved', 'updated', 'behind', 'unapproved', 'removed', 'unknown', 'elsewhere'];
export type SyncState = (typeof SYNC_STATES)[number];
export interface SyncedArtifact {
    readonly kind: ArtifactKind;
    /** From a file that anybody may have written: sanitise before printing. */
    readonly id: string;
    /** As `r3mes ls` names it, before it was brought up to what is approved. As unsafe as the id. */
    readonly name: string;
    /** Absolute final path; the new one when it was updated to another. */
    readonly path: string;
    readonly state: SyncState;
    /** Why it is not approved as it is. */
    readonly reason: R3mesError | undefined;
}
export interface SyncReport {
    readonly artifacts: readonly SyncedArtifact[];
    /** The run that brought the active model; undefined when nobody asked for it. */
    readonly active: EnsureResult | undefined;
    /** Undefined when nothing was to be removed. */
    readonly removal: PruneReport | undefined;
    /** Bytes that came over the network. */
    readonly bytesDownloaded: number;
}
/** What is worst of a report: what could not be asked or brought, then what is not approved. Undefined when all is well. */
export declare function syncFailure({ artifacts, active }: SyncReport): R3mesError | undefined;
export interface SyncOptions {
    /** Brings the active model version as well. */
    readonly active?: boolean | undefined;
    /** False: what is approved anew is not brought, and counts as `behind`. Default: true. */
    readonly download?: boolean | undefined;
    /** Removes what is not approved any more and not in use. */
    readonly pruneUnapproved?: boolean | undefined;
}
/**
 * Asks what is approved now of everything in the store, and brings what took its place. What is locked counts for nothing here:
 * a lockfile gives the block that trust starts from, no more.
 *
 * @param settings where to ask and to fetch from; what they request does not matter
 * @throws R3mesError of the store; what the chain or a source fails at stands in the report
 */
export declare function syncStore(store: Store, settings: Settings, { reporter, ...others }: Ports, { active, download, pruneUnapproved }?: SyncOptions): Promise<SyncReport>;
