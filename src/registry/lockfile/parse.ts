/** Reading a lockfile. It comes from a repository that anybody may have sent a change to, so nothing in it is taken for granted. */
import { parseStrictJson, R3mesError } from '../../core/index.ts'
import { parseRequest } from '../request.ts'
import {
  booleanOf,
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
import { artifactOf } from './parse-artifact.ts'
import { rawRequestOf } from './request.ts'
import {
  LOCKFILE_VERSION,
  type LockAnchor,
  type LockedArtifact,
  type LockedRequest,
  type Lockfile,
} from './types.ts'

/** Largest lockfile that is read, in bytes. One of a thousand artifacts has about a MiB. */
export const LOCKFILE_LIMIT = 4 * 1024 * 1024
const MAX_DEPTH = 6
const MAX_ARTIFACTS = 5000
const MAX_REQUESTED = 5000

/** Seconds. No longer period can be typed, so none is recorded: whoever wrote one wants an old block to count for ever. */
const MOST_TRUSTING_PERIOD = 365 * 24 * 60 * 60

const CONFLICT_MARKER = /^(?:<{7}|\|{7}|={7}|>{7})(?:[ \r]|$)/m
const CHAIN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const HEADER_HASH = /^[0-9A-F]{64}$/
const ORIGIN = /^[A-Za-z0-9][A-Za-z0-9 .,:/_()[\]-]{0,999}$/

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
  const trustingPeriodSeconds = integerOf(of.trusting_period_seconds, 1)
  const unbondingSeconds = optional(of.unbonding_seconds, (number) => integerOf(number, 1))
  if (trustingPeriodSeconds > MOST_TRUSTING_PERIOD) {
    throw wrongField(of.trusting_period_seconds, 'is longer than 365 days')
  }
  // Validators that can no longer be punished may sign anything: CometBFT demands the same of its light clients.
  if (unbondingSeconds !== undefined && trustingPeriodSeconds >= unbondingSeconds) {
    throw wrongField(of.trusting_period_seconds, 'is not shorter than `unbonding_seconds`')
  }
  return {
    chainId: textMatching(of.chain_id, CHAIN_ID, 'the id of a chain'),
    registry: oneOf(of.registry, ['module']),
    authority: null,
    anchor: anchorOf(of.anchor),
    trustingPeriodSeconds,
    unbondingSeconds,
    request: requestOf(of.request),
    artifacts: artifactsOf(of.artifacts),
  }
}
