/** What a model's version records say about it: may it be used now? */
import type { ReadTrust } from '../chain/index.ts'
import { R3mesError } from '../core/index.ts'
import { asIsProven, mayBeMissing, notListedCompletely, OTHER_ENDPOINT } from './proof-words.ts'
import type { ApprovedStatus, ModelRecord, Present, Snapshot, VersionRecord } from './types.ts'
import { canonicalVersion } from './versions.ts'

export interface ModelStatus<T extends ReadTrust = ReadTrust> {
  /** The version record that decides; undefined when the model has none. */
  readonly deciding: Present<VersionRecord, T> | undefined
  /** How the registry stands to the model, where nothing stands against it. */
  readonly status: ApprovedStatus
  readonly problem: R3mesError | undefined
  readonly notices: readonly string[]
}

/** `model 1.0.0`, or `model 3` by its id when the version cannot be printed. */
export function modelSubject(model: ModelRecord): string {
  const version = canonicalVersion(model.version)
  return /^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$/.test(version) ? `model ${version}` : `model id ${model.modelId}`
}

function inactive(model: ModelRecord, why: string): R3mesError {
  const subject = modelSubject(model)
  return new R3mesError(
    'MODEL_INACTIVE',
    `${subject[0]?.toUpperCase() ?? ''}${subject.slice(1)} ${why}. Name another version, or \`active\`.`,
  )
}

function judge<T extends ReadTrust>(
  model: ModelRecord,
  deciding: Present<VersionRecord, T>,
  snapshot: Snapshot<T>,
): ModelStatus<T> {
  const { record } = deciding
  const accepted = (status: ApprovedStatus, ...notices: string[]): ModelStatus<T> => ({
    deciding,
    status,
    problem: undefined,
    notices,
  })
  const rejected = (why: string): ModelStatus<T> => ({
    deciding,
    status: 'active',
    problem: inactive(model, `${why}${asIsProven(snapshot)}`),
    notices: [],
  })
  const subject = modelSubject(model)
  if (record.activationHeight > snapshot.height) {
    return rejected(
      `becomes active at height ${record.activationHeight}, and the chain was read at height ${snapshot.height}`,
    )
  }
  switch (record.status) {
    case 'active':
      return accepted('active')
    case 'migration':
      return accepted(
        'migration',
        `The registry is migrating away from or to ${subject}. Expect it to change.`,
      )
    case 'deprecated':
      return accepted('deprecated', `The registry deprecates ${subject}. Plan to move to a newer version.`)
    case 'rollback':
      return rejected('was rolled back by the registry')
    default:
      return rejected('has a status in the registry that this program does not know')
  }
}

/** A problem in place of a status. */
function undecided(problem: R3mesError): ModelStatus<never> {
  return { deciding: undefined, status: 'active', problem, notices: [] }
}

/**
 * The model's standing at the snapshot's height: the version record with the highest number decides. A model without
 * version records stands by its own record alone. Where version records may be missing, nothing is decided: the missing one
 * could be a rollback.
 */
export function judgeModel<T extends ReadTrust>(model: ModelRecord, snapshot: Snapshot<T>): ModelStatus<T> {
  const malformed = snapshot.versions.find(
    (version) => !version.ok && version.knownAs === model.modelId.toString(),
  )
  if (malformed !== undefined && !malformed.ok) {
    return undecided(
      new R3mesError(
        'RECORD_MALFORMED',
        `The version record ${malformed.key} of ${modelSubject(model)} is malformed: ${malformed.reason}. The registry has to write it again.`,
      ),
    )
  }
  if (mayBeMissing(snapshot.completeness.versions)) {
    const consequence = `whether ${modelSubject(model)} was rolled back cannot be proven`
    return undecided(notListedCompletely('The model versions', snapshot, consequence, OTHER_ENDPOINT))
  }
  const [deciding] = snapshot.versions
    .flatMap((version) => (version.ok && version.record.modelId === model.modelId ? [version] : []))
    .sort((a, b) => (a.record.versionNumber > b.record.versionNumber ? -1 : 1))
  if (deciding === undefined) {
    return { deciding: undefined, status: 'active', problem: undefined, notices: [] }
  }
  return judge(model, deciding, snapshot)
}
