/** Which model record a request means. */
import { R3mesError } from '../core/index.ts'
import { judgeModel, modelSubject } from './model-status.ts'
import { checkedName, listNames } from './printable.ts'
import { didYouMean } from './suggest.ts'
import type { Decoded, ModelRecord, Request, Snapshot, VersionRecord } from './types.ts'
import { groupByVersion, type VersionGroup } from './version-groups.ts'
import { canonicalVersion, isInRange, isSameVersion } from './versions.ts'

/** How many versions are looked at for a message: registries can be long. */
const MOST_JUDGED = 50
/** How many of the models that share a version are named. */
const MOST_NAMED = 10

/** The chosen record, or why there is none. */
export type Choice =
  | {
      readonly ok: true
      readonly model: ModelRecord
      /** The version record that the chain's active pointer named. */
      readonly pointed?: VersionRecord
      readonly notices: readonly string[]
    }
  | { readonly ok: false; readonly problem: R3mesError }

function no(problem: R3mesError): Choice {
  return { ok: false, problem }
}

function malformed(what: string, decoded: Extract<Decoded<unknown>, { ok: false }>): Choice {
  return no(
    new R3mesError(
      'RECORD_MALFORMED',
      `The record ${decoded.key} of ${what} is malformed: ${decoded.reason}. The registry has to write it again.`,
    ),
  )
}

function wellFormed(snapshot: Snapshot): ModelRecord[] {
  return snapshot.models.flatMap((model) => (model.ok ? [model.record] : []))
}

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
function approvedVersions(snapshot: Snapshot): string {
  const usable = activeGroups(snapshot).slice(0, MOST_JUDGED).filter(isUsable)
  const listed = listNames(usable.map(({ version }) => version))
  const unreadable = snapshot.models.length - wellFormed(snapshot).length
  const rest = unreadable === 0 ? '' : ` ${unreadable} malformed model records could not be looked at.`
  const advice =
    listed === '' ? ' No version is approved.' : ` Approved versions: ${listed}. Choose one of them.`
  return `${advice}${rest}`
}

function notApproved(snapshot: Snapshot, what: string, wanted: string): R3mesError {
  const versions = activeGroups(snapshot).map(({ version }) => version)
  return new R3mesError(
    'MODEL_NOT_APPROVED',
    `${what} is not approved on ${snapshot.chainId} at height ${snapshot.height}.${didYouMean(wanted, versions)}${approvedVersions(snapshot)}`,
  )
}

