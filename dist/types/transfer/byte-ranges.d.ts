/** Which bytes of a file are there. Pure. */
/** Bytes from `start` to before `end`. */
export interface ByteRange {
    readonly start: number;
    readonly end: number;
}
/** A set of bytes, kept as few ranges in order. */
export declare class ByteRanges {
    #private;
    constructor(ranges?: Iterable<ByteRange>);
    add({ start, end }: ByteRange): void;
    /** How many bytes are there. */
    get size(): number;
    /** Everything before it is there. */
    get frontier(): number;
    /** What a file of `total` bytes lacks, in order. */
    missing(total: number): readonly ByteRange[];
}
