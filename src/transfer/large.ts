/**
 * A file that does not come in one answer: in parts where its host serves them, as one long body where not, and from where
 * an earlier attempt ended.
 */
import { type Expected, R3mesError, type VerifiedFile } from '../core/index.ts'
import { describeOrigin, type Head } from './answer-head.ts'
import {
  checkFirst,
  checkHead,
  type FirstAnswer,
  Incoherent,
  type Limits,
  strongValidator,
  tooLarge,
} from './answer-rules.ts'
import { askAgain } from './ask-again.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { contributorKey } from './contributor.ts'
import { endedEarly } from './failures.ts'
import { type Contributor, type Leftover, readLeftover } from './journal.ts'
import { type Cargo, Landing } from './landing.ts'
import { receive } from './receive.ts'
import { type Body, discard, type Exchange, type OpenedBody, openBody, readBody, sliceOf } from './request.ts'
import { isTransient } from './retry.ts'
import { fetchParts } from './swarm.ts'
import type { Origin } from './types.ts'

/** One origin's attempt at one file. */
export interface Attempt {
  readonly exchange: Exchange
  readonly origin: Origin
  readonly expected: Expected
  readonly limits: Limits
  readonly path: string
  readonly mayResume: boolean
  readonly signal: AbortSignal | undefined
  readonly onProgress: (bytes: number, total: number | undefined) => void
  readonly onReceived: (bytes: number) => void
  /** Told when bytes of earlier attempts turned out to be wrong; with the keys of the origins that had sent them. */
  readonly onWrongLeftover: (keys: readonly string[]) => void
}

interface FirstBody extends OpenedBody<FirstAnswer> {
  /** Milliseconds from the request to the head in which this thread had nothing to do: what it was busy with is not the host's. */
  readonly latencyMs: number
}

/** Failures after which another attempt may go on with what has come. */
function mayGoOn(thrown: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted === true || isTransient(thrown)) return true
  return (
    thrown instanceof R3mesError && (thrown.code === 'AUTH_REQUIRED' || thrown.code === 'SOURCES_EXHAUSTED')
  )
}

/** Where the first answer was worth nothing, what came before it is. */
async function withLanding<T>(
  landing: Landing,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    await landing.end(mayGoOn(thrown, signal))
    throw thrown
  }
}

class LargeFile {
  readonly #attempt: Attempt
  readonly #key: string

  constructor(attempt: Attempt) {
    this.#attempt = attempt
    this.#key = contributorKey(attempt.origin)
  }

  async fetch(leftover: Leftover | undefined): Promise<VerifiedFile> {
    const { exact, most } = this.#attempt.limits
    const isOfUse =
      leftover !== undefined && leftover.total <= most && leftover.total === (exact ?? leftover.total)
    if (!isOfUse) return this.#fetchAlone()
    try {
      return await this.#goOn(leftover)
    } catch (thrown) {
      if (!(thrown instanceof R3mesError) || thrown.code !== 'DIGEST_MISMATCH') throw thrown
    }
    // Whose bytes were wrong is open, so this origin has to bring all of them.
    const file = await this.#fetchAlone()
    this.#attempt.onWrongLeftover(leftover.contributors.map(({ key }) => key))
    return file
  }

  async #goOn(leftover: Leftover): Promise<VerifiedFile> {
    const { total, contributors, written } = leftover
    const start = written.missing(total)[0]
    if (start === undefined) {
      const landing = await Landing.resume(this.#cargo(total, undefined), leftover)
      return withLanding(landing, undefined, () => landing.finish(total))
    }
    const last = contributors.at(-1)
    const ifRange = last?.key === this.#key ? last.validator : undefined
    const first = await this.#first(start.start, start.end, ifRange)
    const { verdict } = first
    const isSame = verdict.kind === 'part' && this.#fileSize(verdict) === total
    if (isSame) return this.#parts(first, verdict, leftover)
    if (verdict.kind === 'part' || verdict.kind === 'ask-whole') {
      discard(first.body)
      return this.#fetchAlone()
    }
    return this.#whole(first)
  }

