import { setTimeout as wait } from 'node:timers/promises'

/**
 * Waits so many milliseconds.
 *
 * @throws the signal's own reason once it is aborted, where Node's timer throws an error of its own
 */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(ms, undefined, signal === undefined ? {} : { signal })
  } catch (thrown) {
    signal?.throwIfAborted()
    throw thrown
  }
}
