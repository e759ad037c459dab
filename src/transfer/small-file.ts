/**
 * A file that fits in one answer: straight from a kept connection where the host is plain, through the full client
 * otherwise. Both obey the same rules.
 */
import type { Expected, VerifiedFile } from '../core/index.ts'
import { describeOrigin, type Head, isRedirect } from './answer-head.ts'
import { checkHead, type Limits } from './answer-rules.ts'
import { askAgain } from './ask-again.ts'
import type { ByteRange } from './byte-ranges.ts'
import { networkFailure } from './failures.ts'
import type { KeptConnections, Lent } from './kept-connections.ts'
import { type Reception, receive, receiveInto } from './receive.ts'
import {
  discard,
  type Exchange,
  heedPause,
  type OpenedBody,
  openBody,
  reachOf,
  readBody,
  sliceOf,
} from './request.ts'
import { requestText } from './request-text.ts'
import { Unusual } from './socket-head.ts'
import type { Origin } from './types.ts'
import { checkUrl, firstHop } from './url-rules.ts'

/** One origin's attempt at one small file. */
export interface SmallFile {
  readonly exchange: Exchange
  readonly origin: Origin
  readonly expected: Expected
  readonly limits: Limits
  readonly path: string
  readonly signal: AbortSignal | undefined
  readonly onProgress: (bytes: number, total: number | undefined) => void
  readonly onReceived: (bytes: number) => void
}

/** A kept connection that its host had closed before it was asked. Says nothing about the host. */
class Stale extends Error {}

class SmallRequest {
  readonly #file: SmallFile
  readonly #range: ByteRange | undefined

  constructor(file: SmallFile) {
    this.#file = file
    this.#range = sliceOf(file.origin)
  }

  async fetch(): Promise<VerifiedFile> {
    const { exchange, origin, signal } = this.#file
    const { kept } = exchange
    if (kept === undefined) return await this.#fetchFully()
    const answered = await kept.introduced(origin.url)
    try {
      signal?.throwIfAborted()
      return await this.#fetchEitherWay(kept, answered)
    } finally {
      answered()
    }
  }

  async #fetchEitherWay(kept: KeptConnections, answered: () => void): Promise<VerifiedFile> {
    const { url } = this.#file.origin
    if (kept.isPlain(url)) {
      try {
        return await this.#fetchPlainly(kept)
      } catch (thrown) {
        if (thrown instanceof Unusual) kept.foundUnusual(url)
        else if (!(thrown instanceof Stale)) throw thrown
      }
    }
    return await this.#fetchFully(({ hop, announced }) => {
      // Where every file is a redirect, the redirects are the full client's.
      if (hop.redirects === 0 && announced !== undefined) kept.foundPlain(url)
      answered()
    })
  }

  readonly #judge = (head: Head, now: number): void =>
    checkHead(this.#file.origin, head, this.#range, this.#file.limits, now)

  #reception(announced: number | undefined): Reception {
    const { origin, expected, limits, path, onProgress, onReceived } = this.#file
    const total = limits.exact ?? announced
    return { origin, expected, limits, path, onReceived, onProgress: (bytes) => onProgress(bytes, total) }
  }

  async #fetchFully(opened: (answer: OpenedBody<void>) => void = () => undefined): Promise<VerifiedFile> {
    const { exchange, origin, signal } = this.#file
    const question = { origin, range: this.#range }
    const answer = await openBody(exchange, question, this.#judge, signal)
    const { body, announced } = answer
    opened(answer)
    try {
      const chunks = readBody(body, origin, exchange.stallMs, signal)
      return await receive(chunks, this.#reception(announced))
    } finally {
      // A body that nobody began to read, because the file could not be opened, would keep its connection.
      discard(body)
    }
  }

  async #fetchPlainly(kept: KeptConnections): Promise<VerifiedFile> {
    const { exchange, origin, signal } = this.#file
    const { allowed, isGuarded } = reachOf(exchange, origin)
    const { url } = origin
    checkUrl(url, allowed)
    await exchange.pauses.wait(url, signal)
    try {
      return await kept.use({ url, isGuarded: isGuarded(url) }, signal, (lent) => this.#askPlainly(lent))
    } catch (thrown) {
      signal?.throwIfAborted()
      if (thrown instanceof Unusual || thrown instanceof Stale) throw thrown
      // Also after a refusal: the full client keeps its connection then.
      kept.foundBroken(url)
      throw networkFailure(thrown, origin.source, describeOrigin(origin))
    }
  }

  async #askPlainly(lent: Lent): Promise<VerifiedFile> {
    const { connection } = lent
    const { exchange, origin } = this.#file
    const hop = firstHop(origin.url)
    const { status, headers, length } = await this.#answer(
      lent,
      requestText({ origin, range: this.#range }, hop),
    )
    if (isRedirect(status)) throw new Unusual('the answer is a redirect')
    const head: Head = { status, headers, url: hop.url, fromOrigin: hop.withHeaders }
    origin.inspect?.(head)
    const now = Date.now()
    heedPause(exchange, head, now)
    this.#judge(head, now)
    origin.inspectBody?.(head)
    return await receiveInto(this.#reception(length), async (write, report) => {
      let came = 0
      await connection.receive({
        write,
        wanted: () => length - came,
        took: (bytes) => {
          came += bytes
          report(came)
        },
      })
    })
  }

  async #answer({ connection, isUsed }: Lent, request: string): ReturnType<Lent['connection']['ask']> {
    try {
      return await connection.ask(request, this.#range === undefined ? 200 : 206)
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
      if (isUsed && (code === 'ECONNRESET' || code === 'EPIPE')) throw new Stale()
      throw thrown
    }
  }
}

/** Brings a file that fits in one answer, as `Network.download` says. */
export function downloadSmall(file: SmallFile): Promise<VerifiedFile> {
  const request = new SmallRequest(file)
  return askAgain(file.exchange, file.origin, file.signal, () => request.fetch())
}
