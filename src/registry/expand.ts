/** From a plan and verified manifests to files. Pure. */
import { extensionOf, type Place, R3mesError } from '../core/index.ts'
import { findNameCollisions, type PlanOptions, tooLarge } from './artifact.ts'
import { MANIFEST_NAME, type ManifestFile, parseManifest } from './manifest.ts'
import { joinPlace } from './places.ts'
import type { ArtifactKind, ExpandedArtifact, PlannedArtifact, PlannedFile } from './types.ts'

/** The files of a plan, or what stands in the way. */
export interface Expansion {
  readonly artifacts: readonly ExpandedArtifact[]
  /** All of them. If there is one, nothing is fetched. */
  readonly problems: readonly R3mesError[]
  /** Problems of artifacts that are not required, which then are not among `artifacts`. */
  readonly datasetProblems: readonly R3mesError[]
}

/** How people are told of an artifact, in checked names: `model 1.0.0`, `adapter coder`. */
export function artifactSubject(artifact: PlannedArtifact): string {
  return `${artifact.kind} ${artifact.kind === 'model' ? artifact.version : artifact.storeName}`
}

/** Where an artifact's manifest may be asked for. */
export function manifestPlaces(artifact: PlannedArtifact): readonly Place[] {
  return artifact.places.map((place) => joinPlace(place, MANIFEST_NAME))
}

function oneFile(artifact: PlannedArtifact): PlannedFile[] {
  if (artifact.fileName === undefined) throw new TypeError('An artifact of one file has a file name')
  return [
    {
      path: artifact.fileName,
      sha256: artifact.digest.hex,
      size: artifact.size,
      places: artifact.places,
      cid: artifact.cid,
    },
  ]
}

function fromManifest(artifact: PlannedArtifact, files: readonly ManifestFile[]): PlannedFile[] {
  return files.map(({ path, size, sha256 }) => ({
    path,
    size,
    sha256,
    places: artifact.places.map((place) => joinPlace(place, path)),
    // The approved CID is the folder's.
    cid: undefined,
  }))
}

function expandOne(
  artifact: PlannedArtifact,
  manifests: ReadonlyMap<string, Uint8Array>,
  options: PlanOptions,
): ExpandedArtifact | R3mesError {
  if (artifact.digest.kind === 'sha256') return { ...artifact, files: oneFile(artifact) }
  const subject = artifactSubject(artifact)
  const manifest = manifests.get(artifact.digest.hex)
  if (manifest === undefined) throw new TypeError(`The manifest of ${subject} was not fetched`)
  try {
    const files = fromManifest(artifact, parseManifest(manifest, subject))
    const size = files.reduce((sum, file) => sum + (file.size ?? 0), 0)
    if (!Number.isSafeInteger(size) || size > (options.maxArtifactSize ?? Number.MAX_SAFE_INTEGER)) {
      return tooLarge(subject, size, options.maxArtifactSize ?? Number.MAX_SAFE_INTEGER)
    }
    return { ...artifact, files }
  } catch (thrown) {
    if (thrown instanceof R3mesError) return thrown
    throw thrown
  }
}

/** Whether an artifact is a folder in the store. An adapter of one file is that file; models and datasets are always folders. */
export function isFolder(artifact: {
  readonly kind: ArtifactKind
  readonly files: readonly unknown[]
}): boolean {
  return artifact.kind !== 'adapter' || artifact.files.length !== 1
}

/** The name that an artifact takes below its kind's folder: an adapter of one file keeps that file's extension. */
function finalName(artifact: ExpandedArtifact): string {
  const [file] = artifact.files
  if (file === undefined || isFolder(artifact)) return artifact.storeName
  return `${artifact.storeName}${extensionOf(file.path)}`
}

/** Where a file of an artifact lies in a store, relative to its root: `models/v1.0.0/model.gguf`, `adapters/coder.pt`. */
export function storePath(artifact: ExpandedArtifact, file: PlannedFile): string {
  const own = `${artifact.kind}s/${finalName(artifact)}`
  return isFolder(artifact) ? `${own}/${file.path}` : own
}

/**
 * The files of all artifacts of a plan without problems.
 *
 * @param manifests by digest, for every artifact whose digest is a manifest's: bytes that matched it
 * @throws TypeError when such a manifest is missing, which is a bug of the caller
 */
export function expand(
  artifacts: readonly PlannedArtifact[],
  manifests: ReadonlyMap<string, Uint8Array>,
  options: PlanOptions = {},
): Expansion {
  const outcomes = artifacts.map((artifact) => ({
    artifact,
    outcome: expandOne(artifact, manifests, options),
  }))
  const expanded = outcomes.flatMap(({ outcome }) => (outcome instanceof R3mesError ? [] : [outcome]))
  const refused = [
    ...outcomes.flatMap(({ artifact, outcome }) =>
      outcome instanceof R3mesError ? [{ artifact, problem: outcome }] : [],
    ),
    ...findNameCollisions(expanded, finalName),
  ]
  const dropped = new Set<PlannedArtifact>(refused.map(({ artifact }) => artifact))
  const problemsOf = (required: boolean) =>
    refused.filter(({ artifact }) => artifact.required === required).map(({ problem }) => problem)
  return {
    artifacts: expanded.filter((artifact) => !dropped.has(artifact)),
    problems: problemsOf(true),
    datasetProblems: problemsOf(false),
  }
}
