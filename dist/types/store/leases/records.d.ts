import { type Sha256Hex } from '../../core/index.js';
/** What a session or a job uses. */
export interface Used {
    readonly blobs: readonly Sha256Hex[];
    /** Absolute final paths of artifacts. */
    readonly artifacts: readonly string[];
    /**
     * The folders of models, adapters and datasets, as that process sees them: through a link, or in a container, another one sees them
     * elsewhere.
     */
    readonly roots?: Roots;
}
/** Absolute folders in which final paths are. */
export interface Roots {
    readonly models: string;
    readonly adapters: string;
    readonly datasets: string;
}
/** Paths that somebody else uses, where this process sees them. What is in none of the folders stays as it is. Pure. */
export declare function pathsHere({ artifacts, roots }: Used, here: Roots | undefined): readonly string[];
/** Where something runs, and since when. */
export interface Whereabouts {
    readonly bootId: string;
    readonly pidNamespace: string;
    readonly host: string;
    /** Milliseconds since the epoch. */
    readonly since: number;
}
/** Text of `sessions/<id>.json`. Whether the session lives, its lock says. */
export interface SessionRecord extends Whereabouts, Used {
    readonly pid: number;
    readonly pidStart: string | undefined;
    /** What it does: `ensure`. */
    readonly doing: string;
}
/** Text of `jobs/<id>.json`. */
export interface JobRecord extends Whereabouts, Used {
    readonly workflow: string;
    readonly job: string;
    readonly run: string;
    /** The process that lives as long as the job; undefined when none is known. */
    readonly holder: {
        readonly pid: number;
        readonly start: string | undefined;
    } | undefined;
    /** Seconds that the machine had been running. */
    readonly uptime: number;
}
/** Undefined for a text that is no record of a session. Pure. */
export declare function sessionRecordOf(text: string): SessionRecord | undefined;
/** Undefined for a text that is no record of a job. Pure. */
export declare function jobRecordOf(text: string): JobRecord | undefined;
/** Text of a regular file of ours, links not followed; undefined for everything else. */
export declare function readRecord(path: string): Promise<string | undefined>;
/** Writes a record which readers find whole, as it was or as it is. Not synced: after a power cut nobody holds a lease. */
export declare function writeRecord(path: string, record: object): Promise<void>;
