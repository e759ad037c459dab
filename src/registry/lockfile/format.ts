/** Writing a lockfile. */
import canonicalize from 'canonicalize'
import { formatDigest } from '../../core/index.ts'
import { parseLockfile } from './parse.ts'
import { LOCKFILE_VERSION, type LockedArtifact, type Lockfile } from './types.ts'

type Json = Readonly<Record<string, unknown>>

function kindJson({ facts }: LockedArtifact): Json {
  switch (facts.kind) {
    case 'model':
      return {
        model_id: facts.modelId.toString(),
        model_name: facts.name,
        version_number: facts.versionNumber?.toString() ?? null,
      }
    case 'adapter':
      return {
        compatible_model_versions: facts.fit.compatibleModelVersions,
        domain: facts.domain,
        max_model_version: facts.fit.maxModelVersion,
        min_model_version: facts.fit.minModelVersion,
        target_modules: facts.fit.targetModules,
      }
    case 'dataset':
      return { dataset_id: facts.datasetId.toString() }
  }
}

function artifactJson(artifact: LockedArtifact): Json {
  return {
    approved_at_height: artifact.approvedAtHeight.toString(),
    cid: artifact.cid ?? null,
    container_hash: artifact.containerHash ?? null,
    digest: formatDigest(artifact.digest),
    disk_bytes: artifact.diskBytes ?? null,
    file_name: artifact.fileName ?? null,
    id: artifact.id,
    kind: artifact.kind,
    places: artifact.places,
    size: artifact.size ?? null,
    status: artifact.status,
    version: artifact.version,
    ...kindJson(artifact),
  }
}

function documentJson(lock: Lockfile): Json {
  const { anchor, request } = lock
  return {
    anchor: {
      hash: anchor.hash,
      height: anchor.height.toString(),
      origin: anchor.origin,
      time: anchor.time.toISOString(),
    },
    artifacts: lock.artifacts.map(artifactJson),
    authority: lock.authority,
    chain_id: lock.chainId,
    registry: lock.registry,
    request: {
      adapters: request.adapters,
      datasets: request.datasets,
      model_name: request.modelName ?? null,
      model_version: request.modelVersion,
      require_dataset: request.requireDataset,
    },
    trusting_period_seconds: lock.trustingPeriodSeconds,
    unbonding_seconds: lock.unbondingSeconds ?? null,
    version: LOCKFILE_VERSION,
  }
}

/**
 * The text of a lockfile: JSON with its keys in the order of RFC 8785, indented by two, with a newline at the end. Equal
 * lockfiles have equal texts.
 *
 * @throws R3mesError `LOCK_INVALID` for a lockfile that could not be read again
 */
export function formatLockfile(lock: Lockfile): string {
  const canonical = canonicalize(documentJson(lock))
  if (canonical === undefined) throw new TypeError('A lockfile is a JSON object')
  const text = `${JSON.stringify(JSON.parse(canonical), undefined, 2)}\n`
  parseLockfile(text)
  return text
}
