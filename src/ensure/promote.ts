import { asR3mesError } from '../core/index.ts'
import { isFolder } from '../registry/index.ts'
import type { Promotable, Promotion } from '../store/index.ts'
import { leaveOut } from './expand-plan.ts'
import type { VerifiedArtifact } from './fetch-all.ts'
import type { Run } from './open-run.ts'
import { describeArtifact } from './present.ts'

function promotable({ artifact, files }: VerifiedArtifact): Promotable {
  return {
    kind: artifact.kind,
    name: artifact.storeName,
    asFolder: isFolder(artifact),
    digest: artifact.digest.hex,
    files: files.map(({ planned, obtained }) => ({ path: planned.path, file: obtained.file })),
  }
}

/**
 * Makes all artifacts visible, or none: when one fails, the others of this run are taken back. What was there before is
 * untouched.
 *
 * @throws R3mesError of the store, when it fails for something that is required
 */
export async function promoteAll(run: Run, artifacts: readonly VerifiedArtifact[]): Promise<void> {
  const { reporter, record } = run
  await reporter.phase('In place', () =>
    record.timed('promote', async () => {
      const done: Promotion[] = []
      try {
        await run.store.announce(artifacts.map(promotable))
        for (const verified of artifacts) {
          run.signal.throwIfAborted()
          const promotion = await promoteOne(run, verified)
          if (promotion === undefined) continue
          done.push(promotion)
          noteInPlace(run, verified, promotion)
        }
        run.signal.throwIfAborted()
      } catch (error) {
        await takeBack(run, done)
        record.rolledBack()
        throw error
      }
    }),
  )
}

/** Undefined: it is not required, and was left out. */
async function promoteOne(run: Run, verified: VerifiedArtifact): Promise<Promotion | undefined> {
  try {
    return await run.store.promote(promotable(verified))
  } catch (error) {
    if (verified.artifact.required || run.signal.aborted) throw error
    leaveOut(run, asR3mesError(error))
    return undefined
  }
}

/** Takes back all that can be: what cannot is named, and hides neither the others nor the failure that led here. */
async function takeBack({ reporter }: Run, done: readonly Promotion[]): Promise<void> {
  for (const promotion of done.toReversed()) {
    try {
      await promotion.undo()
    } catch (error) {
      reporter.warning(
        `What this run had put in place could not be taken back: ${promotion.path}. ${asR3mesError(error).message}`,
      )
    }
  }
}

function noteInPlace(
  { record, reporter }: Run,
  { artifact, files }: VerifiedArtifact,
  promotion: Promotion,
): void {
  record.inPlace(
    artifact,
    promotion.change,
    promotion.path,
    files.map(({ planned, obtained }) => ({
      path: planned.path,
      sha256: planned.sha256,
      size: obtained.file.size,
      from: obtained.from,
      url: obtained.url,
      milliseconds: Math.round(obtained.milliseconds),
      ...(obtained.file.checkedAt === undefined ? {} : { checkedAt: obtained.file.checkedAt }),
    })),
  )
  const report = record.result.artifacts.at(-1)
  if (report === undefined) return
  reporter.info(describeArtifact(report))
  if (promotion.change === 'beside') {
    reporter.warning(
      `${artifact.kind} ${artifact.id} was put beside its usual place, which holds other content: ${promotion.path}. Use the path of the output, or move the other content away.`,
    )
  }
  if (promotion.change === 'repaired')
    reporter.warning(`${artifact.kind} ${artifact.id} was damaged in the store and was repaired.`)
}
