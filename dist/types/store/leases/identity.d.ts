export interface Machine {
    /** This boot on Linux; elsewhere the host, whose locks end with the boot anyway. */
    readonly bootId: string;
    /** The space in which process ids mean something. */
    readonly pidNamespace: string;
    readonly host: string;
}
/** Where this process runs. */
export declare function thisMachine(): Machine;
/** Eight hex characters for the space in which a process id means something: this boot and pid namespace. */
export declare function processScope({ bootId, pidNamespace, host }?: Machine): string;
/** Whether a process of this number lives, in our own scope. */
export declare function processExists(pid: number): boolean;
/**
 * When a process began, in clock ticks since the boot (proc_pid_stat(5), field 22): with its number it names a process for as
 * long as the machine runs. Undefined where the system does not say.
 */
export declare function processStart(pid: number): string | undefined;
