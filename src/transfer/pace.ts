/**
 * How many connections one file is worth. Pure: more are tried while the rate grows with them, and one step is taken back
 * when it does not.
 */

export interface Pace {
  /** Connections to use now. */
  readonly lanes: number
  /** What is being tried: from how many connections, which brought how many bytes a millisecond. */
  readonly trial: { readonly lanes: number; readonly rate: number } | undefined
  /** Windows to wait before the next trial. */
  readonly rest: number
}

/** Milliseconds over which a rate is taken. */
export const WINDOW_MS = 100
const FIRST_LANES = 2
/** A trial has to bring so much more. */
const WORTH = 1.1
/** Windows between a trial in vain and the next one. */
const REST = 30
/** Most connections to one host, for all files together. */
export const MOST_LANES = 8
/** The same where each of them is slow: it is then the host that limits a connection. */
export const MOST_SLOW_LANES = 16
/** Bytes a millisecond below which a connection is slow. */
const SLOW = 48_000
/** And above which it brings as much as this machine takes. More would only fill the system's buffers. */
const FAST = 150_000

export const FIRST_PACE: Pace = { lanes: FIRST_LANES, trial: undefined, rest: 0 }

/**
 * The pace after one more window.
 *
 * @param rate of all connections in that window, in bytes a millisecond
 * @param most connections that may be used
 */
export function nextPace(pace: Pace, rate: number, most: number): Pace {
  const { lanes, trial, rest } = pace
  if (trial !== undefined && rate < trial.rate * WORTH) {
    return { lanes: trial.lanes, trial: undefined, rest: REST }
  }
  if (rest > 0) return { lanes, trial: undefined, rest: rest - 1 }
  const each = rate / lanes
  const ceiling = Math.min(most, each < SLOW ? MOST_SLOW_LANES : MOST_LANES)
  if (lanes >= ceiling || each > FAST) return { lanes, trial: undefined, rest: 0 }
  // A file is over soon, so that there is no time to be careful where the host holds each connection back.
  return { lanes: Math.min(ceiling, lanes * (each < SLOW ? 4 : 2)), trial: { lanes, rate }, rest: 0 }
}

const SEGMENT_BYTES = 8 * 1024 * 1024
const MOST_SEGMENT_BYTES = 32 * 1024 * 1024
/** Waiting for an answer may be this part of the time that its bytes take. */
const LATENCY_SHARE = 4

/**
 * How many bytes to ask for at once: more where answers come late, so that connections are not mostly waiting.
 *
 * @param latencyMs from a request to the head of its answer
 * @param rate of one connection while it brings a body, in bytes a millisecond
 */
export function segmentBytes(latencyMs: number, rate: number): number {
  return Math.min(MOST_SEGMENT_BYTES, Math.max(SEGMENT_BYTES, Math.ceil(latencyMs * rate * LATENCY_SHARE)))
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
