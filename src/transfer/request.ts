/**
 * One answer to one question: asks an origin, follows its redirects by hand through the URL rules, and hands over a body
 * only when it is worth reading.
 */
import { type Dispatcher, errors } from 'undici'
import type { HashThread } from '../core/index.ts'
import { announcedLength, askedPause, describeOrigin, type Head, header, isRedirect } from './answer-head.ts'
import type { Buffers } from './buffers.ts'
import type { ByteRange } from './byte-ranges.ts'
import type { Connectors } from './dispatchers.ts'
import { networkFailure, unusable } from './failures.ts'
import type { HostPauses } from './host-pauses.ts'
import type { KeptConnections } from './kept-connections.ts'
import type { LaneShares } from './pace.ts'
import type { RetryPolicy } from './retry.ts'
import type { Sizes } from './terms.ts'
import type { Origin } from './types.ts'
import {
  type AllowedHost,
  allowedHostOf,
  checkUrl,
  describeUrl,
  firstHop,
  type Hop,
  isAllowedHost,
  nextHop,
} from './url-rules.ts'

/** What every transfer of a run shares. */
export interface Exchange {
  /** For hosts that a record or a redirect names. */
  readonly guarded: Dispatcher
  /** For the hosts of configured origins. */
  readonly plain: Dispatcher
  /** Hosts that records and redirects may name wherever they are. */
  readonly allowed: readonly AllowedHost[]
  /** Milliseconds from a request to its status line, connecting included. */
  readonly answerMs: number
  /** Milliseconds over which a body has to move on. */
  readonly stallMs: number
  readonly pauses: HostPauses
  readonly retryPolicy: RetryPolicy
  /** Bytes that no file may exceed. */
  readonly maxArtifactSize: number
  /** Sizes at which a file comes in another way. */
  readonly sizes: Sizes
  /** Connections to read bodies from directly; undefined where all have to go through a proxy. */
  readonly connectors: Connectors | undefined
  /** For small files; undefined where there are no connectors. */
  readonly kept: KeptConnections | undefined
  /** `URL.host` of hosts whose parts only the full client can read. */
  readonly unusualHosts: Set<string>
  readonly lanes: LaneShares
  readonly buffers: Buffers
  readonly hashThread: HashThread
  /** Told before each wait, in milliseconds, why an origin is asked again after it. */
  readonly retryAhead: (why: string, waitMs: number) => void
}

/** Bytes of redirects and refusals that are read away to keep the connection, instead of closing it. */
const SMALL_BODY = 16 * 1024

export type Body = Dispatcher.ResponseData['body']

/** One request for a file or a part of it. */
export interface Question {
  readonly origin: Origin
  /** Bytes of the body; undefined: all of them. */
  readonly range: ByteRange | undefined
  /** Only as long as the body still has this strong ETag. */
  readonly ifRange?: string | undefined
  /** Where an earlier request ended up; the origin's own URL when absent. */
  readonly from?: Hop | undefined
}

/** An answer that is worth reading. */
export interface OpenedBody<T> {
  readonly body: Body
  readonly head: Head
  /** Bytes that the host announced; a claim, checked by nobody. */
  readonly announced: number | undefined
  /** The host said how long it is. */
  readonly isExact: boolean
  /** What the judge made of its head. */
  readonly verdict: T
  /** Where it came from. */
  readonly hop: Hop
}

/** Lets go of a body without waiting for its host. `dump` never rejects without a signal. */
export function discard(body: Body): void {
  void body.dump({ limit: SMALL_BODY })
}

