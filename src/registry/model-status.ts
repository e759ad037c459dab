/** What a model's version records say about it: may it be used now? */
import { R3mesError } from '../core/index.ts'
import type { ModelRecord, Snapshot, VersionRecord } from './types.ts'
import { canonicalVersion } from './versions.ts'

export interface ModelStatus {
  /** The version record that decides; undefined when the model has none. */
  readonly deciding: VersionRecord | undefined
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
    `${subject[0]?.toUpperCase() ?? ''}${subject.slice(1)} ${why} Name another version, or \`active\`.`,
  )
}

function judge(model: ModelRecord, deciding: VersionRecord, height: bigint): ModelStatus {
  const accepted = (...notices: string[]): ModelStatus => ({ deciding, problem: undefined, notices })
  const rejected = (why: string): ModelStatus => ({ deciding, problem: inactive(model, why), notices: [] })
  const subject = modelSubject(model)
  if (deciding.activationHeight > height) {
    return rejected(
      `becomes active at height ${deciding.activationHeight}, and the chain was read at height ${height}.`,
    )
  }
  switch (deciding.status) {
    case 'active':
      return accepted()
    case 'migration':
      return accepted(`The registry is migrating away from or to ${subject}. Expect it to change.`)
    case 'deprecated':
      return accepted(`The registry deprecates ${subject}. Plan to move to a newer version.`)
    case 'rollback':
      return rejected('was rolled back by the registry.')
    default:
      return rejected('has a status in the registry that this program does not know.')
  }
}

/**
 * The model's standing at the snapshot's height: the version record with the highest number decides. A model without
 * version records stands by its own record alone.
 */
export function judgeModel(model: ModelRecord, snapshot: Snapshot): ModelStatus {
  const malformed = snapshot.versions.find(
    (version) => !version.ok && version.knownAs === model.modelId.toString(),
  )
  if (malformed !== undefined && !malformed.ok) {
    const problem = new R3mesError(
      'RECORD_MALFORMED',
      `The version record ${malformed.key} of ${modelSubject(model)} is malformed: ${malformed.reason}. The registry has to write it again.`,
    )
    return { deciding: undefined, problem, notices: [] }
  }
  const [deciding] = snapshot.versions
    .flatMap((version) => (version.ok && version.record.modelId === model.modelId ? [version.record] : []))
    .sort((a, b) => (a.versionNumber > b.versionNumber ? -1 : 1))
  if (deciding === undefined) return { deciding: undefined, problem: undefined, notices: [] }
  return judge(model, deciding, snapshot.height)
}
