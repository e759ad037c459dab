/** What a chain says of the things that it approved, as programs read it. */
import { formatDigest } from '../core/index.ts'
import type { PlannedArtifact } from '../registry/index.ts'

/** What is known of everything that is approved. Texts of the registry are marked so: sanitise them before you print them. */
export interface ApprovedInfo {
  /** `sha256:<hex>` of the one file, or `manifest:<hex>` of the list of files. */
  readonly digest: string
  /** As the record has it: 64 hexadecimal digits, or `manifest:` and 64 of them. */
  readonly checksum: string
  /** The approved CID; undefined when there is none. */
  readonly ipfsHash: string | undefined
  /** Bytes of the one file; undefined where none is approved, and where there are several files. */
  readonly sizeBytes: number | undefined
  /** Undefined where there are several files. */
  readonly fileName: string | undefined
  /** Where the record says that the bytes may be had. Text of the registry. */
  readonly downloadSource: string
  /** `<owner>/<name>`; undefined when the record names no place on HuggingFace. */
  readonly huggingfaceRepo: string | undefined
  /** Branch, tag or commit. */
  readonly huggingfaceRevision: string | undefined
  /** Path of the file, or of the folder, in that repository. */
  readonly huggingfacePath: string | undefined
  readonly status: 'active' | 'migration' | 'deprecated'
  /** The height that the record itself gives. */
  readonly approvedAtHeight: bigint
}

/** An approved model version, from records that were proven. */
export interface ModelInfo extends ApprovedInfo {
  readonly modelId: bigint
  /** Text of the registry. */
  readonly name: string
  readonly version: string
  /** Of the version record that decides; undefined when the model has none. */
  readonly versionNumber: bigint | undefined
  /** Digest of a runtime image: shown, never downloaded. */
  readonly containerHash: string | undefined
}

/** An approved adapter. */
export interface AdapterInfo extends ApprovedInfo {
  readonly id: string
  readonly version: string
  /** Text of the registry. */
  readonly domain: string
  /** Texts of the registry. */
  readonly targetModules: readonly string[]
  readonly compatibleModelVersions: readonly string[]
  readonly minModelVersion: string
  readonly maxModelVersion: string
}

/** An approved dataset. */
export interface DatasetInfo extends ApprovedInfo {
  readonly datasetId: bigint
  readonly name: string
}

function approvedInfo(artifact: PlannedArtifact): ApprovedInfo {
  const { digest, cid, size, fileName, places, downloadSource, status, approvedAtHeight } = artifact
  const hub = places.find((place) => place.kind === 'huggingface')
  return {
    digest: formatDigest(digest),
    checksum: digest.kind === 'manifest' ? `manifest:${digest.hex}` : digest.hex,
    ipfsHash: cid,
    sizeBytes: size,
    fileName,
    downloadSource,
    huggingfaceRepo: hub?.repo,
    huggingfaceRevision: hub?.revision,
    huggingfacePath: hub?.path,
    status,
    approvedAtHeight,
  }
}

export function modelInfos(artifacts: readonly PlannedArtifact[]): ModelInfo[] {
  return artifacts.flatMap((artifact) => {
    const { facts, version, containerHash } = artifact
    if (facts.kind !== 'model') return []
    const { modelId, name, versionNumber } = facts
    return [{ modelId, name, version, versionNumber, containerHash, ...approvedInfo(artifact) }]
  })
}

export function adapterInfos(artifacts: readonly PlannedArtifact[]): AdapterInfo[] {
  return artifacts.flatMap((artifact) => {
    const { facts, id, version } = artifact
    if (facts.kind !== 'adapter') return []
    return [{ id, version, domain: facts.domain, ...facts.fit, ...approvedInfo(artifact) }]
  })
}

export function datasetInfos(artifacts: readonly PlannedArtifact[]): DatasetInfo[] {
  return artifacts.flatMap((artifact) => {
    const { facts, id } = artifact
    if (facts.kind !== 'dataset') return []
    return [{ datasetId: facts.datasetId, name: id, ...approvedInfo(artifact) }]
  })
}