/** The headers of a request. The origin's own go to its own host alone. */
export function headersFor({ origin, range, ifRange }: Question, hop: Hop): Record<string, string> {
  return {
    'accept-encoding': 'identity',
    'user-agent': 'setup-r3mes',
    ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` }),
    ...(ifRange === undefined ? {} : { 'if-range': ifRange }),
    ...(hop.withHeaders ? origin.headers : {}),
  }
}

/** The part of the body that an origin's file is; undefined: all of it. */
export function sliceOf({ slice }: Origin): ByteRange | undefined {
  return slice === undefined ? undefined : { start: slice.start, end: slice.start + slice.length }
}

/** What an origin may be asked through: its own host is its own alone, and opens nothing to records. */
export interface Reach {
  readonly allowed: readonly AllowedHost[]
  /** Whether the rules for recorded hosts hold for this URL. */
  isGuarded(url: URL): boolean
}

export function reachOf({ allowed }: Exchange, origin: Origin): Reach {
  if (origin.configured !== true) return { allowed, isGuarded: () => true }
  const own = [allowedHostOf(origin.url)]
  return { allowed: [...allowed, ...own], isGuarded: (url) => !isAllowedHost(url, own) }
}

async function ask(
  exchange: Exchange,
  question: Question,
  hop: Hop,
  dispatcher: Dispatcher,
  signal: AbortSignal | undefined,
): Promise<Dispatcher.ResponseData> {
  const { origin } = question
  const { url } = hop
  await exchange.pauses.wait(url, signal)
  // The client's own limit begins anew with every informational answer, of which a host may send any number.
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(new errors.HeadersTimeoutError()), exchange.answerMs)
  try {
    return await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: headersFor(question, hop),
      signal: signal === undefined ? patience.signal : AbortSignal.any([signal, patience.signal]),
    })
  } catch (thrown) {
    signal?.throwIfAborted()
    const where = hop.redirects === 0 ? describeOrigin(origin) : describeUrl(url)
    throw networkFailure(thrown, origin.source, where)
  } finally {
    clearTimeout(timer)
  }
}

/** Obeys a host that wants to be left alone, for all files of the run. */
export function heedPause(exchange: Exchange, head: Head, now: number): void {
  const pauseMs = askedPause(head, now)
  if (pauseMs !== undefined) exchange.pauses.pause(head.url, pauseMs)
}

/**
 * The body of an origin's answer, once the answer's head passed every rule.
 *
 * @param judge says whether an answer that is no redirect is worth reading, and throws when it is not; gets milliseconds
 * since the epoch
 * @throws R3mesError as `Network.download` does, but for what the body itself may do; the signal's reason once aborted
 */
export async function openBody<T>(
  exchange: Exchange,
  question: Question,
  judge: (head: Head, now: number) => T,
  signal: AbortSignal | undefined,
): Promise<OpenedBody<T>> {
  const { origin } = question
  const { allowed, isGuarded } = reachOf(exchange, origin)
  let hop = question.from ?? firstHop(origin.url)
  checkUrl(hop.url, allowed)
  for (;;) {
    const dispatcher = isGuarded(hop.url) ? exchange.guarded : exchange.plain
    const { statusCode, headers, body } = await ask(exchange, question, hop, dispatcher, signal)
    const head: Head = { status: statusCode, headers, url: hop.url, fromOrigin: hop.withHeaders }
    try {
      if (head.fromOrigin) origin.inspect?.(head)
      if (!isRedirect(statusCode)) {
        const now = Date.now()
        heedPause(exchange, head, now)
        const announced = announcedLength(head)
        const verdict = judge(head, now)
        origin.inspectBody?.(head)
        return { body, head, announced, isExact: announced !== undefined, verdict, hop }
      }
      const location = header(headers, 'location')
      if (location === undefined) {
        throw unusable(
          origin.source,
          'redirects to nowhere',
          `${describeOrigin(origin)}: status ${statusCode}`,
        )
      }
      hop = nextHop(hop, location, allowed)
    } catch (refusal) {
      discard(body)
      throw refusal
    }
    discard(body)
  }
}

/** A host that sends less than this, in bytes a millisecond, keeps a run waiting as if it sent nothing. */
export const LEAST_SPEED = 1

/**
 * As {@link openBody}'s body, with the errors of the connection translated. Leaving early closes the connection.
 *
 * A host that goes on sending, but next to nothing, counts as stalled. Only the time spent waiting for it counts: a slow
 * disk is not its fault.
 *
 * @param stallMs milliseconds of waiting after which it is looked at how much came
 */
export async function* readBody(
  body: Body,
  origin: Origin,
  stallMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let waited = 0
  let bytes = 0
  let since = performance.now()
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      waited += performance.now() - since
      bytes += chunk.byteLength
      if (waited > stallMs) {
        if (bytes < waited * LEAST_SPEED) throw new errors.BodyTimeoutError()
        waited = 0
        bytes = 0
      }
      yield chunk
      since = performance.now()
    }
  } catch (thrown) {
    signal?.throwIfAborted()
    throw networkFailure(thrown, origin.source, describeOrigin(origin))
  }
}
