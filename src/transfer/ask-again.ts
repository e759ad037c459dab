import { describeOrigin } from './answer-head.ts'
import type { Exchange } from './request.ts'
import { retrying } from './retry.ts'
import type { Origin } from './types.ts'

/** Runs an attempt at an origin as often as the run's policy allows, and says before each wait why. */
export function askAgain<T>(
  exchange: Exchange,
  origin: Origin,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  return retrying(attempt, exchange.retryPolicy, signal, (failure, waitMs) => {
    exchange.retryAhead(`${describeOrigin(origin)}: ${failure.message}`, waitMs)
  })
}
