import { type Expected, R3mesError, type VerifiedFile } from '../core/index.ts'
import { describeOrigin, type Head } from './answer-head.ts'
import { checkHead, type Limits, tooLarge } from './answer-rules.ts'
import { askAgain } from './ask-again.ts'
import { sourceTitle } from './failures.ts'
import { downloadLarge } from './large.ts'
import { throttled } from './progress.ts'
import { type Exchange, openBody, readBody, sliceOf } from './request.ts'
import { downloadSmall } from './small-file.ts'
import type { DownloadOptions, Origin, SmallAnswer } from './types.ts'

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

/** As `Network.download` says. */
export async function download(
  exchange: Exchange,
  origin: Origin,
  expected: Expected,
  path: string,
  options: DownloadOptions,
): Promise<VerifiedFile> {
  const { signal, limit = Number.POSITIVE_INFINITY, resume = false } = options
  const { onProgress = () => undefined, onReceived = () => undefined } = options
  const { onWrongLeftover = () => undefined } = options
  const limits = fileLimits(origin, expected, Math.min(limit, exchange.maxArtifactSize))
  if (limits.exact !== undefined && limits.exact <= exchange.sizes.whole) {
    return await downloadSmall({ exchange, origin, expected, limits, path, signal, onProgress, onReceived })
  }
  let ofHowMany = limits.exact
  const report = throttled(onProgress)
  const file = await downloadLarge({
    ...{ exchange, origin, expected, limits, path, signal, onReceived, onWrongLeftover },
    mayResume: resume,
    onProgress: (bytes, total) => {
      ofHowMany = total
      report(bytes, total)
    },
  })
  onProgress(file.size, ofHowMany)
  return file
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
  const range = sliceOf(origin)
  const judge = (head: Head, now: number): void => checkHead(origin, head, range, limits, now)
  return askAgain(exchange, origin, signal, async () => {
    const { body, head } = await openBody(exchange, { origin, range }, judge, signal)
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
