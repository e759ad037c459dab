import { sanitiseLine, type TransferProgress } from '../core/index.ts'
import { describeRate } from './rate.ts'
import { formatSize } from './units.ts'

const LINE_EVERY_MS = 5_000
const LINE_EVERY_BYTES = 100_000_000

interface Shown {
  readonly at: number
  readonly bytes: number
}

/**
 * Decides which progress events deserve a line in a log: one every 5 s or 100 MB of a transfer, none for transfers that
 * end before that. What comes from the store itself comes fast, and has a line every 5 s alone.
 */
export class ProgressLines {
  readonly #shown = new Map<string, Shown>()

  /**
   * @param now milliseconds of a monotonic clock
   * @returns the line to print, or undefined
   */
  line(event: TransferProgress, now: number): string | undefined {
    const last = this.#shown.get(event.subject)
    if (event.done) {
      this.#shown.delete(event.subject)
      return undefined
    }
    // A source that started over counts from its own first byte.
    if (last === undefined || event.bytes < last.bytes) {
      this.#shown.set(event.subject, { at: now, bytes: event.bytes })
      return undefined
    }
    const everyBytes = event.source === 'store' ? Number.POSITIVE_INFINITY : LINE_EVERY_BYTES
    if (now - last.at < LINE_EVERY_MS && event.bytes - last.bytes < everyBytes) return undefined
    this.#shown.set(event.subject, { at: now, bytes: event.bytes })
    const rate = ((event.bytes - last.bytes) * 1000) / Math.max(1, now - last.at)
    return `${describeProgress(event)}, ${describeRate(rate, event.bytes, event.total)}`
  }
}

/** `model 1.0.0: model.gguf: 1.2 GB of 4.0 GB (30 %) from huggingface` */
function describeProgress(event: TransferProgress): string {
  const share =
    event.total === undefined || event.total === 0
      ? formatSize(event.bytes)
      : `${formatSize(event.bytes)} of ${formatSize(event.total)} (${Math.floor((event.bytes * 100) / event.total)} %)`
  return `${sanitiseLine(event.subject)}: ${share} from ${event.source}`
}
