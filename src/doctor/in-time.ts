/** The limit of a whole examination: what is not done by then is a finding, and the rest is reported all the same. */
import type { ErrorCode } from '../core/index.ts'
import { remedyFor } from './remedies.ts'
import type { Finding, Topic } from './types.ts'

export interface Check {
  readonly topic: Topic
  readonly subject: string
  /** Of the problem that it is when it takes too long. */
  readonly code: ErrorCode
  readonly work: (signal: AbortSignal) => Promise<readonly Finding[]>
}

export interface Limits {
  /** Aborts when all has to be over. */
  readonly whole: AbortSignal
  /** The caller's own. */
  readonly signal: AbortSignal | undefined
}

/** @throws the reason of the caller's signal once it is aborted, and what the check throws before the limit */
export async function inTime(
  { topic, subject, code, work }: Check,
  { whole, signal }: Limits,
): Promise<readonly Finding[]> {
  const either = signal === undefined ? whole : AbortSignal.any([whole, signal])
  // A file system that hangs does not hear of signals, so nobody waits for the work itself.
  const over = Promise.withResolvers<never>()
  const stop = (): void => over.reject(either.reason)
  if (either.aborted) stop()
  either.addEventListener('abort', stop)
  try {
    const working = work(either)
    working.catch(() => undefined)
    return await Promise.race([working, over.promise])
  } catch (thrown) {
    signal?.throwIfAborted()
    if (!whole.aborted) throw thrown
    const text = 'It took longer than a whole examination may take, so nothing is known of it.'
    return [{ topic, subject, verdict: 'problem', code, text, remedy: remedyFor(code) }]
  } finally {
    either.removeEventListener('abort', stop)
  }
}
