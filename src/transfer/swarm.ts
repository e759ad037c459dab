/**
 * Brings what is missing of a file in parts, over as many connections as are worth it.
 */
import type { Representation } from './answer-rules.ts'
import { askAgain } from './ask-again.ts'
import type { Landing } from './landing.ts'
import { firstPace, Latency, nextPace, type Pace, segmentBytes, windowMs } from './pace.ts'
import { type OpenAnswer, PartRequests, type PartSite } from './part-request.ts'
import type { Exchange } from './request.ts'
import { isTransient } from './retry.ts'
import { type Segment, SegmentPlan } from './segments.ts'
import type { Origin } from './types.ts'
import type { Hop } from './url-rules.ts'

/** A connection that breaks again and again may go on as long as it brings so many bytes each time. */
const WORTHWHILE = 1024 * 1024

/** An answer for the first missing bytes, which is open already. */
export interface OpenPart extends OpenAnswer {
  readonly hop: Hop
  readonly representation: Representation
  /** Bytes of the file that it has. */
  readonly start: number
  readonly end: number
  /** Milliseconds from its request to its head. */
  readonly latencyMs: number
}

/** A host that wants no more connections than it has: not a failure of the file. */
class Retired extends Error {}

class Swarm {
  readonly #exchange: Exchange
  readonly #origin: Origin
  readonly #plan: SegmentPlan
  readonly #site: PartSite
  readonly #stop = new AbortController()
  readonly #running = new Set<Promise<void>>()
  #pace: Pace
  /** Connections that the host bears. */
  #borne = Number.POSITIVE_INFINITY
  #active = 0
  #cameInWindow = 0
  #windowBegan = performance.now()
  #window: NodeJS.Timeout | undefined
  #looks = 0
  #load = performance.eventLoopUtilization()
  readonly #latency: Latency
  /** Of one connection, in bytes a millisecond. */
  #rate = 0
  #failure: { readonly thrown: unknown } | undefined

  constructor(
    exchange: Exchange,
    origin: Origin,
    landing: Landing,
    size: number,
    first: OpenPart,
    signal: AbortSignal | undefined,
  ) {
    this.#exchange = exchange
    this.#origin = origin
    this.#latency = new Latency(first.latencyMs)
    this.#pace = firstPace(first.latencyMs)
    this.#plan = new SegmentPlan(landing.missing(size))
    this.#site = {
      exchange,
      origin,
      representation: first.representation,
      base: origin.slice?.start ?? 0,
      hop: first.hop,
      signal: signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]),
      write: (bytes, position) => landing.write(bytes, position),
      took: (bytes) => {
        this.#cameInWindow += bytes
      },
      answered: (latencyMs) => this.#latency.answered(latencyMs),
    }
  }

  /** Comes back when nothing is missing, or nothing more will come; no connection is left then. */
  async run(first: OpenPart): Promise<void> {
    const { host } = this.#site.hop.url
    this.#exchange.lanes.join(host)
    this.#lookLater()
    try {
      const segment = this.#plan.take(first.end - first.start, performance.now())
      if (segment === undefined) throw new TypeError('Nothing is missing')
      this.#open(segment, first)
      do {
        this.#grow()
        await Promise.race(this.#running)
      } while (this.#running.size > 0 || this.#grow())
    } finally {
      clearTimeout(this.#window)
      this.#exchange.lanes.leave(host)
    }
    if (this.#failure !== undefined) throw this.#failure.thrown
  }

  get #most(): number {
    return Math.min(this.#exchange.lanes.shareOf(this.#site.hop.url.host), this.#borne)
  }

  #look(): void {
    const now = performance.now()
    const rate = this.#cameInWindow / Math.max(1, now - this.#windowBegan)
    this.#rate = rate / Math.max(1, this.#active)
    this.#cameInWindow = 0
    this.#windowBegan = now
    const load = performance.eventLoopUtilization()
    const busy = performance.eventLoopUtilization(load, this.#load).utilization
    this.#load = load
    this.#pace = nextPace(this.#pace, rate, this.#most, busy)
    this.#grow()
    this.#lookLater()
  }

  #lookLater(): void {
    this.#window = setTimeout(() => this.#look(), windowMs(this.#looks, this.#latency.ms))
    this.#looks += 1
  }

  #next(): Segment | undefined {
    if (this.#site.signal.aborted) return undefined
    const { segment } = this.#exchange.sizes
    const bytes = segment ?? segmentBytes(this.#latency.ms, this.#rate, this.#pace.lanes)
    return this.#plan.take(bytes, performance.now())
  }

  /** @returns whether a connection was added */
  #grow(): boolean {
    const before = this.#active
    while (this.#active < Math.min(this.#pace.lanes, this.#most)) {
      const segment = this.#next()
      if (segment === undefined) break
      this.#open(segment)
    }
    return this.#active > before
  }

  #open(segment: Segment, answer?: OpenAnswer): void {
    this.#active += 1
    const running = this.#lane(segment, answer)
      .catch((thrown: unknown) => {
        this.#failure ??= { thrown }
        this.#stop.abort(new Error('another part of the file failed'))
      })
      .finally(() => {
        this.#active -= 1
        this.#running.delete(running)
      })
    this.#running.add(running)
  }

  /** One connection's work: segment after segment, as long as there are some and it is not one too many. */
  async #lane(segment: Segment, answer: OpenAnswer | undefined): Promise<void> {
    const requests = new PartRequests(this.#site)
    try {
      let open = answer
      let isNew = answer === undefined
      for (let next: Segment | undefined = segment; next !== undefined; ) {
        if (!(await this.#bring(requests, next, open, isNew))) return
        open = undefined
        isNew = false
        next = this.#active > Math.min(this.#pace.lanes, this.#most) ? undefined : this.#next()
      }
    } finally {
      await requests.close()
    }
  }

  /** @returns false when the host bears no connection more, and the segment was given back */
  async #bring(
    requests: PartRequests,
    segment: Segment,
    answer: OpenAnswer | undefined,
    isNew: boolean,
  ): Promise<boolean> {
    const { signal } = this.#site
    let open = answer
    for (;;) {
      const before = segment.at
      try {
        await askAgain(this.#exchange, this.#origin, signal, async () => {
          const ready = open
          open = undefined
          try {
            if (ready === undefined) await requests.bring(segment)
            else await requests.readAll(segment, ready)
          } catch (thrown) {
            const isOneTooMany = isNew && segment.at === segment.start && this.#active > 1
            if (isOneTooMany && isTransient(thrown)) throw new Retired()
            throw thrown
          }
        })
        this.#plan.done(segment)
        return true
      } catch (thrown) {
        if (thrown instanceof Retired) {
          this.#plan.giveBack(segment)
          this.#borne = Math.max(1, this.#active - 1)
          return false
        }
        if (!isTransient(thrown) || segment.at - before < WORTHWHILE) throw thrown
      }
    }
  }
}

/**
 * Brings everything that a landing still lacks of a file of `size` bytes.
 *
 * @throws Incoherent when later answers do not fit the first one; R3mesError as `Network.download` does; the signal's
 * reason
 */
export async function fetchParts(
  exchange: Exchange,
  origin: Origin,
  landing: Landing,
  size: number,
  first: OpenPart,
  signal: AbortSignal | undefined,
): Promise<void> {
  await new Swarm(exchange, origin, landing, size, first, signal).run(first)
  signal?.throwIfAborted()
}
