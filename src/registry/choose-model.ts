/** Which model record a request means. */
import type { ReadTrust } from '../chain/index.ts'
import { isSafeName, R3mesError } from '../core/index.ts'
import { judgeModel, modelSubject } from './model-status.ts'
import { ambiguous, approvedVersions, notApproved } from './model-words.ts'
import { checkedName, listNames } from './printable.ts'
import {
  asIsProven,
  cannotBeProven,
  isNotApproved,
  mayBeMissing,
  notListedCompletely,
  OTHER_ENDPOINT,
} from './proof-words.ts'
import type { Malformed, ModelRecord, Present, Request, Snapshot, VersionRecord } from './types.ts'
import { groupByVersion } from './version-groups.ts'
import { canonicalVersion, isInRange, isSameVersion } from './versions.ts'

/** The chosen record, or why there is none. */
export type Choice<T extends ReadTrust = ReadTrust> =
  | {
      readonly ok: true
      readonly model: Present<ModelRecord, T>
      /** The version record that the chain's active pointer named. */
      readonly pointed?: Present<VersionRecord, T>
      readonly notices: readonly string[]
    }
  | { readonly ok: false; readonly problem: R3mesError }

function no(problem: R3mesError): Choice<never> {
  return { ok: false, problem }
}

function malformed(what: string, decoded: Malformed): Choice<never> {
  return no(
    new R3mesError(
      'RECORD_MALFORMED',
      `The record ${decoded.key} of ${what} is malformed: ${decoded.reason}. The registry has to write it again.`,
    ),
  )
}

function wellFormed<T extends ReadTrust>(snapshot: Snapshot<T>): Present<ModelRecord, T>[] {
  return snapshot.models.flatMap((model) => (model.ok ? [model] : []))
}

/** The models that a request of one version means: by name, where one was given, and by id in a frozen run. */
function isMeant({ modelName, lockedModelId }: Request, model: ModelRecord): boolean {
  const isNamed = modelName === undefined || model.name === modelName
  return isNamed && (lockedModelId === undefined || model.modelId === lockedModelId)
}

/** The one active model of exactly this version. `what` begins the sentence when there is none. */
function chooseVersion<T extends ReadTrust>(
  request: Request,
  snapshot: Snapshot<T>,
  text: string,
  what: string,
): Choice<T> {
  const { modelName } = request
  const ofVersion = wellFormed(snapshot).filter(({ record }) => isSameVersion(record.version, text))
  const named = ofVersion.filter(({ record }) => isMeant(request, record))
  const active = named.filter(({ record }) => record.isActive)
  const [model, ...others] = active
  const isIncomplete = mayBeMissing(snapshot.completeness.models)
  if (model !== undefined) {
    const records = active.map(({ record }) => record)
    if (others.length > 0) return no(ambiguous(records, canonicalVersion(text), modelName))
    const isSettled = !isIncomplete || request.lockedModelId !== undefined
    const notice = `The models on ${snapshot.chainId} could not be listed completely, so another one of the same version may be approved too.`
    return { ok: true, model, notices: isSettled ? [] : [notice] }
  }
  const broken = snapshot.models.find(
    (decoded) => !decoded.ok && decoded.knownAs !== undefined && isSameVersion(decoded.knownAs, text),
  )
  if (broken !== undefined && !broken.ok) return malformed('the model', broken)
  if (isIncomplete) {
    const consequence = `whether a model of version ${checkedName(canonicalVersion(text))} is approved cannot be proven`
    return no(notListedCompletely('The models', snapshot, consequence, OTHER_ENDPOINT))
  }
  const [retired] = named
  if (retired !== undefined) {
    return no(
      new R3mesError(
        'MODEL_INACTIVE',
        `${what} is in the registry but not active${asIsProven(snapshot)}.${approvedVersions(snapshot)}`,
      ),
    )
  }
  if (ofVersion.length > 0) {
    const names = listNames(ofVersion.flatMap(({ record }) => (record.isActive ? [record.name] : [])))
    return no(
      new R3mesError(
        'MODEL_NOT_APPROVED',
        `${what} ${isNotApproved(snapshot)} under the name that \`model-name\` gives. Names it is approved under: ${names === '' ? 'none that can be printed' : names}.`,
      ),
    )
  }
  return no(notApproved(snapshot, what, canonicalVersion(text)))
}

