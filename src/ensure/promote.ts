import { isFolder } from '../registry/index.ts'
import type { Promotable, Promotion } from '../store/index.ts'
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
 * @throws R3mesError of the store
 */
export async function promoteAll(run: Run, artifacts: readonly VerifiedArtifact[]): Promise<void> {
  const { reporter, record, store } = run
  await reporter.phase('In place', () =>
    record.timed('promote', async () => {
      const done: Promotion[] = []
      try {
        for (const verified of artifacts) {
          run.signal.throwIfAborted()
          const promotion = await store.promote(promotable(verified))
          done.push(promotion)
          noteInPlace(run, verified, promotion)
        }
        run.signal.throwIfAborted()
      } catch (error) {
        for (const promotion of done.reverse()) await promotion.undo()
        record.rolledBack()
        throw error
      }
    }),
  )
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
