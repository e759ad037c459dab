import { type LeaseFolders } from '../layout.js';
import type { Volume } from './file-system.js';
import { type Machine } from './identity.js';
/**
 * - `alive`: its lock is held
 * - `dead`: for certain
 * - `silent`: on another machine, and nothing was heard of it for long. Not certain: it may be frozen
 * - `doubtful`: on another machine, and not watched for long enough
 * - `missing`: it has no lock file. It never had one, ended in order, or somebody deleted it
 */
export type SessionState = 'alive' | 'dead' | 'silent' | 'doubtful' | 'missing';
/** How often a session on a shared volume says that it lives. */
export declare const HEARTBEAT_MS = 15000;
/** How long nothing has to be heard of one on another machine. Caches of network file systems hold changes back for a minute. */
export declare const SILENT_AFTER_MS = 120000;
/** Whether what a session holds, claims and leases, still counts. */
export declare function mayLive(state: SessionState): boolean;
export interface LivenessOptions {
    readonly volume: Volume;
    /** False where the file system knows no locks: then nobody can be told to live. */
    readonly locks: boolean;
    readonly machine?: Machine;
    /** Milliseconds of a clock that only goes forward. */
    readonly clock?: () => number;
}
export declare class Liveness {
    #private;
    constructor(folders: LeaseFolders, options: LivenessOptions);
    stateOf(id: string): Promise<SessionState>;
}
