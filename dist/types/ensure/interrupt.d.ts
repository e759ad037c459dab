export interface Interruption {
    /** Aborts at the first SIGINT or SIGTERM. */
    readonly signal: AbortSignal;
    /** 130 after SIGINT, 143 after SIGTERM, undefined when there was none. */
    exitCode(): number | undefined;
}
/**
 * Turns the first signal into an abort, so that a run can take back what it began. A second one ends the process at
 * once: the store stays sound, since nothing is ever visible before it is whole.
 */
export declare function interruptOnSignals(): Interruption;
