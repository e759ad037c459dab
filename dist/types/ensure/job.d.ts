import type { Environment } from './settings.js';
/** A job as the runner's environment names it. Text that is safe to print, each part at most 200 characters. */
export interface JobName {
    readonly repository: string;
    readonly workflow: string;
    /** Decimal. */
    readonly runId: string;
    /** Decimal: counts the re-runs of a run, from 1 on. */
    readonly attempt: string;
    /** Id of the job in its workflow file. */
    readonly job: string;
    readonly runner: string;
}
/**
 * What tells this machine and this store from a copy of them elsewhere. Hashes: a receipt may be published, and a machine's id
 * is nobody's business.
 */
export interface Machine {
    /** This start of the machine, containers on it included; undefined where nothing names it. */
    readonly boot: string | undefined;
    /** The machine over all its starts. */
    readonly host: string;
    /** The folder of the store: one that was unpacked or copied elsewhere is another one. */
    readonly store: string;
}
/** Where a run took place. */
export interface RunOrigin {
    readonly job: JobName;
    readonly machine: Machine;
}
/** The job of this run; undefined outside of a workflow. */
export declare function jobOf(environment: Environment): JobName | undefined;
/**
 * This machine, and the store in it.
 *
 * @param home absolute path of a store that is there
 */
export declare function thisMachine(home: string): Promise<Machine>;
/** Where this run takes place; undefined outside of a workflow. */
export declare function originOf(environment: Environment, home: string): Promise<RunOrigin | undefined>;
