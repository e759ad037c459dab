/**
 * How many connections one file is worth. Pure: more are tried while the rate grows with them, and one step is taken back
 * when it does not.
 */
export interface Pace {
    /** Connections to use now. */
    readonly lanes: number;
    /** What is being tried: from how many connections, which brought how many bytes a millisecond. */
    readonly trial: {
        readonly lanes: number;
        readonly rate: number;
    } | undefined;
    /** Windows to wait before the next trial. */
    readonly rest: number;
}
/** Milliseconds over which a rate is taken. */
export declare const WINDOW_MS = 100;
/** Most connections to one host, for all files together. */
export declare const MOST_LANES = 8;
/** The same where each of them is slow: it is then the host that limits a connection. */
export declare const MOST_SLOW_LANES = 16;
export declare const FIRST_PACE: Pace;
/**
 * The pace after one more window.
 *
 * @param rate of all connections in that window, in bytes a millisecond
 * @param most connections that may be used
 */
export declare function nextPace(pace: Pace, rate: number, most: number): Pace;
/**
 * How many bytes to ask for at once: more where answers come late, so that connections are not mostly waiting.
 *
 * @param latencyMs from a request to the head of its answer
 * @param rate of one connection while it brings a body, in bytes a millisecond
 */
export declare function segmentBytes(latencyMs: number, rate: number): number;
/** The connections of all files of a run, shared fairly among those that are on their way. */
export declare class LaneShares {
    #private;
    /** @param most connections to all hosts together */
    constructor(most: number);
    join(host: string): void;
    leave(host: string): void;
    /** Connections that one file may use now; never less than one. */
    shareOf(host: string): number;
}
