/**
 * A file for which nobody named a digest. It comes in one answer from one host, from its first byte on: parts of different answers
 * could belong to different files, and without a digest nothing would tell.
 */
import { type LearnedFile, Learner } from '../core/index.ts'
import { describeOrigin, type Head } from './answer-head.ts'
import { checkHead, type Limits, tooLarge } from './answer-rules.ts'
import { askAgain } from './ask-again.ts'
import { endedEarly } from './failures.ts'
import { PartialFile } from './partial-file.ts'
import { throttled } from './progress.ts'
import { discard, type Exchange, openBody, readBody } from './request.ts'
import type { LearnOptions, Origin } from './types.ts'

/** As `Network.learn` says. */
export function learn(
  exchange: Exchange,
  origin: Origin,
  path: string,
  { signal, onProgress = () => undefined, onReceived = () => undefined }: LearnOptions,
): Promise<LearnedFile> {
  const limits: Limits = {
    exact: undefined,
    most: exchange.maxArtifactSize,
    remedy: 'Raise `max-artifact-size` if it is meant to be that large.',
  }
  const judge = (head: Head, now: number): void => checkHead(origin, head, undefined, limits, now)
  return askAgain(exchange, origin, signal, async () => {
    const { body, announced } = await openBody(exchange, { origin, range: undefined }, judge, signal)
    const report = throttled(onProgress)
    const learner = new Learner()
    try {
      const file = await PartialFile.open(path)
      try {
        for await (const chunk of readBody(body, origin, exchange.stallMs, signal)) {
          onReceived(chunk.byteLength)
          learner.update(chunk)
          if (learner.bytes > limits.most) throw tooLarge(limits, describeOrigin(origin))
          await file.append(chunk)
          report(learner.bytes, announced)
        }
        if (announced !== undefined && learner.bytes < announced) {
          throw endedEarly(origin.source, learner.bytes, announced, describeOrigin(origin))
        }
        const learned = learner.finish(path)
        await file.close()
        onProgress(learned.size, learned.size)
        return learned
      } catch (thrown) {
        await file.discard()
        throw thrown
      }
    } finally {
      discard(body)
    }
  })
}
