/** Reading one artifact of a lockfile. */
import { isSafeName, parseChecksum, R3mesError, type SafePath, safePath } from '../../core/index.ts'
import { normaliseCid } from '../cid.ts'
import { MAX_LIST, MAX_LIST_TEXT } from '../limits.ts'
import { placeOf } from '../places.ts'
import { IMAGE_DIGEST, modelStoreName } from '../plan-model.ts'
import { APPROVED_STATUSES, type ArtifactKind, type KindFacts } from '../types.ts'
import { canonicalVersion } from '../versions.ts'
import {
  decimalOf,
  elementsOf,
  type Field,
  integerOf,
  membersOf,
  oneOf,
  optional,
  textMatching,
  textOf,
  textsOf,
  wrongField,
} from './fields.ts'
import type { LockedArtifact } from './types.ts'

const MAX_PLACES = 16
const MAX_U64 = 2n ** 64n - 1n

const SHARED_KEYS = [
  'approved_at_height',
  'cid',
  'container_hash',
  'digest',
  'disk_bytes',
  'file_name',
  'id',
  'kind',
  'places',
  'size',
  'status',
  'version',
] as const

const KIND_KEYS = {
  model: ['model_id', 'model_name', 'version_number'],
  adapter: [
    'compatible_model_versions',
    'domain',
    'max_model_version',
    'min_model_version',
    'target_modules',
  ],
  dataset: ['dataset_id'],
} as const

function idOf(field: Field): string {
  const id = textOf(field, 200)
  if (!isSafeName(id)) throw wrongField(field, 'is no name that a file could have')
  return id
}

/** A model is known by its version; a dataset has none, and an adapter need not have one. */
function versionOf(kind: ArtifactKind, field: Field, id: string): string {
  const version = field.value === '' ? '' : idOf(field)
  const isModel = kind === 'model'
  if (isModel && (version !== id || !isModelVersion(version)))
    throw wrongField(field, 'is not that of its id')
  if (kind === 'dataset' && version !== '') throw wrongField(field, 'stands beside a dataset')
  return version
}

function isModelVersion(version: string): boolean {
  return canonicalVersion(version) === version && isSafeName(modelStoreName(version))
}

function digestOf(field: Field): LockedArtifact['digest'] {
  const text = textMatching(
    field,
    /^(?:sha256|manifest):[0-9a-f]{64}$/,
    '`sha256:` or `manifest:` with 64 lower-case hexadecimal digits',
  )
  const digest = parseChecksum(text.replace(/^sha256:/, ''))
  if (digest === undefined) throw wrongField(field, 'is no digest')
  return digest
}

function cidOf(field: Field): string {
  const text = textOf(field, 256)
  if (normaliseCid(text) !== text) throw wrongField(field, 'is no CID in its usual spelling')
  return text
}

function fileNameOf(field: Field): SafePath {
  const text = textOf(field, 300)
  try {
    if (!text.includes('/')) return safePath(text, 'file name')
  } catch (thrown) {
    if (!(thrown instanceof R3mesError)) throw thrown
  }
  throw wrongField(field, 'is no name that a file could have')
}

function placesOf(field: Field): readonly string[] {
  return elementsOf(field, MAX_PLACES).map((element) => {
    const text = textOf(element)
    if (placeOf(text) === undefined) throw wrongField(element, 'is no place that could be asked')
    return text
  })
}

function factsOf(kind: ArtifactKind, field: Field): KindFacts {
  switch (kind) {
    case 'model': {
      const of = membersOf(field, [...SHARED_KEYS, ...KIND_KEYS.model])
      return {
        kind,
        modelId: decimalOf(of.model_id, MAX_U64),
        name: textOf(of.model_name),
        versionNumber: optional(of.version_number, (number) => decimalOf(number, MAX_U64)),
      }
    }
    case 'adapter': {
      const of = membersOf(field, [...SHARED_KEYS, ...KIND_KEYS.adapter])
      return {
        kind,
        domain: textOf(of.domain),
        fit: {
          compatibleModelVersions: textsOf(of.compatible_model_versions, MAX_LIST, MAX_LIST_TEXT),
          maxModelVersion: textOf(of.max_model_version),
          minModelVersion: textOf(of.min_model_version),
          targetModules: textsOf(of.target_modules, MAX_LIST, MAX_LIST_TEXT),
        },
      }
    }
    case 'dataset': {
      const of = membersOf(field, [...SHARED_KEYS, ...KIND_KEYS.dataset])
      return { kind, datasetId: decimalOf(of.dataset_id, MAX_U64) }
    }
  }
}

/** Its kind says which keys it has. */
function kindOf(field: Field): ArtifactKind {
  const { value, path } = field
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  return oneOf({ path: `${path}.kind`, value: kind }, ['model', 'adapter', 'dataset'])
}

/** One locked artifact. */
export function artifactOf(field: Field): LockedArtifact {
  const kind = kindOf(field)
  const of = membersOf(field, [...SHARED_KEYS, ...KIND_KEYS[kind]])
  const digest = digestOf(of.digest)
  const isOneFile = digest.kind === 'sha256'
  const fileName = optional(of.file_name, fileNameOf)
  if ((fileName !== undefined) !== isOneFile) {
    throw wrongField(of.file_name, isOneFile ? 'is missing' : 'names one file beside a manifest')
  }
  const size = optional(of.size, (number) => integerOf(number, 0))
  if (size !== undefined && !isOneFile) throw wrongField(of.size, 'is the size of one file beside a manifest')
  const id = idOf(of.id)
  return {
    kind,
    id,
    version: versionOf(kind, of.version, id),
    status: oneOf(of.status, APPROVED_STATUSES),
    digest,
    cid: optional(of.cid, cidOf),
    size,
    diskBytes: optional(of.disk_bytes, (number) => integerOf(number, 0)),
    fileName,
    places: placesOf(of.places),
    approvedAtHeight: decimalOf(of.approved_at_height, MAX_U64),
    containerHash: optional(of.container_hash, (hash) =>
      textMatching(hash, IMAGE_DIGEST, 'the digest of an image'),
    ),
    facts: factsOf(kind, field),
  }
}