  async #fetchAlone(): Promise<VerifiedFile> {
    const first = await this.#first(0, Number.POSITIVE_INFINITY, undefined)
    const { verdict } = first
    if (verdict.kind === 'whole') return this.#whole(first)
    if (verdict.kind === 'part') {
      const isAll = verdict.range.end - verdict.range.start === this.#fileSize(verdict)
      return isAll ? this.#whole(first) : this.#parts(first, verdict, undefined)
    }
    discard(first.body)
    return this.#whole(undefined)
  }

  /** Asks for what `start` begins, but no further than `end`. */
  #first(start: number, end: number, ifRange: string | undefined): Promise<FirstBody> {
    const { exchange, origin, limits, signal } = this.#attempt
    const base = origin.slice?.start ?? 0
    const { first, whole } = exchange.sizes
    // Where nobody knows the size, one answer is to be enough for a file that would have come in one.
    const least = limits.exact === undefined ? Math.max(first, whole) : first
    const most = Math.min(end, limits.exact ?? Number.POSITIVE_INFINITY, start + least)
    const range = { start: base + start, end: base + most }
    return askAgain(exchange, origin, signal, async () => {
      const asked = performance.eventLoopUtilization()
      const opened = await openBody(
        exchange,
        { origin, range, ifRange },
        (head, now) => checkFirst(origin, head, range, limits, now),
        signal,
      )
      return { ...opened, latencyMs: performance.eventLoopUtilization(asked).idle }
    })
  }

  #fileSize({ representation }: Extract<FirstAnswer, { kind: 'part' }>): number {
    return this.#attempt.origin.slice?.length ?? representation.total
  }

  async #parts(
    { body, hop, latencyMs, isExact }: FirstBody,
    { range, representation }: Extract<FirstAnswer, { kind: 'part' }>,
    leftover: Leftover | undefined,
  ): Promise<VerifiedFile> {
    const { exchange, origin, signal } = this.#attempt
    const base = origin.slice?.start ?? 0
    const size = this.#fileSize({ kind: 'part', range, representation })
    const first = {
      ...{ body, hop, latencyMs, isExact, representation },
      ...{ start: range.start - base, end: range.end - base },
    }
    const cargo = this.#cargo(size, strongValidator(representation))
    let refused: Incoherent | undefined
    try {
      const opening = leftover === undefined ? Landing.begin(cargo, size) : Landing.resume(cargo, leftover)
      const landing = await opening
      return await withLanding(landing, signal, async () => {
        await fetchParts(exchange, origin, landing, size, first, signal)
        return await landing.finish(size)
      })
    } catch (thrown) {
      if (!(thrown instanceof Incoherent)) throw thrown
      refused = thrown
    } finally {
      discard(body)
    }
    // Parts of different files make no file. One long body may still be right, and its digest decides.
    if (origin.slice !== undefined) throw refused.refusal
    return this.#whole(undefined)
  }

  /** @param opened an answer that is everything; asked for when there is none yet */
  #whole(opened: FirstBody | undefined): Promise<VerifiedFile> {
    const { exchange, origin, limits, signal } = this.#attempt
    let ready: Pick<FirstBody, 'body' | 'announced'> | undefined = opened
    return askAgain(exchange, origin, signal, async () => {
      const { body, announced } = ready ?? (await this.#openWhole())
      ready = undefined
      try {
        const total = limits.exact ?? announced
        if (total !== undefined && total <= exchange.sizes.whole) return await this.#receiveSmall(body, total)
        const landing = await Landing.begin(this.#cargo(total, undefined), total)
        return await withLanding(landing, signal, async () => {
          const size = await this.#receiveWhole(landing, readBody(body, origin, exchange.stallMs, signal))
          return await landing.finish(size)
        })
      } finally {
        // A body that nobody began to read, because the file could not be opened, would keep its connection.
        discard(body)
      }
    })
  }

  #openWhole(): Promise<OpenedBody<void>> {
    const { exchange, origin, limits, signal } = this.#attempt
    const range = sliceOf(origin)
    const judge = (head: Head, now: number): void => checkHead(origin, head, range, limits, now)
    return openBody(exchange, { origin, range }, judge, signal)
  }

  /** For so few bytes another thread is not worth it. */
  #receiveSmall(body: Body, total: number): Promise<VerifiedFile> {
    const { exchange, origin, expected, limits, path, signal, onProgress, onReceived } = this.#attempt
    return receive(readBody(body, origin, exchange.stallMs, signal), {
      ...{ origin, expected, limits, path, onReceived },
      onProgress: (bytes) => onProgress(bytes, total),
    })
  }

  /** @returns bytes that came */
  async #receiveWhole(landing: Landing, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    const { exchange, origin, limits } = this.#attempt
    const { exact, most } = limits
    const writer = new ChunkWriter(exchange.buffers, (bytes, position) => landing.write(bytes, position), 0)
    let size = 0
    try {
      for await (const chunk of chunks) {
        size += chunk.byteLength
        if (exact !== undefined && size > exact) throw tooLong(exact, origin)
        if (size > most) throw tooLarge(limits, describeOrigin(origin))
        await writer.add(chunk)
      }
    } finally {
      await writer.end()
    }
    if (exact !== undefined && size < exact)
      throw endedEarly(origin.source, size, exact, describeOrigin(origin))
    return size
  }

  #cargo(total: number | undefined, validator: string | undefined): Cargo {
    const { exchange, expected, path, mayResume, onProgress, onReceived } = this.#attempt
    const contributor: Contributor = { key: this.#key, validator }
    return {
      ...{ path, expected, mayResume, contributor, onReceived },
      hashThread: exchange.hashThread,
      onProgress: (bytes) => onProgress(bytes, total),
    }
  }
}

function tooLong(exact: number, origin: Origin): R3mesError {
  return new R3mesError('SIZE_MISMATCH', `The content is longer than the approved ${exact} bytes.`, {
    detail: describeOrigin(origin),
  })
}

/** As `Network.download` says, for a file that may be too large for one answer. */
export async function downloadLarge(attempt: Attempt): Promise<VerifiedFile> {
  const leftover = attempt.mayResume ? await readLeftover(attempt.path) : undefined
  return await new LargeFile(attempt).fetch(leftover)
}
