/** What of an approved plan the store does not hold: for programs that fetch nothing by themselves. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { R3mesError } from '../core/index.ts'
import { artifactSubject, expand, type Plan, type PlannedArtifact } from '../registry/index.ts'
import type { Store } from '../store/index.ts'

/** An approved artifact of which a file or more are not in the store. */
export interface MissingArtifact {
  readonly kind: 'model' | 'adapter' | 'dataset'
  readonly id: string
  readonly version: string
  /** `sha256:<hex>` or `manifest:<hex>` */
  readonly digest: string
  /** Bytes that its missing files have; undefined where that is not known. */
  readonly missingBytes: number | undefined
}

/** The manifest that names an artifact's files, when the store has it as it was approved. */
async function heldManifest(store: Store, { digest }: PlannedArtifact): Promise<Uint8Array | undefined> {
  const blob = await store.blobAt(digest.hex)
  if (blob === undefined) return undefined
  const bytes = await readFile(blob.path)
  return createHash('sha256').update(bytes).digest('hex') === digest.hex ? bytes : undefined
}

/** Undefined when all files of it lie there; whether they are right is for the run to say, which hashes them. */
async function missingOf(store: Store, artifact: PlannedArtifact): Promise<MissingArtifact | undefined> {
  const { kind, id, version, digest } = artifact
  const missing = { kind, id, version, digest: `${digest.kind}:${digest.hex}` }
  const manifests = new Map<string, Uint8Array>()
  if (digest.kind === 'manifest') {
    const manifest = await heldManifest(store, artifact)
    if (manifest === undefined) return { ...missing, missingBytes: undefined }
    manifests.set(digest.hex, manifest)
  }
  const [expanded] = expand([artifact], manifests).artifacts
  if (expanded === undefined) return { ...missing, missingBytes: undefined }
  const absent: (number | undefined)[] = []
  for (const { sha256, size } of expanded.files) {
    if ((await store.blobAt(sha256)) === undefined) absent.push(size)
  }
  if (absent.length === 0) return undefined
  const missingBytes = absent.reduce((sum, size) =>
    sum === undefined || size === undefined ? undefined : sum + size,
  )
  return { ...missing, missingBytes }
}

/** Looks, and hashes nothing but manifests. @throws R3mesError of the store */
export async function missingFrom(store: Store, plan: Plan): Promise<readonly MissingArtifact[]> {
  const missing: MissingArtifact[] = []
  for (const artifact of plan.artifacts) {
    const found = await missingOf(store, artifact)
    if (found !== undefined) missing.push(found)
  }
  return missing
}

/** `SOURCES_EXHAUSTED`, because nothing may be fetched. */
export function notFetched(plan: Plan, missing: readonly MissingArtifact[]): R3mesError {
  const isMissing = (artifact: PlannedArtifact): boolean =>
    missing.some(({ kind, id }) => kind === artifact.kind && id === artifact.id)
  const names = plan.artifacts.filter(isMissing).map(artifactSubject)
  const shown = names.length > 10 ? [...names.slice(0, 10), `${names.length - 10} more`] : names
  return new R3mesError(
    'SOURCES_EXHAUSTED',
    `What is approved is not all in the store, and \`autoDownload\` is off: ${shown.join(', ')}. Allow it with \`autoDownload: true\`, or bring it with \`r3mes ensure\`.`,
  )
}
