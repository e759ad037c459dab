/**
 * Which part of a file is asked for next. Pure: the lowest missing bytes first, so that the hash can follow closely; at
 * the end, what the slowest connection still has to bring is shared.
 */
import type { ByteRange } from './byte-ranges.ts'

/** Bytes that one connection brings. */
export interface Segment {
  /** The next byte that has not come yet. */
  at: number
  /** Exclusive. Moves down when another connection takes over the rest. */
  end: number
  /** Where it began, and when, in monotonic milliseconds: how fast it is. */
  readonly start: number
  readonly since: number
}

/** The rest of a segment is shared when waiting for it would take longer, in milliseconds. */
const LEAST_WAIT_MS = 150
/** Less than this is not worth a request. */
const LEAST_SHARE = 1024 * 1024

function remaining({ at, end }: Segment): number {
  return end - at
}

/** Bytes a millisecond. */
function speedOf({ at, start, since }: Segment, now: number): number {
  return (at - start) / Math.max(1, now - since)
}

/**
 * Milliseconds until a segment is here at its own speed. One that was only just asked for counts as one of the others: it is
 * not slow because nothing has come of it yet.
 *
 * @param usual speed of the others
 */
function waitFor(segment: Segment, usual: number, now: number): number {
  const speed = speedOf(segment, now)
  if (speed > 0) return remaining(segment) / speed
  const silent = now - segment.since
  return usual === 0 ? silent : silent + remaining(segment) / usual
}

export class SegmentPlan {
  readonly #free: ByteRange[]
  readonly #running = new Set<Segment>()

  /** @param missing in order */
  constructor(missing: readonly ByteRange[]) {
    this.#free = [...missing]
  }

  /**
   * The next segment, of at most `most` bytes.
   *
   * @param now monotonic milliseconds
   * @returns undefined when nothing is left that another connection would bring sooner
   */
  take(most: number, now: number): Segment | undefined {
    const free = this.#free[0]
    if (free === undefined) return this.#share(now)
    const end = Math.min(free.end, free.start + most)
    if (end === free.end) this.#free.shift()
    else this.#free[0] = { start: end, end: free.end }
    return this.#run(free.start, end, now)
  }

  /** What a connection could not bring is free again. */
  giveBack(segment: Segment): void {
    this.#running.delete(segment)
    if (remaining(segment) <= 0) return
    const index = this.#free.findIndex(({ start }) => start > segment.at)
    this.#free.splice(index === -1 ? this.#free.length : index, 0, { start: segment.at, end: segment.end })
  }

  done(segment: Segment): void {
    this.#running.delete(segment)
  }

  #run(start: number, end: number, now: number): Segment {
    const segment = { at: start, end, start, since: now }
    this.#running.add(segment)
    return segment
  }

  #share(now: number): Segment | undefined {
    const speeds = [...this.#running].map((segment) => speedOf(segment, now)).filter((speed) => speed > 0)
    const usual = speeds.reduce((sum, speed) => sum + speed, 0) / Math.max(1, speeds.length)
    const slowest = [...this.#running]
      .filter((segment) => remaining(segment) >= 2 * LEAST_SHARE)
      .map((segment) => ({ segment, wait: waitFor(segment, usual, now) }))
      .sort((a, b) => b.wait - a.wait)[0]
    if (slowest === undefined || slowest.wait < LEAST_WAIT_MS) return undefined
    const { segment } = slowest
    const { end } = segment
    segment.end = segment.at + Math.ceil(remaining(segment) / 2)
    return this.#run(segment.end, end, now)
  }
}
