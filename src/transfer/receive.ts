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
  const file = await PartialFile.open(path, openFile === undefined ? {} : { openFile })
  try {
    for await (const chunk of chunks) {
      verifier.update(chunk)
      if (verifier.bytes > limits.most) throw tooLarge(limits, describeOrigin(origin))
      await file.append(chunk)
      report(verifier.bytes)
    }
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
