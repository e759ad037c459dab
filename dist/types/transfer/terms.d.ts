/** What the users of a network may set, in types that need no other package. */
export interface ResolvedAddress {
    readonly address: string;
    readonly family: number;
}
/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;
/** Milliseconds without anything happening before a connection is given up. */
export interface Timeouts {
    readonly connectMs: number;
    /** From the request to the status line. */
    readonly firstByteMs: number;
    /** Between two reads of the body. */
    readonly stallMs: number;
}
/** In bytes. */
export interface Sizes {
    /** Files up to this size come in one answer. */
    readonly whole: number;
    /** The first part of a larger one. */
    readonly first: number;
    /** The least that one of several connections is asked for at once; undefined: as the host's latency wants it. */
    readonly segment: number | undefined;
}