function ambiguous(
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

/** The one active model of exactly this version. `what` begins the sentence when there is none. */
function chooseVersion(request: Request, snapshot: Snapshot, text: string, what: string): Choice {
  const { modelName } = request
  const ofVersion = wellFormed(snapshot).filter((model) => isSameVersion(model.version, text))
  const named = ofVersion.filter((model) => modelName === undefined || model.name === modelName)
  const active = named.filter((model) => model.isActive)
  const [model, ...others] = active
  if (model !== undefined) {
    return others.length > 0
      ? no(ambiguous(active, canonicalVersion(text), modelName))
      : { ok: true, model, notices: [] }
  }
  const broken = snapshot.models.find(
    (decoded) => !decoded.ok && decoded.knownAs !== undefined && isSameVersion(decoded.knownAs, text),
  )
  if (broken !== undefined && !broken.ok) return malformed('the model', broken)
  const [retired] = named
  if (retired !== undefined) {
    return no(
      new R3mesError(
        'MODEL_INACTIVE',
        `${what} is in the registry but not active.${approvedVersions(snapshot)}`,
      ),
    )
  }
  if (ofVersion.length > 0) {
    const names = listNames(ofVersion.filter((other) => other.isActive).map((other) => other.name))
    return no(
      new R3mesError(
        'MODEL_NOT_APPROVED',
        `${what} is not approved under the name that \`model-name\` gives. Names it is approved under: ${names === '' ? 'none that can be printed' : names}.`,
      ),
    )
  }
  return no(notApproved(snapshot, what, canonicalVersion(text)))
}

/** The newest version in the range that may be used; when none may, why the newest may not. */
function chooseFromRange(request: Request, snapshot: Snapshot, range: string): Choice {
  const inRange = snapshot.models.filter((decoded) => {
    const version = decoded.ok ? decoded.record.version : decoded.knownAs
    const counts = version !== undefined && (!decoded.ok || decoded.record.isActive)
    return counts && isInRange(version, range)
  })
  let newestProblem: R3mesError | undefined
  for (const { version, part } of groupByVersion(snapshot, inRange)) {
    const choice = chooseVersion(request, part, version, `Model version \`${version}\``)
    const problem = choice.ok ? judgeModel(choice.model, part).problem : choice.problem
    if (choice.ok && problem === undefined) {
      const notice = `The range was resolved to model ${version}, from a listing that is not proven complete.`
      return { ...choice, notices: [...choice.notices, notice] }
    }
    const isRefused = problem?.code === 'MODEL_INACTIVE' || problem?.code === 'MODEL_NOT_APPROVED'
    if (problem !== undefined && !isRefused) return no(problem)
    newestProblem ??= problem
  }
  return no(
    newestProblem ??
      new R3mesError(
        'MODEL_NOT_APPROVED',
        `No approved model version lies in the range that \`model-version\` gives.${approvedVersions(snapshot)}`,
        { detail: range },
      ),
  )
}

function inconsistent(what: string): R3mesError {
  return new R3mesError(
    'REGISTRY_INCONSISTENT',
    `${what} The registry has to be mended; until then name a \`model-version\`.`,
  )
}

/** `amv_` → `modver_` → `modreg_`. */
function followPointer(request: Request, snapshot: Snapshot, versionNumber: bigint): Choice {
  const key = `modver_${versionNumber}`
  const brokenVersion = snapshot.versions.find((version) => !version.ok && version.key === key)
  if (brokenVersion !== undefined && !brokenVersion.ok) return malformed('the active version', brokenVersion)
  const pointed = snapshot.versions.find(
    (version) => version.ok && version.record.versionNumber === versionNumber,
  )
  if (pointed === undefined || !pointed.ok) {
    return no(
      inconsistent(`The active version is number ${versionNumber}, which the registry does not hold.`),
    )
  }
  const { modelId } = pointed.record
  const brokenModel = snapshot.models.find((model) => !model.ok && model.key === `modreg_${modelId}`)
  if (brokenModel !== undefined && !brokenModel.ok) return malformed('the active model', brokenModel)
  const model = wellFormed(snapshot).find((record) => record.modelId === modelId)
  if (model === undefined) {
    return no(
      inconsistent(`The active version belongs to model ${modelId}, which the registry does not hold.`),
    )
  }
  if (request.modelName !== undefined && model.name !== request.modelName) {
    return no(
      new R3mesError(
        'MODEL_NOT_APPROVED',
        `The active model has another name than \`model-name\` gives: ${checkedName(model.name)}. Correct or remove \`model-name\`.`,
        { detail: model.name },
      ),
    )
  }
  if (!model.isActive) {
    const subject = modelSubject(model)
    return no(
      new R3mesError(
        'MODEL_INACTIVE',
        `The registry's active version is ${subject}, whose own record is not active.${approvedVersions(snapshot)}`,
      ),
    )
  }
  return { ok: true, model, pointed: pointed.record, notices: [] }
}

function chooseActive(request: Request, snapshot: Snapshot): Choice {
  const { primaryVersion, globalModelVersion } = snapshot
  if (primaryVersion !== undefined) {
    return primaryVersion.ok
      ? followPointer(request, snapshot, primaryVersion.record.versionNumber)
      : malformed('the active version', primaryVersion)
  }
  if (globalModelVersion !== undefined && !globalModelVersion.ok) {
    return malformed('the active version', globalModelVersion)
  }
  const version = globalModelVersion?.record.version.trim() ?? ''
  if (version !== '') {
    return chooseVersion(request, snapshot, version, `The active model version ${checkedName(version)}`)
  }
  return no(
    new R3mesError(
      'MODEL_NOT_APPROVED',
      `The registry names no active model version.${approvedVersions(snapshot)} Name one in \`model-version\`.`,
    ),
  )
}

/** The model record that the request means. Not to be asked for a request of `none`. */
export function chooseModel(request: Request, snapshot: Snapshot): Choice {
  const { modelVersion } = request
  if (snapshot.models.length === 0) {
    return no(
      new R3mesError(
        'REGISTRY_EMPTY',
        `The registry on ${snapshot.chainId} holds no models at height ${snapshot.height}. Check \`chain-id\` and \`rpc-urls\`; \`model-version: none\` brings datasets alone.`,
      ),
    )
  }
  switch (modelVersion.kind) {
    case 'version': {
      const what = `Model version ${checkedName(canonicalVersion(modelVersion.text))}`
      return chooseVersion(request, snapshot, modelVersion.text, what)
    }
    case 'range':
      return chooseFromRange(request, snapshot, modelVersion.text)
    case 'active':
    case 'none':
      return chooseActive(request, snapshot)
  }
}
