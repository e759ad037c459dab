/**
 * One connection's way to the parts of a file: straight from a socket where everything is plain, through the full client
 * otherwise. Both obey the same rules.
 */
import { R3mesError } from '../core/index.ts'
import { describeOrigin, type Head, isRedirect } from './answer-head.ts'
import { checkPart, type Representation, strongValidator } from './answer-rules.ts'
import type { ByteRange } from './byte-ranges.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { endedEarly, networkFailure } from './failures.ts'
import {
  type Body,
  discard,
  type Exchange,
  heedPause,
  openBody,
  type Question,
  reachOf,
  readBody,
} from './request.ts'
import { requestText } from './request-text.ts'
import { isTransient } from './retry.ts'
import type { Segment } from './segments.ts'
import { type Receiver, SocketConnection } from './socket-connection.ts'
import { Unusual } from './socket-head.ts'
import type { Origin } from './types.ts'
import type { Hop } from './url-rules.ts'

/** The file whose parts are asked for. */
export interface PartSite {
  readonly exchange: Exchange
  readonly origin: Origin
  readonly representation: Representation
  /** Where the file begins in the body. */
  readonly base: number
  /** Where the last answer came from. */
  hop: Hop
  readonly signal: AbortSignal
  readonly write: (bytes: Uint8Array, position: number) => Promise<void>
  /** Told of bytes as they come. */
  readonly took: (bytes: number) => void
  /** Told how long an answer took to begin, in milliseconds. */
  readonly answered: (latencyMs: number) => void
}

/** An answer of the full client, its head checked. */
export interface OpenAnswer {
  readonly body: Body
  /** The host said how long it is. */
  readonly isExact: boolean
}

/** An address that was good a while ago. Signed ones run out. */
function mayHaveExpired(thrown: unknown, hop: Hop): boolean {
  return hop.redirects > 0 && thrown instanceof R3mesError && !isTransient(thrown)
}

export class PartRequests {
  readonly #site: PartSite
  #connection: SocketConnection | undefined

  constructor(site: PartSite) {
    this.#site = site
  }

  /**
   * Brings a segment from where it stands to its end, which may move down on the way. After a failure the segment stands at
   * its first byte that is not written.
   *
   * @throws Incoherent; R3mesError as `Network.download` does; the signal's reason
   */
  async bring(segment: Segment): Promise<void> {
    const { exchange, hop } = this.#site
    const connect = exchange.unusualHosts.has(hop.url.host) ? undefined : exchange.connectors
    if (connect !== undefined) {
      try {
        await this.#bringPlainly(segment)
        return
      } catch (thrown) {
        if (thrown instanceof Unusual) exchange.unusualHosts.add(hop.url.host)
        else if (!mayHaveExpired(thrown, hop)) throw thrown
      }
    }
    await this.readAll(segment, await this.#open(segment))
  }

  /** Reads an answer of the full client that is open already. */
  async readAll(segment: Segment, { body, isExact }: OpenAnswer): Promise<void> {
    const { origin, exchange, signal, write, took } = this.#site
    let written = segment.at
    const writer = new ChunkWriter(
      exchange.buffers,
      async (bytes, position) => {
        await write(bytes, position)
        written = position + bytes.byteLength
      },
      segment.at,
    )
    const chunks = readBody(body, origin, exchange.stallMs, signal)
    const end = segment.end
    try {
      while (segment.at < segment.end) {
        const { done, value } = await chunks.next()
        if (done === true) throw endedEarly(origin.source, segment.at, segment.end, describeOrigin(origin))
        const taken = value.subarray(0, segment.end - segment.at)
        segment.at += taken.byteLength
        took(taken.byteLength)
        await writer.add(taken)
      }
      // A body that is over keeps its connection. The rest of a longer one is not wanted.
      if (isExact && segment.end === end) await chunks.next()
    } finally {
      await chunks.return()
      discard(body)
      try {
        await writer.end()
      } finally {
        segment.at = Math.min(segment.at, written)
      }
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
  }

  #inBody({ at, end }: Segment): ByteRange {
    const { base } = this.#site
    return { start: base + at, end: base + end }
  }

  #question(range: ByteRange, from: Hop | undefined): Question {
    const { origin, representation } = this.#site
    return { origin, range, ifRange: strongValidator(representation), from }
  }

  async #open(segment: Segment): Promise<OpenAnswer> {
    const { exchange, origin, representation, hop, signal, answered } = this.#site
    const range = this.#inBody(segment)
    const judge = (head: Head, now: number): void => checkPart(origin, head, range, representation, now)
    const asked = performance.now()
    const openFrom = (from: Hop | undefined) => openBody(exchange, this.#question(range, from), judge, signal)
    const opened = await openFrom(hop).catch((thrown: unknown) => {
      if (!mayHaveExpired(thrown, hop)) throw thrown
      return openFrom(undefined)
    })
    this.#site.hop = opened.hop
    answered(performance.now() - asked)
    return opened
  }

  async #bringPlainly(segment: Segment): Promise<void> {
    const { exchange, origin, hop, signal } = this.#site
    await exchange.pauses.wait(hop.url, signal)
    try {
      await this.#askPlainly(segment)
    } catch (thrown) {
      await this.close()
      signal.throwIfAborted()
      throw networkFailure(thrown, origin.source, describeOrigin(origin))
    }
  }

  async #askPlainly(segment: Segment): Promise<void> {
    const { exchange, origin, representation, hop, answered, write, took } = this.#site
    const range = this.#inBody(segment)
    const asked = performance.now()
    const connection = await this.#connect()
    const { status, headers } = await connection.ask(requestText(this.#question(range, hop), hop), 206)
    answered(performance.now() - asked)
    if (isRedirect(status)) throw new Unusual('the answer is a redirect')
    const head: Head = { status, headers, url: hop.url, fromOrigin: hop.withHeaders }
    if (head.fromOrigin) origin.inspect?.(head)
    const now = Date.now()
    heedPause(exchange, head, now)
    checkPart(origin, head, range, representation, now)
    let written = segment.at
    const receiver: Receiver = {
      write: async (bytes) => {
        await write(bytes, written)
        written += bytes.byteLength
      },
      wanted: () => segment.end - segment.at,
      took: (bytes) => {
        segment.at += bytes
        took(bytes)
      },
    }
    try {
      await connection.receive(receiver)
    } finally {
      segment.at = written
    }
    if (!connection.isUsable) await this.close()
  }

  async #connect(): Promise<SocketConnection> {
    if (this.#connection?.isUsable === true) return this.#connection
    await this.close()
    const { exchange, origin, hop, signal } = this.#site
    const { connectors, buffers } = exchange
    if (connectors === undefined) throw new Unusual('connections are made by a proxy')
    const connect = reachOf(exchange, origin).isGuarded(hop.url) ? connectors.guarded : connectors.plain
    this.#connection = await SocketConnection.open(hop.url, connect, exchange, buffers, signal)
    return this.#connection
  }
}
