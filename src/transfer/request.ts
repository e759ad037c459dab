/**
 * One answer to one question: asks an origin, follows its redirects by hand through the URL rules, and hands over a body
 * only when it is worth reading.
 */
import type { Dispatcher } from 'undici'
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
import { type AllowedHost, checkUrl, describeUrl, firstHop, type Hop, nextHop } from './url-rules.ts'

/** What every transfer of a run shares. */
export interface Exchange {
  readonly dispatcher: Dispatcher
  readonly allowed: readonly AllowedHost[]
  readonly pauses: HostPauses
  readonly retryPolicy: RetryPolicy
  /** Bytes that no file may exceed. */
  readonly maxArtifactSize: number
  /** For people who read the log at debug level. */
  readonly debug: (text: string) => void
}

/** Bytes of redirects and refusals that are read away to keep the connection, instead of closing it. */
const SMALL_BODY = 16 * 1024

export type Body = Dispatcher.ResponseData['body']

export interface OpenedBody {
  readonly body: Body
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

async function ask(
  exchange: Exchange,
  origin: Origin,
  hop: Hop,
  signal: AbortSignal | undefined,
): Promise<Dispatcher.ResponseData> {
  const { url } = hop
  await exchange.pauses.wait(url, signal)
  try {
    return await exchange.dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: headersFor(origin, hop),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (thrown) {
    signal?.throwIfAborted()
    const where = hop.redirects === 0 ? describeOrigin(origin) : describeUrl(url)
    throw networkFailure(thrown, origin.source, where)
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
  checkUrl(origin.url, exchange.allowed)
  let hop = firstHop(origin.url)
  for (;;) {
    const { statusCode, headers, body } = await ask(exchange, origin, hop, signal)
    const head: Head = { status: statusCode, headers, url: hop.url, fromOrigin: hop.withHeaders }
    try {
      if (!isRedirect(statusCode)) {
        const now = Date.now()
        const pauseMs = askedPause(head, now)
        if (pauseMs !== undefined) exchange.pauses.pause(hop.url, pauseMs)
        checkHead(origin, head, limits, now)
        return { body, announced: announcedLength(head) }
      }
      const location = header(headers, 'location')
      if (location === undefined) {
        throw unusable(
          origin.source,
          'redirects to nowhere',
          `${describeOrigin(origin)}: status ${statusCode}`,
        )
      }
      hop = nextHop(hop, location, exchange.allowed)
    } catch (refusal) {
      discard(body)
      throw refusal
    }
    discard(body)
  }
}

/** As {@link openBody}'s body, with the errors of the connection translated. Leaving early closes the connection. */
export async function* readBody(
  body: Body,
  origin: Origin,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) yield chunk
  } catch (thrown) {
    signal?.throwIfAborted()
    throw networkFailure(thrown, origin.source, describeOrigin(origin))
  }
}
