import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { asR3mesError, R3mesError, type WantedFile } from '../core/index.ts'
import {
  artifactSubject,
  type ExpandedArtifact,
  expand,
  MANIFEST_LIMIT,
  manifestPlaces,
  type Plan,
  type PlannedArtifact,
} from '../registry/index.ts'
import type { Obtainer } from './obtain.ts'
import type { Run } from './open-run.ts'

/**
 * Turns artifacts into files. Where a record approves an artifact manifest, the manifest is brought and verified first; it
 * is a blob like any other, so a warm run asks nobody for it.
 *
 * @throws R3mesError with the problems of all required artifacts
 */
export async function expandPlan(
  run: Run,
  obtainer: Obtainer,
  plan: Plan,
): Promise<readonly ExpandedArtifact[]> {
  const { record, settings, cache } = run
  return await record.timed('plan', async () => {
    const bring = () => obtainManifests(run, obtainer, plan.artifacts)
    const hasManifests = plan.artifacts.some((artifact) => artifact.digest.kind === 'manifest')
    const { manifests, readable } = await (hasManifests ? run.reporter.phase('Manifests', bring) : bring())
    const expanded = expand(readable, manifests, { maxArtifactSize: settings.maxArtifactSize })
    if (expanded.problems.length > 0) throw R3mesError.from(expanded.problems)
    for (const problem of expanded.datasetProblems) leaveOut(run, problem)
    cache?.prepare(expanded.artifacts)
    return expanded.artifacts
  })
}

/** The verified manifests by digest, and the artifacts that can be expanded with them. */
async function obtainManifests(
  run: Run,
  obtainer: Obtainer,
  artifacts: readonly PlannedArtifact[],
): Promise<{
  readonly manifests: ReadonlyMap<string, Uint8Array>
  readonly readable: readonly PlannedArtifact[]
}> {
  const manifests = new Map<string, Uint8Array>()
  const readable: PlannedArtifact[] = []
  for (const artifact of artifacts) {
    try {
      if (artifact.digest.kind === 'manifest') {
        manifests.set(artifact.digest.hex, await obtainManifest(run, obtainer, artifact))
      }
      readable.push(artifact)
    } catch (thrown) {
      if (artifact.required || run.signal.aborted) throw thrown
      leaveOut(run, asR3mesError(thrown))
    }
  }
  return { manifests, readable }
}

async function obtainManifest(run: Run, obtainer: Obtainer, artifact: PlannedArtifact): Promise<Uint8Array> {
  const wanted: WantedFile = {
    sha256: artifact.digest.hex,
    subject: `${artifactSubject(artifact)}: manifest`,
    // It lies in no store under a path of its own: mirrors have it by its digest.
    mirrorPath: '',
    places: manifestPlaces(artifact),
  }
  const obtained =
    (await obtainer.inStore(wanted)) ??
    (await obtainer.fetch(wanted, run.signal, { required: artifact.required, limit: MANIFEST_LIMIT }))
  run.reporter.info(`${wanted.subject} from ${obtained.from}, verified.`)
  const bytes = await readFile(obtained.file.path)
  // Read anew from the disk: what is believed is what was hashed, not what lay there a moment ago.
  if (createHash('sha256').update(bytes).digest('hex') !== wanted.sha256) {
    throw new R3mesError(
      'STORE_CORRUPT',
      `The verified manifest of ${artifactSubject(artifact)} changed before it could be read. Find out which program writes below \`home\`, then run again.`,
    )
  }
  return bytes
}

/** A dataset that is not required costs a warning. */
export function leaveOut({ record, reporter }: Run, problem: R3mesError): void {
  record.datasetFailed(problem)
  reporter.warning(`${problem.code}: ${problem.message} The dataset is not required, so the run goes on.`)
}
