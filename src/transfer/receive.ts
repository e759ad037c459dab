import { type Expected, type VerifiedFile, Verifier } from '../core/index.ts'
import { describeOrigin } from './answer-head.ts'
import { type Limits, tooLarge } from './answer-rules.ts'
import { endedEarly } from './failures.ts'
import { type OpenFile, PartialFile } from './partial-file.ts'
import { throttled } from './progress.ts'
import type { Origin } from './types.ts'

/** Where a body goes: one origin's bytes, what they must be, and the file they are written to. */
export interface Reception {
  readonly origin: Origin
  readonly expected: Expected
  readonly limits: Limits
  readonly path: string
  readonly onProgress: (bytes: number) => void
  /** Told of bytes as they come, so many at a time. */
  readonly onReceived: (bytes: number) => void
  readonly openFile?: OpenFile
}

/**
 * Takes the next bytes of the file. They may be used again once it has come back.
 *
 * @throws R3mesError as `Network.download` does
 */
export type TakeBytes = (bytes: Uint8Array) => Promise<void>

/**
 * Puts into the file what `bring` brings, and hashes it on the way.
 *
 * @param bring comes back when there is no more; `report` is for bytes that have come and are not taken yet
 * @throws R3mesError as `Network.download` does, and what `bring` threw, after removing the file
 */
export async function receiveInto(
  reception: Reception,
  bring: (take: TakeBytes, report: (bytes: number) => void) => Promise<void>,
): Promise<VerifiedFile> {
  const { origin, expected, limits, path, onProgress, onReceived, openFile } = reception
  const { exact } = limits
  const verifier = new Verifier({ sha256: expected.sha256, ...(exact === undefined ? {} : { size: exact }) })
  const report = throttled(onProgress)
  const file = await PartialFile.open(path, openFile === undefined ? {} : { openFile })
  try {
    const take = async (bytes: Uint8Array): Promise<void> => {
      onReceived(bytes.byteLength)
      verifier.update(bytes)
      if (verifier.bytes > limits.most) throw tooLarge(limits, describeOrigin(origin))
      await file.append(bytes)
    }
    await bring(take, report)
    if (exact !== undefined && verifier.bytes < exact)
      throw endedEarly(origin.source, verifier.bytes, exact, describeOrigin(origin))
    await file.close()
    const verified = verifier.finish(path)
    onProgress(verified.size)
    return verified
  } catch (thrown) {
    await file.discard()
    throw thrown
  }
}

/** As {@link receiveInto}, one chunk in memory at a time. */
export function receive(chunks: AsyncIterable<Uint8Array>, reception: Reception): Promise<VerifiedFile> {
  return receiveInto(reception, async (take, report) => {
    let size = 0
    for await (const chunk of chunks) {
      await take(chunk)
      size += chunk.byteLength
      report(size)
    }
  })
}
