/**
 * One answer to one question: asks an origin, follows its redirects by hand through the URL rules, and hands over a body
 * only when it is worth reading.
 */
import { type Dispatcher, errors } from 'undici'
import {
  announcedLength,
  askedPause,
  checkHead,
  describeOrigin,
  type Head,
  header,
  isRedirect,
  type Limits,
} from './answer-rules.ts'
import { networkFailure, unusable } from './failures.ts'
import type { HostPauses } from './host-pauses.ts'
import type { RetryPolicy } from './retry.ts'
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
  /** Told before each wait, in milliseconds, why an origin is asked again after it. */
  readonly retryAhead: (why: string, waitMs: number) => void
}

/** Bytes of redirects and refusals that are read away to keep the connection, instead of closing it. */
const SMALL_BODY = 16 * 1024

export type Body = Dispatcher.ResponseData['body']

export interface OpenedBody {
  readonly body: Body
  readonly head: Head
  /** Bytes that the host announced; a claim, checked by nobody. */
  readonly announced: number | undefined
}

/** Lets go of a body without waiting for its host. `dump` never rejects without a signal. */
export function discard(body: Body): void {
  void body.dump({ limit: SMALL_BODY })
}

function headersFor(origin: Origin, hop: Hop): Record<string, string> {
  const { slice } = origin
  return {
    'accept-encoding': 'identity',
    'user-agent': 'setup-r3mes',
    ...(slice === undefined ? {} : { range: `bytes=${slice.start}-${slice.start + slice.length - 1}` }),
    ...(hop.withHeaders ? origin.headers : {}),
  }
}

/** What an origin may be asked through: its own host is its own alone, and opens nothing to records. */
interface Reach {
  readonly allowed: readonly AllowedHost[]
  dispatcherFor(url: URL): Dispatcher
}

function reachOf(exchange: Exchange, origin: Origin): Reach {
  const { allowed, guarded, plain } = exchange
  if (origin.configured !== true) return { allowed, dispatcherFor: () => guarded }
  const own = [allowedHostOf(origin.url)]
  return {
    allowed: [...allowed, ...own],
    dispatcherFor: (url) => (isAllowedHost(url, own) ? plain : guarded),
  }
}

async function ask(
  exchange: Exchange,
  origin: Origin,
  hop: Hop,
  dispatcher: Dispatcher,
  signal: AbortSignal | undefined,
): Promise<Dispatcher.ResponseData> {
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
      headers: headersFor(origin, hop),
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

/**
 * The body of an origin's answer, once the answer's head passed every rule.
 *
 * @throws R3mesError as `Network.download` does, but for what the body itself may do; the signal's reason once aborted
 */
export async function openBody(
  exchange: Exchange,
  origin: Origin,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<OpenedBody> {
  const { allowed, dispatcherFor } = reachOf(exchange, origin)
  checkUrl(origin.url, allowed)
  let hop = firstHop(origin.url)
  for (;;) {
    const { statusCode, headers, body } = await ask(exchange, origin, hop, dispatcherFor(hop.url), signal)
    const head: Head = { status: statusCode, headers, url: hop.url, fromOrigin: hop.withHeaders }
    try {
      if (head.fromOrigin) origin.inspect?.(head)
      if (!isRedirect(statusCode)) {
        const now = Date.now()
        const pauseMs = askedPause(head, now)
        if (pauseMs !== undefined) exchange.pauses.pause(hop.url, pauseMs)
        checkHead(origin, head, limits, now)
        return { body, head, announced: announcedLength(head) }
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
const LEAST_SPEED = 1

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
