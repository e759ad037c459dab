/** Bytes that moved. `total` is absent when nobody knows the size. */
export interface TransferProgress {
    /** What is being fetched, in checked names: `models/v1.0.0/model.gguf` */
    readonly subject: string;
    readonly source: string;
    readonly bytes: number;
    readonly total?: number;
    readonly done: boolean;
}
/**
 * How the flow talks to people. Every face has its own; each one sanitises what it prints, so callers may pass text that
 * came from a network.
 */
export interface Reporter {
    /** Runs `work` as one named phase. */
    phase<T>(title: string, work: () => Promise<T>): Promise<T>;
    debug(text: string): void;
    info(text: string): void;
    notice(text: string): void;
    warning(text: string): void;
    progress(event: TransferProgress): void;
}
/** Says nothing: for library users who pass no reporter. */
export declare const silentReporter: Reporter;
