import type { R3mesError } from '../core/index.js';
/** A host that wants to be left alone longer than this is given up for the run. */
export declare const MAX_RETRY_AFTER_MS = 120000;
export interface RetryPolicy {
    /** Times an origin is asked again after its first failure. */
    readonly retries: number;
    /** Upper end of the first wait, in milliseconds; doubles with every attempt. */
    readonly baseMs: number;
    /** No jittered wait is longer, in milliseconds. */
    readonly capMs: number;
    /** A number in [0, 1). */
    readonly random: () => number;
}
export declare const DEFAULT_RETRY_POLICY: RetryPolicy;
/**
 * Milliseconds to wait after the given failed attempt (the first is 1). Never less than the host asked for.
 *
 * @param retryAfterMs what the host asked for, undefined when it did not
 */
export declare function retryDelay(attempt: number, retryAfterMs: number | undefined, policy: RetryPolicy): number;
/**
 * Milliseconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or an HTTP date).
 *
 * @param now milliseconds since the epoch
 * @returns undefined when there is no such header or it says nothing readable
 */
export declare function parseRetryAfter(header: string | undefined, now: number): number | undefined;
/** Marks an error as one that may be gone at the next attempt. */
export declare function transient(error: R3mesError, retryAfterMs?: number): R3mesError;
/** True for an error that may be gone at the next attempt. */
export declare function isTransient(thrown: unknown): boolean;
/**
 * Runs `attempt` until it succeeds, fails for good, or has failed {@link RetryPolicy.retries} + 1 times.
 *
 * @param onRetry is told before each wait
 * @throws what the last attempt threw; the signal's reason once it is aborted
 */
export declare function retrying<T>(attempt: () => Promise<T>, policy: RetryPolicy, signal: AbortSignal | undefined, onRetry: (failure: Error, waitMs: number) => void): Promise<T>;
