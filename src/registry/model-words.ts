/** Why no model could be chosen, and which ones could be. */
import { R3mesError } from '../core/index.ts'
import { judgeModel } from './model-status.ts'
import { checkedName, listNames } from './printable.ts'
import { isNotApproved, mayBeMissing } from './proof-words.ts'
import { didYouMean } from './suggest.ts'
import type { ModelRecord, Snapshot } from './types.ts'
import { groupByVersion, type VersionGroup } from './version-groups.ts'

/** How many versions are looked at for a message: registries can be long. */
const MOST_JUDGED = 50
/** How many of the models that share a version are named. */
const MOST_NAMED = 10

/** The active records by version, newest first. */
function activeGroups(snapshot: Snapshot): readonly VersionGroup[] {
  return groupByVersion(
    snapshot,
    snapshot.models.filter((model) => model.ok && model.record.isActive),
  )
}

function isUsable({ part }: VersionGroup): boolean {
  return part.models
    .slice(0, MOST_JUDGED)
    .some((model) => model.ok && judgeModel(model.record, part).problem === undefined)
}

/** ` Approved versions: 2.0.0, 1.0.0.`, of the newest ones that may be used now. */
export function approvedVersions(snapshot: Snapshot): string {
  const usable = activeGroups(snapshot).slice(0, MOST_JUDGED).filter(isUsable)
  const listed = listNames(usable.map(({ version }) => version))
  const unreadable = snapshot.models.filter((model) => !model.ok).length
  const rest = unreadable === 0 ? '' : ` ${unreadable} malformed model records could not be looked at.`
  const { completeness } = snapshot
  if (mayBeMissing(completeness.models) || mayBeMissing(completeness.versions)) {
    const some = listed === '' ? '' : ` Some of them: ${listed}.`
    return ` The approved versions could not be listed completely.${some}${rest}`
  }
  const advice =
    listed === '' ? ' No version is approved.' : ` Approved versions: ${listed}. Choose one of them.`
  return `${advice}${rest}`
}

export function notApproved(snapshot: Snapshot, what: string, wanted: string): R3mesError {
  const versions = activeGroups(snapshot).map(({ version }) => version)
  return new R3mesError(
    'MODEL_NOT_APPROVED',
    `${what} ${isNotApproved(snapshot)}.${didYouMean(wanted, versions)}${approvedVersions(snapshot)}`,
  )
}

export function ambiguous(
  models: readonly ModelRecord[],
  version: string,
  modelName: string | undefined,
): R3mesError {
  if (modelName !== undefined) {
    return new R3mesError(
      'MODEL_AMBIGUOUS',
      `${models.length} approved models share the version ${checkedName(version)} and the name ${checkedName(modelName)} (ids ${models
        .slice(0, MOST_NAMED)
        .map((model) => model.modelId)
        .join(', ')}). The registry has to retire all but one.`,
    )
  }
  const names = listNames(models.map((model) => model.name).sort())
  return new R3mesError(
    'MODEL_AMBIGUOUS',
    `${models.length} approved models have the version ${checkedName(version)}. Set \`model-name\` to one of: ${names === '' ? 'their names in the registry, which cannot be printed here' : names}.`,
    {
      detail: models
        .slice(0, MOST_NAMED)
        .map((model) => model.name)
        .join('\n'),
    },
  )
}
