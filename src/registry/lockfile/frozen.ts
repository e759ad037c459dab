/** Frozen runs: what is asked is resolved from the lockfile, and what is approved has to be what was locked. */
import type { ReadTrust } from '../../chain/index.ts'
import { R3mesError } from '../../core/index.ts'
import { checkedName } from '../printable.ts'
import type { AdapterRequest, Plan, Request, VersionRequest } from '../types.ts'
import { canonicalVersion, compareVersions, isInRange, isSameVersion } from '../versions.ts'
import { changedFacts, describeFact, FROZEN_FACTS, lockedName } from './facts.ts'
import { lockedArtifactOf } from './lock.ts'
import type { LockedArtifact, Lockfile } from './types.ts'

/** A request with nothing left to choose. Whoever uses it stops when `problems` is not empty. */
export interface FrozenRequest {
  readonly request: Request
  /** `LOCK_MISMATCH`, one for each thing that is asked but not locked. */
  readonly problems: readonly R3mesError[]
  /** The same of datasets that are not required: warnings. */
  readonly datasetProblems: readonly R3mesError[]
}

function mismatch(what: string): R3mesError {
  return new R3mesError(
    'LOCK_MISMATCH',
    `${what} Run \`r3mes lock --update\` with what you need, review the change and commit it.`,
  )
}

interface LockedModel extends LockedArtifact {
  readonly facts: Extract<LockedArtifact['facts'], { kind: 'model' }>
}

export function lockedModel(lock: Lockfile): LockedModel | undefined {
  return lock.artifacts.find((artifact): artifact is LockedModel => artifact.facts.kind === 'model')
}

export function lockedAdapter(lock: Lockfile, id: string): LockedArtifact | undefined {
  return lock.artifacts.find((artifact) => artifact.kind === 'adapter' && artifact.id === id)
}

/** By its id in digits, else by its name: as a request names it. */
export function lockedDataset(lock: Lockfile, wanted: string): LockedArtifact | undefined {
  const byId = lock.artifacts.find(
    ({ facts }) =>
      facts.kind === 'dataset' && /^\d{1,20}$/.test(wanted) && facts.datasetId === BigInt(wanted),
  )
  return byId ?? lock.artifacts.find((artifact) => artifact.kind === 'dataset' && artifact.id === wanted)
}

function meansModel(wanted: VersionRequest, model: LockedArtifact): boolean {
  switch (wanted.kind) {
    case 'active':
    case 'none':
      return true
    case 'version':
      return isSameVersion(wanted.text, model.version)
    case 'range':
      return isInRange(model.version, wanted.text)
  }
}

type ModelPart = Pick<Request, 'modelVersion' | 'modelName' | 'lockedModelId'>

function resolveModel(request: Request, lock: Lockfile): ModelPart | R3mesError {
  if (request.modelVersion.kind === 'none') return { modelVersion: request.modelVersion }
  const model = lockedModel(lock)
  if (model === undefined) return mismatch('A model is asked for, and the lockfile has none.')
  if (!meansModel(request.modelVersion, model)) {
    return mismatch(
      `The model that \`model-version\` asks for is not locked: the lockfile has ${checkedName(model.version)}.`,
    )
  }
  const { name, modelId } = model.facts
  if (request.modelName !== undefined && request.modelName !== name) {
    return mismatch('The locked model has another name than `model-name` gives.')
  }
  return {
    modelVersion: { kind: 'version', text: model.version },
    ...(name === '' ? {} : { modelName: name }),
    lockedModelId: modelId,
  }
}

function resolveAdapter(wanted: AdapterRequest, lock: Lockfile): AdapterRequest | R3mesError {
  const locked = lockedAdapter(lock, wanted.id)
  if (locked === undefined) return mismatch(`Adapter \`${wanted.id}\` is not in the lockfile.`)
  if (wanted.version !== undefined && !isSameVersion(wanted.version, locked.version)) {
    const version = locked.version === '' ? 'another version' : `\`${locked.version}\``
    return mismatch(`Adapter \`${wanted.id}\` is locked as ${version}, not as \`${wanted.version}\`.`)
  }
  return wanted
}

/** The locked adapters of a domain, where the lockfile was written for that domain. */
function resolveDomain(
  domain: Request['adapterDomains'][number],
  lock: Lockfile,
): readonly AdapterRequest[] | R3mesError {
  const members = lock.artifacts.filter(
    ({ facts }) => facts.kind === 'adapter' && facts.domain.trim() === domain,
  )
  const isLocked = lock.request.adapters.some((line) => line.trim() === `domain:${domain}`)
  return !isLocked || members.length === 0
    ? mismatch(`\`domain:${domain}\` is not in the lockfile.`)
    : members.map(({ id }) => ({ id: id as AdapterRequest['id'] }))
}

function resolveDataset(wanted: string, lock: Lockfile): string | R3mesError {
  const locked = lockedDataset(lock, wanted)
  return locked?.facts.kind === 'dataset'
    ? locked.facts.datasetId.toString()
    : mismatch(`Dataset ${checkedName(wanted)} is not in the lockfile.`)
}

/** Splits what was resolved from what was not. */
function partition<T>(outcomes: readonly (T | R3mesError)[]): {
  readonly found: readonly T[]
  readonly problems: readonly R3mesError[]
} {
  return {
    found: outcomes.flatMap((outcome) => (outcome instanceof R3mesError ? [] : [outcome])),
    problems: outcomes.flatMap((outcome) => (outcome instanceof R3mesError ? [outcome] : [])),
  }
}

