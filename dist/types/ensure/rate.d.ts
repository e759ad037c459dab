/** The speed of one transfer, smoothed over some seconds. */
export declare class RateMeter {
    #private;
    /**
     * @param bytes that have come so far
     * @param now milliseconds of a monotonic clock
     * @returns bytes a second; undefined until two looks tell
     */
    observe(bytes: number, now: number): number | undefined;
}
/**
 * `173 MB/s, 12 s left`, or the speed alone when nobody knows the size or nothing moves.
 *
 * @param rate bytes a second
 */
export declare function describeRate(rate: number, bytes: number, total: number | undefined): string;
