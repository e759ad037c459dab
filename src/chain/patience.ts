import { setTimeout as delay } from 'node:timers/promises'

/** A stretch of time that a whole run may spend on waiting for endpoints that are behind. */
export class Patience {
  readonly #until: number
  readonly #pauseMs: number

  /**
   * @param totalMs milliseconds from now on
   * @param pauseMs milliseconds between two looks
   */
  constructor(totalMs: number, pauseMs: number) {
    this.#until = performance.now() + totalMs
    this.#pauseMs = pauseMs
  }

  /** Waits until it is worth to look again; false, at once, when the time is over. */
  async pause(signal: AbortSignal): Promise<boolean> {
    if (performance.now() + this.#pauseMs > this.#until) return false
    await delay(this.#pauseMs, undefined, { signal })
    return true
  }
}
