/** How a question is asked. */
export interface AskOptions {
    /** Aborting it ends the call, which then throws the signal's reason. */
    readonly signal?: AbortSignal;
}
/** How a thing is brought. */
export interface BringOptions extends AskOptions {
    /** Fetches it again although it is in place. Default: false. */
    readonly force?: boolean;
}
/** @throws R3mesError `INPUT_INVALID` */
export declare function askOptions(what: string, options: unknown): AbortSignal | undefined;
/** @throws R3mesError `INPUT_INVALID` */
export declare function bringOptions(what: string, options: unknown): BringOptions;
