/** How fast a transfer goes, and how long it will take. */
import { formatDuration, formatSize } from './units.ts'

/** Milliseconds over which a speed is smoothed: a pause of a second is no standstill. */
const SMOOTHING_MS = 3_000

/** The speed of one transfer, smoothed over some seconds. */
export class RateMeter {
  #last: { readonly bytes: number; readonly at: number } | undefined
  #rate: number | undefined

  /**
   * @param bytes that have come so far
   * @param now milliseconds of a monotonic clock
   * @returns bytes a second; undefined until two looks tell
   */
  observe(bytes: number, now: number): number | undefined {
    const last = this.#last
    // A source that starts over counts from its own first byte.
    if (last === undefined || bytes < last.bytes) {
      this.#last = { bytes, at: now }
      this.#rate = undefined
      return undefined
    }
    const elapsed = now - last.at
    if (elapsed <= 0) return this.#rate
    const current = ((bytes - last.bytes) * 1000) / elapsed
    const weight = 1 - Math.exp(-elapsed / SMOOTHING_MS)
    this.#rate = this.#rate === undefined ? current : this.#rate + weight * (current - this.#rate)
    this.#last = { bytes, at: now }
    return this.#rate
  }
}

/**
 * `173 MB/s, 12 s left`, or the speed alone when nobody knows the size or nothing moves.
 *
 * @param rate bytes a second
 */
export function describeRate(rate: number, bytes: number, total: number | undefined): string {
  const speed = `${formatSize(rate)}/s`
  if (total === undefined || rate < 1 || bytes >= total) return speed
  return `${speed}, ${formatDuration(((total - bytes) * 1000) / rate)} left`
}
