/**
 * How many connections one file is worth. Pure: a near host begins with one, a far one with several; more are tried while
 * the rate grows with them, and one step is taken back when it does not.
 */

export interface Pace {
  /** Connections to use now. */
  readonly lanes: number
  /** What is being tried: from how many connections, which brought how many bytes a millisecond. */
  readonly trial: { readonly lanes: number; readonly rate: number } | undefined
  /** Windows to wait before the next trial. */
  readonly rest: number
  /** Nothing is known yet but how late the first answer came. */
  readonly isNew: boolean
}

/** Milliseconds until the first look. The windows after it grow: a slow host is to be known soon, but hosts send in bursts. */
const FIRST_WINDOW_MS = 25
const WINDOW_MS = 100
const MOST_WINDOW_MS = 500
/** A first answer that took so many milliseconds came from far, or from a host that thinks for long. */
const FAR_MS = 25
/** There, all connections wait most of the time, so that it takes several to be busy. */
const FIRST_FAR_LANES = 8
/** A trial has to bring so much more. */
const WORTH = 1.1
/** Windows between a trial in vain and the next one. */
const REST = 10
/** Most connections to one host, for all files together. */
export const MOST_LANES = 8
/** The same where each of them is slow: it is then the host that limits a connection. */
export const MOST_SLOW_LANES = 16
/** Bytes a millisecond below which a connection is slow. */
const SLOW = 48_000
/** And above which it brings as much as this machine takes. More would only fill the system's buffers. */
const FAST = 400_000
/** The same while a connection is new. Hosts that hold back begin with a burst, but with a smaller one. */
const FAST_AT_FIRST = 200_000

/** A thread that is busy for this part of the time has no use for more connections: it is not the host that it waits for. */
const BUSY = 0.8

/**
 * The pace to begin with.
 *
 * @param latencyMs from the first request, connecting included, to the head of its answer
 */
export function firstPace(latencyMs: number): Pace {
  // Bytes of one connection come in order: the hash follows closely, while they are still in the processor's cache.
  return { lanes: latencyMs < FAR_MS ? 1 : FIRST_FAR_LANES, trial: undefined, rest: 0, isNew: true }
}

/**
 * Milliseconds until the next look at the rate. What a new connection brings shows only once its answer has begun.
 *
 * @param looks that were taken before
 * @param latencyMs from a request to the head of its answer
 */
export function windowMs(looks: number, latencyMs: number): number {
  return Math.min(MOST_WINDOW_MS, Math.max(Math.min(WINDOW_MS, FIRST_WINDOW_MS * 2 ** looks), 2 * latencyMs))
}

/**
 * The pace after one more window.
 *
 * @param rate of all connections in that window, in bytes a millisecond
 * @param most connections that may be used
 * @param busy part of that window, from 0 to 1, in which this thread was at work, or waited for a processor
 */
export function nextPace(pace: Pace, rate: number, most: number, busy: number): Pace {
  const { lanes, trial, rest, isNew } = pace
  const stay: Pace = { lanes, trial: undefined, rest: 0, isNew: false }
  if (trial !== undefined && rate < trial.rate * WORTH) return { ...stay, lanes: trial.lanes, rest: REST }
  if (rest > 0) return { ...stay, rest: rest - 1 }
  if (busy > BUSY) return stay
  const each = rate / lanes
  const ceiling = Math.min(most, each < SLOW ? MOST_SLOW_LANES : MOST_LANES)
  if (lanes >= ceiling || each > (isNew ? FAST_AT_FIRST : FAST)) return stay
  // A file is over soon, so that there is no time to be careful where the host holds each connection back.
  const more = Math.min(ceiling, lanes * (each < SLOW && !isNew ? 8 : 4))
  // What a first burst brought is no measure for what comes after it.
  return { ...stay, lanes: more, trial: isNew ? undefined : { lanes, rate } }
}

/**
 * How far a host is: the shortest wait for an answer, because this machine may be busy when one comes. The first answer's counts
 * only until there is another, because connecting was part of it.
 */
export class Latency {
  #ms: number
  #isFirst = true

  /** @param firstMs from the first request, connecting included, to the head of its answer */
  constructor(firstMs: number) {
    this.#ms = firstMs
  }

  /** Milliseconds from a request to the head of its answer. */
  get ms(): number {
    return this.#ms
  }

  /** One more request took so long to be answered. */
  answered(ms: number): void {
    this.#ms = this.#isFirst ? ms : Math.min(this.#ms, ms)
    this.#isFirst = false
  }
}

const SEGMENT_BYTES = 8 * 1024 * 1024
const LEAST_SEGMENT_BYTES = 1024 * 1024
const MOST_SEGMENT_BYTES = 32 * 1024 * 1024
/** Waiting for an answer may be this part of the time that its bytes take. */
const LATENCY_SHARE = 4

/**
 * How many bytes to ask for at once: more where answers come late, so that connections are not mostly waiting. What many connections
 * to a near host have asked for is about 8 MiB all together: it is what a process that is killed loses.
 *
 * @param latencyMs from a request to the head of its answer
 * @param rate of one connection while it brings a body, in bytes a millisecond
 * @param lanes connections that are used
 */
export function segmentBytes(latencyMs: number, rate: number, lanes: number): number {
  const fair = latencyMs < FAR_MS ? Math.floor(SEGMENT_BYTES / Math.max(1, lanes)) : SEGMENT_BYTES
  const inTime = Math.ceil(latencyMs * rate * LATENCY_SHARE)
  return Math.min(MOST_SEGMENT_BYTES, Math.max(LEAST_SEGMENT_BYTES, fair, inTime))
}

/** The connections of all files of a run, shared fairly among those that are on their way. */
export class LaneShares {
  readonly #most: number
  readonly #hosts = new Map<string, number>()
  #users = 0

  /** @param most connections to all hosts together */
  constructor(most: number) {
    this.#most = most
  }

  join(host: string): void {
    this.#users += 1
    this.#hosts.set(host, (this.#hosts.get(host) ?? 0) + 1)
  }

  leave(host: string): void {
    this.#users -= 1
    const left = (this.#hosts.get(host) ?? 0) - 1
    if (left > 0) this.#hosts.set(host, left)
    else this.#hosts.delete(host)
  }

  /** Connections that one file may use now; never less than one. */
  shareOf(host: string): number {
    const ofHost = MOST_SLOW_LANES / (this.#hosts.get(host) ?? 1)
    return Math.max(1, Math.floor(Math.min(ofHost, this.#most / Math.max(1, this.#users))))
  }
}
