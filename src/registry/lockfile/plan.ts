/** `trust: lockfile`: planning without asking a chain, for machines that reach none. */
import { isSafeName, type Place, R3mesError, type SafeName, safeName } from '../../core/index.ts'
import { type PlanOptions, tooLarge } from '../artifact.ts'
import { isSameCid } from '../cid.ts'
import { isCompatible } from '../compatibility.ts'
import type { TargetingAdapter } from '../conflict.ts'
import { placeOf } from '../places.ts'
import { incompatibleAdapter, judgeConflicts } from '../plan-adapters.ts'
import { modelStoreName } from '../plan-model.ts'
import type { Plan, PlannedArtifact, Request } from '../types.ts'
import { lockedName } from './facts.ts'
import { lockedAdapter, lockedDataset, lockedModel, resolveFromLock } from './frozen.ts'
import type { LockedArtifact, Lockfile } from './types.ts'

function placesOf(locked: LockedArtifact, options: PlanOptions): readonly Place[] {
  const named = locked.places.flatMap((text) => placeOf(text, options.hfEndpoint) ?? [])
  return locked.cid === undefined ? named : [...named, { kind: 'ipfs', cid: locked.cid, path: '' }]
}

function storeNameOf({ kind, id, version }: LockedArtifact): SafeName {
  return safeName(kind === 'model' ? modelStoreName(version) : id, `${kind} name`)
}

function planLocked(
  locked: LockedArtifact,
  required: boolean,
  options: PlanOptions,
): PlannedArtifact<'lockfile'> {
  return {
    kind: locked.kind,
    id: locked.id,
    version: locked.version,
    storeName: storeNameOf(locked),
    digest: locked.digest,
    cid: locked.cid,
    size: locked.size,
    claimedDiskBytes: locked.diskBytes,
    fileName: locked.fileName,
    places: placesOf(locked, options),
    downloadSource: locked.places[0] ?? '',
    approvedAtHeight: locked.approvedAtHeight,
    status: locked.status,
    facts: locked.facts,
    approvedBy: [],
    containerHash: locked.containerHash,
    required,
  }
}

function pinProblem(pin: string | undefined, model: LockedArtifact | undefined): R3mesError[] {
  if (pin === undefined || model === undefined) return []
  if (model.cid !== undefined && isSameCid(model.cid, pin)) return []
  const what = model.cid === undefined ? 'has no CID in the lockfile' : 'is locked with another CID'
  return [
    new R3mesError(
      'MODEL_NOT_APPROVED',
      `R3MES_MODEL_IPFS_HASH pins a CID, but ${lockedName(model)} ${what}. Correct or unset the variable.`,
      { detail: `${pin} / ${model.cid ?? ''}` },
    ),
  ]
}

function fitProblem(adapter: LockedArtifact, modelVersion: string | undefined): R3mesError[] {
  const { facts, id, version } = adapter
  if (facts.kind !== 'adapter' || modelVersion === undefined) return []
  if (isCompatible(facts.fit, modelVersion)) return []
  return [incompatibleAdapter({ ...facts.fit, id, version }, modelVersion, '')]
}

function targetingOf({ facts, id }: LockedArtifact): TargetingAdapter[] {
  return facts.kind === 'adapter' ? [{ id, targetModules: facts.fit.targetModules }] : []
}

function sizeProblem(locked: LockedArtifact, { maxArtifactSize }: PlanOptions): R3mesError[] {
  const { size } = locked
  return size === undefined || maxArtifactSize === undefined || size <= maxArtifactSize
    ? []
    : [tooLarge(lockedName(locked), size, maxArtifactSize)]
}

interface Selection {
  readonly model: LockedArtifact | undefined
  readonly adapters: readonly LockedArtifact[]
  readonly datasets: readonly LockedArtifact[]
}

function select(request: Request, lock: Lockfile): Selection {
  return {
    model: request.modelVersion.kind === 'none' ? undefined : lockedModel(lock),
    adapters: request.adapters.flatMap(({ id }) => lockedAdapter(lock, id) ?? []),
    datasets: request.datasets.flatMap((wanted) => lockedDataset(lock, wanted) ?? []),
  }
}

function statusNotices(locked: readonly LockedArtifact[]): string[] {
  return locked.flatMap((artifact) =>
    artifact.status === 'active'
      ? []
      : [`${lockedName(artifact)} was in the state "${artifact.status}" when it was locked.`],
  )
}

/**
 * The plan of a request from the lockfile alone: digests, places and facts as they were when it was written. Compatibility and
 * conflicts are judged as under any other trust. Never throws an R3mesError.
 */
export function planFromLock(request: Request, lock: Lockfile, options: PlanOptions = {}): Plan<'lockfile'> {
  const frozen = resolveFromLock(request, lock)
  const { model, adapters, datasets } = select(frozen.request, lock)
  const modelVersion = model?.version
  const loaded = request.loadedAdapters.map((id) => ({ id, locked: lockedAdapter(lock, id) }))
  const { requireDataset } = request

  const needed = [...(model === undefined ? [] : [model]), ...adapters]
  const largeDatasets = datasets.flatMap((dataset) => sizeProblem(dataset, options))
  const usable = requireDataset
    ? datasets
    : datasets.filter((dataset) => sizeProblem(dataset, options).length === 0)
  const artifacts = [
    ...(request.leavesModel === true ? adapters : needed).map((locked) => planLocked(locked, true, options)),
    ...usable.map((locked) => planLocked(locked, requireDataset, options)),
  ]
  const conflicting = judgeConflicts(
    adapters.flatMap(targetingOf),
    loaded.flatMap(({ locked }) => (locked === undefined ? [] : targetingOf(locked))),
  )
  const problems = [
    ...frozen.problems,
    ...pinProblem(request.modelCidPin, model),
    ...needed.flatMap((locked) => sizeProblem(locked, options)),
    ...adapters.flatMap((adapter) => fitProblem(adapter, modelVersion)),
    ...conflicting.problems,
    ...(requireDataset ? largeDatasets : []),
  ]
  return {
    trust: 'lockfile',
    chainId: lock.chainId,
    // The header at a height proves the state one below.
    height: lock.anchor.height - 1n,
    appHash: undefined,
    endpoint: undefined,
    artifacts,
    problems,
    conflicts: conflicting.conflicts,
    datasetProblems: [...frozen.datasetProblems, ...(requireDataset ? [] : largeDatasets)],
    notices: [
      ...statusNotices([...needed, ...usable]),
      ...loaded.flatMap(({ id, locked }) =>
        locked === undefined && isSafeName(id)
          ? [`The loaded adapter ${id} is not in the lockfile, so conflicts with it cannot be seen.`]
          : [],
      ),
    ],
    modelVersion,
    activeModelVersion: undefined,
  }
}
