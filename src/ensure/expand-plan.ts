import { readFile } from 'node:fs/promises'
import { asR3mesError, R3mesError } from '../core/index.ts'
import { type ExpandedArtifact, expand, type Plan, type PlannedArtifact } from '../registry/index.ts'
import type { Obtainer } from './obtain.ts'
import type { Run } from './open-run.ts'

/**
 * Turns artifacts into files. Where a record approves an artifact manifest, the manifest is brought and verified first; it is a
 * blob like any other, so a warm run asks nobody for it.
 *
 * @throws R3mesError with the problems of all required artifacts
 */
export async function expandPlan(
  run: Run,
  obtainer: Obtainer,
  plan: Plan,
): Promise<readonly ExpandedArtifact[]> {
  return await run.record.timed('plan', async () => {
    const manifests = new Map<PlannedArtifact, Uint8Array>()
    for (const artifact of plan.artifacts) {
      if (artifact.digest.kind !== 'manifest') continue
      try {
        manifests.set(artifact, await obtainManifest(run, obtainer, artifact))
      } catch (thrown) {
        if (artifact.required) throw thrown
        leaveOut(run, asR3mesError(thrown))
      }
    }
    const expanded = expand(plan, manifests, { maxArtifactSize: run.settings.maxArtifactSize })
    if (expanded.problems.length > 0) throw R3mesError.from(expanded.problems)
    for (const problem of expanded.datasetProblems) leaveOut(run, problem)
    run.cache?.prepare(expanded.artifacts)
    return expanded.artifacts
  })
}

function leaveOut({ record, reporter }: Run, problem: R3mesError): void {
  record.datasetFailed(problem)
  reporter.warning(`${problem.code}: ${problem.message} The dataset is not required, so the run goes on.`)
}

async function obtainManifest(run: Run, obtainer: Obtainer, artifact: PlannedArtifact): Promise<Uint8Array> {
  const manifest = {
    sha256: artifact.digest.hex,
    subject: `${artifact.kind} ${artifact.id}: manifest`,
    places: artifact.places,
  }
  const obtained = (await obtainer.inStore(manifest)) ?? (await obtainer.fetchManifest(manifest))
  run.reporter.info(`${manifest.subject} from ${obtained.from}, verified.`)
  return await readFile(obtained.file.path)
}
