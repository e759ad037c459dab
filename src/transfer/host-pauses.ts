import { R3mesError } from '../core/index.ts'
import { MAX_RETRY_AFTER_MS } from './retry.ts'
import { sleep } from './sleep.ts'

/**
 * Hosts that asked for a pause. One for all transfers of a run: a host that says 429 to one file means all of them.
 */
export class HostPauses {
  /** Monotonic milliseconds until which a host wants no request, by `URL.host`. */
  readonly #until = new Map<string, number>()

  /** @param ms what the host asked for */
  pause(url: URL, ms: number): void {
    const until = performance.now() + ms
    this.#until.set(url.host, Math.max(until, this.#until.get(url.host) ?? 0))
  }

  /**
   * Comes back when the host may be asked.
   *
   * @throws R3mesError `SOURCES_EXHAUSTED` when that is too far away; the signal's reason once it is aborted
   */
  async wait(url: URL, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const ms = (this.#until.get(url.host) ?? 0) - performance.now()
      if (ms <= 0) return
      if (ms > MAX_RETRY_AFTER_MS) throw pausedTooLong(ms)
      await sleep(Math.ceil(ms), signal)
    }
  }
}

function pausedTooLong(ms: number): R3mesError {
  return new R3mesError(
    'SOURCES_EXHAUSTED',
    `The host wants no request for ${Math.ceil(ms / 1000)} s, which is too long to wait. Run again later, or add another source.`,
  )
}
