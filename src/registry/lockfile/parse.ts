/** Reading a lockfile. It comes from a repository that anybody may have sent a change to, so nothing in it is taken for granted. */
import { isSafeName, parseChecksum, R3mesError, type SafePath, safePath } from '../../core/index.ts'
import { normaliseCid } from '../cid.ts'
import { MAX_LIST, MAX_LIST_TEXT } from '../limits.ts'
import { placeOf } from '../places.ts'
import { IMAGE_DIGEST } from '../plan-model.ts'
import { parseRequest } from '../request.ts'
import { parseStrictJson } from '../strict-json.ts'
import { APPROVED_STATUSES, type ArtifactKind, type KindFacts } from '../types.ts'
import {
  booleanOf,
  decimalOf,
  elementsOf,
  type Field,
  heightOf,
  integerOf,
  lockInvalid,
  membersOf,
  oneOf,
  optional,
  textMatching,
  textOf,
  textsOf,
  wrongField,
} from './fields.ts'
import { rawRequestOf } from './request.ts'
import {
  LOCKFILE_VERSION,
  type LockAnchor,
  type LockedArtifact,
  type LockedRequest,
  type Lockfile,
} from './types.ts'

/** Largest lockfile that is read, in bytes. */
export const LOCKFILE_LIMIT = 4 * 1024 * 1024
const MAX_DEPTH = 6
const MAX_ARTIFACTS = 5000
const MAX_PLACES = 16
const MAX_REQUESTED = 5000
const MAX_U64 = 2n ** 64n - 1n

const CONFLICT_MARKER = /^(?:<{7}|\|{7}|={7}|>{7})(?:[ \r]|$)/m
const CHAIN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const HEADER_HASH = /^[0-9A-F]{64}$/
const ORIGIN = /^[A-Za-z0-9][A-Za-z0-9 .,:/_()[\]-]{0,999}$/

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

function timeOf(field: Field): Date {
  const text = textOf(field, 40)
  const time = new Date(text)
  // One spelling only, so that what is written back is what was read.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text) {
    throw wrongField(field, 'is no time such as 2026-01-31T12:00:00.000Z')
  }
  return time
}

function anchorOf(field: Field): LockAnchor {
  const { hash, height, origin, time } = membersOf(field, ['hash', 'height', 'origin', 'time'])
  const anchorHeight = heightOf(height)
  if (anchorHeight < 2n) throw wrongField(height, 'is lower than 2, and no lower header proves any records')
  return {
    hash: textMatching(hash, HEADER_HASH, '64 upper-case hexadecimal digits'),
    height: anchorHeight,
    origin: textMatching(origin, ORIGIN, 'plain text of at most 1000 letters, digits and a few marks'),
    time: timeOf(time),
  }
}

/** What was asked has to be something that could be asked. */
function requestOf(field: Field): LockedRequest {
  const members = membersOf(field, ['adapters', 'datasets', 'model_name', 'model_version', 'require_dataset'])
  const request = {
    adapters: textsOf(members.adapters, MAX_REQUESTED, 300),
    datasets: textsOf(members.datasets, MAX_REQUESTED, 300),
    modelName: optional(members.model_name, textOf),
    modelVersion: textOf(members.model_version),
    requireDataset: booleanOf(members.require_dataset),
  }
  try {
    parseRequest(rawRequestOf(request))
  } catch (thrown) {
    if (!(thrown instanceof R3mesError)) throw thrown
    throw lockInvalid(`\`${field.path}\` is no request that could be made`, thrown.message)
  }
  return request
}

function idOf(field: Field): string {
  const id = textOf(field, 200)
  if (!isSafeName(id)) throw wrongField(field, 'is no name that a file could have')
  return id
}

function versionOf(field: Field): string {
  return field.value === '' ? '' : idOf(field)
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

function artifactOf(field: Field): LockedArtifact {
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
  return {
    kind,
    id: idOf(of.id),
    version: versionOf(of.version),
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

function artifactsOf(field: Field): readonly LockedArtifact[] {
  const seen = new Set<string>()
  return elementsOf(field, MAX_ARTIFACTS).map((element) => {
    const artifact = artifactOf(element)
    // A plan has one model, so a lockfile has.
    const name = artifact.kind === 'model' ? 'model' : `${artifact.kind} ${artifact.id.toLowerCase()}`
    if (seen.has(name)) throw lockInvalid(`\`${element.path}\` locks something for the second time`, name)
    seen.add(name)
    return artifact
  })
}

function documentOf(text: string): Field {
  if (CONFLICT_MARKER.test(text)) {
    throw new R3mesError(
      'LOCK_INVALID',
      'The lockfile holds the marks of a merge conflict. Take the version of one side, then run `r3mes lock --update`.',
    )
  }
  const limits = { maxBytes: LOCKFILE_LIMIT, maxDepth: MAX_DEPTH }
  const json = parseStrictJson(new TextEncoder().encode(text), limits)
  if (!json.ok) throw lockInvalid(json.why)
  return { path: '', value: json.value }
}

/** Another version has other keys, so it is looked at first. */
function assertVersion({ value }: Field): void {
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
  if (version === LOCKFILE_VERSION) return
  const isNewer = typeof version === 'number' && version > LOCKFILE_VERSION
  throw isNewer
    ? new R3mesError(
        'LOCK_INVALID',
        'The lockfile was written by a newer version of this program. Use that version, or write the lockfile again with `r3mes lock`.',
      )
    : lockInvalid(`its \`version\` is not ${LOCKFILE_VERSION}`)
}

/**
 * A lockfile from its text.
 *
 * @throws R3mesError `LOCK_INVALID`, saying which field is wrong; nothing else, whatever the text
 */
export function parseLockfile(text: string): Lockfile {
  if (text.length > LOCKFILE_LIMIT) throw lockInvalid(`it is larger than ${LOCKFILE_LIMIT} bytes`)
  const document = documentOf(text)
  assertVersion(document)
  const of = membersOf(document, [
    'anchor',
    'artifacts',
    'authority',
    'chain_id',
    'registry',
    'request',
    'trusting_period_seconds',
    'unbonding_seconds',
    'version',
  ])
  if (of.authority.value !== null) throw wrongField(of.authority, 'is not null')
  return {
    chainId: textMatching(of.chain_id, CHAIN_ID, 'the id of a chain'),
    registry: oneOf(of.registry, ['module']),
    authority: null,
    anchor: anchorOf(of.anchor),
    trustingPeriodSeconds: integerOf(of.trusting_period_seconds, 1),
    unbondingSeconds: optional(of.unbonding_seconds, (number) => integerOf(number, 1)),
    request: requestOf(of.request),
    artifacts: artifactsOf(of.artifacts),
  }
}
