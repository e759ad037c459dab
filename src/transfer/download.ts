import { type Expected, R3mesError, type VerifiedFile, Verifier } from '../core/index.ts'
import { describeOrigin, type Limits, tooLarge } from './answer-rules.ts'
import { sourceTitle } from './failures.ts'
import { type OpenFile, PartialFile } from './partial-file.ts'
import { discard, type Exchange, openBody, readBody } from './request.ts'
import { retrying, transient } from './retry.ts'
import type { DownloadOptions, Origin, SmallAnswer } from './types.ts'

/** Milliseconds between two progress reports of one file. */
const PROGRESS_MS = 250

/** Calls `report` at most every {@link PROGRESS_MS}. */
function throttled(report: (bytes: number) => void): (bytes: number) => void {
  let last = Number.NEGATIVE_INFINITY
  return (bytes) => {
    const now = performance.now()
    if (now - last < PROGRESS_MS) return
    last = now
    report(bytes)
  }
}

function fileLimits(origin: Origin, expected: Expected, most: number): Limits {
  const { slice } = origin
  if (slice !== undefined && expected.size !== undefined && slice.length !== expected.size) {
    throw new R3mesError(
      'SIZE_MISMATCH',
      `${sourceTitle(origin.source)} has ${slice.length} bytes of this file, but ${expected.size} were approved. Another source has to have it.`,
      { detail: describeOrigin(origin) },
    )
  }
  const limits: Limits = {
    exact: slice?.length ?? expected.size,
    most,
    remedy: 'Raise `max-artifact-size` if it is meant to be that large.',
  }
  if ((limits.exact ?? 0) > limits.most) throw tooLarge(limits, describeOrigin(origin))
  return limits
}

function endedEarly(origin: Origin, bytes: number, exact: number): R3mesError {
  return transient(
    new R3mesError(
      'SOURCES_EXHAUSTED',
      `${sourceTitle(origin.source)} ended after ${bytes} of ${exact} bytes. Check the network, or add another source.`,
      { detail: describeOrigin(origin) },
    ),
  )
}

/** Where a body goes: one origin's bytes, what they must be, and the file they are written to. */
export interface Reception {
  readonly origin: Origin
  readonly expected: Expected
  readonly limits: Limits
  readonly path: string
  readonly onProgress: (bytes: number) => void
  readonly openFile?: OpenFile
}

/**
 * Moves the chunks into the file and hashes them on the way, one chunk in memory at a time.
 *
 * @throws R3mesError as `Network.download` does, after removing the file
 */
export async function receive(
  chunks: AsyncIterable<Uint8Array>,
  reception: Reception,
): Promise<VerifiedFile> {
  const { origin, expected, limits, path, onProgress, openFile } = reception
  const { exact } = limits
  const verifier = new Verifier({ sha256: expected.sha256, ...(exact === undefined ? {} : { size: exact }) })
  const report = throttled(onProgress)
  const file = await PartialFile.open(path, openFile)
  try {
    for await (const chunk of chunks) {
      verifier.update(chunk)
      if (verifier.bytes > limits.most) throw tooLarge(limits, describeOrigin(origin))
      await file.append(chunk)
      report(verifier.bytes)
    }
    if (exact !== undefined && verifier.bytes < exact) throw endedEarly(origin, verifier.bytes, exact)
    await file.finish()
    const verified = verifier.finish(path)
    onProgress(verified.size)
    return verified
  } catch (thrown) {
    await file.discard()
    throw thrown
  }
}

function askAgain<T>(
  exchange: Exchange,
  origin: Origin,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  return retrying(attempt, exchange.retryPolicy, signal, (failure, waitMs) => {
    exchange.retryAhead(`${describeOrigin(origin)}: ${failure.message}`, waitMs)
  })
}

/** As `Network.download` says. */
export function download(
  exchange: Exchange,
  origin: Origin,
  expected: Expected,
  path: string,
  { signal, limit = Number.POSITIVE_INFINITY, onProgress = () => undefined }: DownloadOptions,
): Promise<VerifiedFile> {
  return askAgain(exchange, origin, signal, async () => {
    const limits = fileLimits(origin, expected, Math.min(limit, exchange.maxArtifactSize))
    const { body, announced } = await openBody(exchange, origin, limits, signal)
    const total = limits.exact ?? announced
    try {
      const chunks = readBody(body, origin, exchange.stallMs, signal)
      const report = (bytes: number): void => onProgress(bytes, total)
      return await receive(chunks, { origin, expected, limits, path, onProgress: report })
    } finally {
      // A body that nobody began to read, because the file could not be opened, would keep its connection.
      discard(body)
    }
  })
}

/** As `Network.read` says. */
export function readSmall(
  exchange: Exchange,
  origin: Origin,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<SmallAnswer> {
  const limits: Limits = {
    exact: undefined,
    most: limit,
    remedy: 'An answer of this kind is never that large.',
  }
  return askAgain(exchange, origin, signal, async () => {
    const { body, head } = await openBody(exchange, origin, limits, signal)
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of readBody(body, origin, exchange.stallMs, signal)) {
      size += chunk.byteLength
      if (size > limit) throw tooLarge(limits, describeOrigin(origin))
      chunks.push(chunk)
    }
    return { status: head.status, headers: head.headers, bytes: Buffer.concat(chunks) }
  })
}
