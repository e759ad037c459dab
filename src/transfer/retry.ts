/**
 * When to ask a host again: exponential backoff with full jitter, and what the host itself asked for.
 */
import pRetry from 'p-retry'
import type { R3mesError } from '../core/index.ts'
import { sleep } from './sleep.ts'

/** A host that wants to be left alone longer than this is given up for the run. */
export const MAX_RETRY_AFTER_MS = 120_000

export interface RetryPolicy {
  /** Times an origin is asked again after its first failure. */
  readonly retries: number
  /** Upper end of the first wait, in milliseconds; doubles with every attempt. */
  readonly baseMs: number
  /** No jittered wait is longer, in milliseconds. */
  readonly capMs: number
  /** A number in [0, 1). */
  readonly random: () => number
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  retries: 4,
  baseMs: 500,
  capMs: 30_000,
  random: Math.random,
}

/**
 * Milliseconds to wait after the given failed attempt (the first is 1). Never less than the host asked for.
 *
 * @param retryAfterMs what the host asked for, undefined when it did not
 */
export function retryDelay(attempt: number, retryAfterMs: number | undefined, policy: RetryPolicy): number {
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1))
  return Math.max(retryAfterMs ?? 0, Math.floor(policy.random() * ceiling))
}

/**
 * Milliseconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or an HTTP date).
 *
 * @param now milliseconds since the epoch
 * @returns undefined when there is no such header or it says nothing readable
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000
  // Every HTTP date starts with the name of a day; Date.parse alone would read far more than dates.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

interface Transience {
  readonly retryAfterMs: number | undefined
}

/** Beside the error instead of in it: that a failure may pass is nobody's business outside this room. */
const transience = new WeakMap<R3mesError, Transience>()

/** Marks an error as one that may be gone at the next attempt. */
export function transient(error: R3mesError, retryAfterMs?: number): R3mesError {
  transience.set(error, { retryAfterMs })
  return error
}

/** True for an error that may be gone at the next attempt. */
export function isTransient(thrown: unknown): boolean {
  return thrown instanceof Error && transienceOf(thrown) !== undefined
}

function transienceOf(thrown: Error): Transience | undefined {
  return (transience as WeakMap<Error, Transience>).get(thrown)
}

/**
 * Runs `attempt` until it succeeds, fails for good, or has failed {@link RetryPolicy.retries} + 1 times.
 *
 * @param onRetry is told before each wait
 * @throws what the last attempt threw; the signal's reason once it is aborted
 */
export function retrying<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
  onRetry: (failure: Error, waitMs: number) => void,
): Promise<T> {
  return pRetry(attempt, {
    retries: policy.retries,
    // The wait is ours, because it depends on what the host asked for.
    minTimeout: 0,
    signal,
    shouldRetry: async ({ error, attemptNumber }) => {
      const found = transienceOf(error)
      if (found === undefined) return false
      const waitMs = retryDelay(attemptNumber, found.retryAfterMs, policy)
      onRetry(error, waitMs)
      await sleep(waitMs, signal)
      return true
    },
  })
}