/**
 * The request as the lockfile settles it: `active` and ranges are the locked version, domains the locked adapters, datasets their
 * ids. Nothing that is not locked is looked for.
 */
export function resolveFromLock(request: Request, lock: Lockfile): FrozenRequest {
  const model = partition([resolveModel(request, lock)])
  const adapters = partition(request.adapters.map((wanted) => resolveAdapter(wanted, lock)))
  const domains = partition(request.adapterDomains.map((domain) => resolveDomain(domain, lock)))
  const datasets = partition(request.datasets.map((wanted) => resolveDataset(wanted, lock)))
  const named = new Set<string>(adapters.found.map(({ id }) => id))
  const ofDomains = domains.found.flat().filter(({ id }) => !named.has(id))
  const { modelVersion, modelName: _, ...rest } = request
  return {
    request: {
      ...rest,
      modelVersion,
      ...model.found[0],
      adapters: [...adapters.found, ...new Map(ofDomains.map((adapter) => [adapter.id, adapter])).values()],
      adapterDomains: [],
      datasets: [...new Set(datasets.found)],
    },
    problems: [
      ...model.problems,
      ...adapters.problems,
      ...domains.problems,
      ...(request.requireDataset ? datasets.problems : []),
    ],
    datasetProblems: request.requireDataset ? [] : datasets.problems,
  }
}

/**
 * One `LOCK_MISMATCH` for each locked artifact that the request does not lead to: a comparison of what is asked for passes it by,
 * and a run under `trust: lockfile` would take it.
 *
 * @param request as {@link resolveFromLock} gives it
 */
export function unrequestedProblems(request: Request, lock: Lockfile): readonly R3mesError[] {
  const isAsked = ({ facts, id }: LockedArtifact): boolean => {
    switch (facts.kind) {
      case 'model':
        return request.modelVersion.kind !== 'none'
      case 'adapter':
        return request.adapters.some((adapter) => adapter.id === id)
      case 'dataset':
        return request.datasets.includes(facts.datasetId.toString())
    }
  }
  return lock.artifacts.flatMap((artifact) =>
    isAsked(artifact)
      ? []
      : [mismatch(`${subjectOf(artifact)} is locked, but the lockfile's own request does not ask for it.`)],
  )
}

function subjectOf(artifact: LockedArtifact): string {
  const name = lockedName(artifact)
  return `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`
}

function counterpart(artifact: LockedArtifact, lock: Lockfile): LockedArtifact | undefined {
  switch (artifact.facts.kind) {
    case 'model':
      return lockedModel(lock)
    case 'adapter':
      return lockedAdapter(lock, artifact.id)
    case 'dataset':
      return lockedDataset(lock, artifact.facts.datasetId.toString())
  }
}

function compareOne(artifact: LockedArtifact, lock: Lockfile): R3mesError[] {
  const locked = counterpart(artifact, lock)
  const subject = subjectOf(artifact)
  if (locked === undefined) return [mismatch(`${subject} is not in the lockfile.`)]
  if (locked.id !== artifact.id) {
    return [mismatch(`${subject} was another one when it was locked: ${lockedName(locked)}.`)]
  }
  const changed = changedFacts(locked, artifact, FROZEN_FACTS)
  if (changed.length === 0) return []
  const words = changed.map((fact) => describeFact(locked, artifact, fact)).join('; ')
  return [mismatch(`${subject} changed since it was locked: ${words}.`)]
}

function foreignChain(plan: Plan<ReadTrust>, lock: Lockfile): R3mesError | undefined {
  return plan.chainId === lock.chainId
    ? undefined
    : mismatch(`The lockfile was written for ${lock.chainId}, and ${plan.chainId} was read.`)
}

/**
 * The plan of a frozen run: one `LOCK_MISMATCH` for each artifact whose record changed digest, size, compatibility or status since it
 * was locked; a changed dataset that is not required is left out with a warning; a newer active model is a notice. What is locked
 * but not asked for is not looked at.
 */
export function holdToLock<T extends ReadTrust>(plan: Plan<T>, lock: Lockfile): Plan<T> {
  const foreign = foreignChain(plan, lock)
  const judged = plan.artifacts.map((artifact) => {
    const problems = foreign === undefined ? compareOne(lockedArtifactOf(artifact), lock) : []
    return { artifact, problems }
  })
  const problemsOf = (required: boolean) =>
    judged.flatMap(({ artifact, problems }) => (artifact.required === required ? problems : []))
  return {
    ...plan,
    artifacts: judged.flatMap(({ artifact, problems }) =>
      problems.length === 0 || artifact.required ? [artifact] : [],
    ),
    problems: [...plan.problems, ...(foreign === undefined ? [] : [foreign]), ...problemsOf(true)],
    datasetProblems: [...plan.datasetProblems, ...problemsOf(false)],
    notices: [...plan.notices, ...lockNotices(plan, lock)],
  }
}

function lockNotices(plan: Plan<ReadTrust>, lock: Lockfile): readonly string[] {
  const model = lockedModel(lock)
  const active = plan.activeModelVersion
  if (model === undefined || plan.modelVersion === undefined || active === undefined) return []
  if (isSameVersion(active, model.version)) return []
  const order = compareVersions(active, model.version)
  const what = order !== undefined && order > 0 ? 'a newer one' : 'another one'
  return [
    `The lockfile keeps model ${model.version}; the registry's active version is ${what}, ${canonicalVersion(active)}. \`r3mes lock --update\` moves to it.`,
  ]
}