/** The newest version in the range that may be used; when none may, why the newest may not. */
function chooseFromRange<T extends ReadTrust>(
  request: Request,
  snapshot: Snapshot<T>,
  range: string,
): Choice<T> {
  if (mayBeMissing(snapshot.completeness.models)) {
    const consequence = 'which one is the newest in the range of `model-version` cannot be proven'
    const advice = 'Name one version, or another endpoint first in `rpc-urls`.'
    return no(notListedCompletely('The models', snapshot, consequence, advice))
  }
  const inRange = snapshot.models.filter((decoded) => {
    const version = decoded.ok ? decoded.record.version : decoded.knownAs
    const counts = version !== undefined && (!decoded.ok || decoded.record.isActive)
    return counts && isInRange(version, range)
  })
  let newestProblem: R3mesError | undefined
  for (const { version, part } of groupByVersion(snapshot, inRange)) {
    const choice = chooseVersion(request, part, version, `Model version \`${version}\``)
    const problem = choice.ok ? judgeModel(choice.model.record, part).problem : choice.problem
    if (choice.ok && problem === undefined) {
      const listing =
        snapshot.completeness.models === 'proven'
          ? `a listing that is proven complete at height ${snapshot.height}`
          : 'a listing that is not proven complete'
      const notice = `The range was resolved to model ${version}, from ${listing}.`
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
function followPointer<T extends ReadTrust>(
  request: Request,
  snapshot: Snapshot<T>,
  versionNumber: bigint,
): Choice<T> {
  const key = `modver_${versionNumber}`
  const brokenVersion = snapshot.versions.find((version) => !version.ok && version.key === key)
  if (brokenVersion !== undefined && !brokenVersion.ok) return malformed('the active version', brokenVersion)
  const pointed = snapshot.versions.find(
    (version) => version.ok && version.record.versionNumber === versionNumber,
  )
  if (pointed === undefined || !pointed.ok) {
    if (mayBeMissing(snapshot.completeness.versions)) {
      const consequence = `what the active version number ${versionNumber} is cannot be proven`
      return no(notListedCompletely('The model versions', snapshot, consequence, OTHER_ENDPOINT))
    }
    return no(
      inconsistent(`The active version is number ${versionNumber}, which the registry does not hold.`),
    )
  }
  const { modelId } = pointed.record
  const brokenModel = snapshot.models.find((model) => !model.ok && model.key === `modreg_${modelId}`)
  if (brokenModel !== undefined && !brokenModel.ok) return malformed('the active model', brokenModel)
  const model = wellFormed(snapshot).find(({ record }) => record.modelId === modelId)
  if (model === undefined) {
    if (mayBeMissing(snapshot.completeness.models)) {
      const consequence = `what the active model ${modelId} is cannot be proven`
      return no(notListedCompletely('The models', snapshot, consequence, OTHER_ENDPOINT))
    }
    return no(
      inconsistent(`The active version belongs to model ${modelId}, which the registry does not hold.`),
    )
  }
  if (request.modelName !== undefined && model.record.name !== request.modelName) {
    return no(
      new R3mesError(
        'MODEL_NOT_APPROVED',
        `The active model has another name than \`model-name\` gives: ${checkedName(model.record.name)}. Correct or remove \`model-name\`.`,
        { detail: model.record.name },
      ),
    )
  }
  if (!model.record.isActive) {
    const subject = modelSubject(model.record)
    return no(
      new R3mesError(
        'MODEL_INACTIVE',
        `The registry's active version is ${subject}, whose own record is not active.${approvedVersions(snapshot)}`,
      ),
    )
  }
  return { ok: true, model, pointed, notices: [] }
}

function chooseActive<T extends ReadTrust>(request: Request, snapshot: Snapshot<T>): Choice<T> {
  const { primaryVersion, globalModelVersion } = snapshot
  if (primaryVersion?.state === 'unprovable') {
    return no(cannotBeProven('Which model version is active', primaryVersion.problem))
  }
  if (primaryVersion?.state === 'present') {
    const { decoded } = primaryVersion
    return decoded.ok
      ? followPointer(request, snapshot, decoded.record.versionNumber)
      : malformed('the active version', decoded)
  }
  if (globalModelVersion?.state === 'present') {
    const { decoded } = globalModelVersion
    if (!decoded.ok) return malformed('the active version', decoded)
    const version = decoded.record.version.trim()
    if (version !== '') {
      return chooseVersion(request, snapshot, version, `The active model version ${checkedName(version)}`)
    }
  }
  return no(
    new R3mesError(
      'MODEL_NOT_APPROVED',
      `The registry names no active model version${asIsProven(snapshot)}.${approvedVersions(snapshot)} Name one in \`model-version\`.`,
    ),
  )
}

/** The version that the registry calls active, when that can be read and printed. For what is worth saying alone. */
export function activeVersion(snapshot: Snapshot, request: Request): string | undefined {
  const { modelName: _name, lockedModelId: _id, ...anyModel } = request
  const choice = chooseActive(anyModel, snapshot)
  const version = choice.ok ? canonicalVersion(choice.model.record.version) : ''
  return isSafeName(version) ? version : undefined
}

/** The model record that the request means. Not to be asked for a request of `none`. */
export function chooseModel<T extends ReadTrust>(request: Request, snapshot: Snapshot<T>): Choice<T> {
  const { modelVersion } = request
  const { globalModelVersion } = snapshot
  // It may name a CID of this very model, so none can be used without knowing what it says.
  if (globalModelVersion?.state === 'unprovable') {
    return no(cannotBeProven('The global model state', globalModelVersion.problem))
  }
  if (snapshot.models.length === 0) {
    if (mayBeMissing(snapshot.completeness.models)) {
      const consequence = 'whether any is approved cannot be proven'
      return no(notListedCompletely('The models', snapshot, consequence, OTHER_ENDPOINT))
    }
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
