/** Deciding what a run will bring, from records alone. Pure: nothing is asked, nothing is written. */
import type { ReadTrust } from '../chain/index.ts'
import { findNameCollisions, type PlanOptions } from './artifact.ts'
import { planAdapters } from './plan-adapters.ts'
import { planDatasets } from './plan-datasets.ts'
import { planModel } from './plan-model.ts'
import type { Plan, Request, Snapshot } from './types.ts'

/**
 * The plan of a request: its artifacts, and every problem at once. Never throws an R3mesError; whoever executes a plan stops
 * when `problems` is not empty.
 */
export function plan<T extends ReadTrust>(
  request: Request,
  snapshot: Snapshot<T>,
  options: PlanOptions = {},
): Plan<T> {
  const model = planModel(request, snapshot, options)
  const adapters = planAdapters(request, snapshot, model.version, options)
  const datasets = planDatasets(request, snapshot, options)
  const models = request.leavesModel === true ? [] : model.artifacts
  const artifacts = [...models, ...adapters.artifacts, ...datasets.artifacts]
  const collisions = findNameCollisions(artifacts, (artifact) => artifact.storeName)
  const required = collisions.filter(({ artifact }) => artifact.required)
  const optional = collisions.filter(({ artifact }) => !artifact.required)
  const datasetProblems = [...datasets.problems, ...optional.map(({ problem }) => problem)]
  const dropped = new Set(optional.map(({ artifact }) => artifact))
  return {
    trust: snapshot.trust,
    chainId: snapshot.chainId,
    height: snapshot.height,
    appHash: snapshot.appHash,
    endpoint: snapshot.endpoint,
    artifacts: artifacts.filter((artifact) => !dropped.has(artifact)),
    problems: [
      ...model.problems,
      ...adapters.problems,
      ...required.map(({ problem }) => problem),
      ...(request.requireDataset ? datasetProblems : []),
    ],
    conflicts: adapters.conflicts,
    datasetProblems: request.requireDataset ? [] : datasetProblems,
    notices: [...model.notices, ...adapters.notices, ...datasets.notices],
    modelVersion: model.version,
    activeModelVersion: model.activeVersion,
  }
}

/** Whether the plan's messages would say more if the adapters were listed. */
export function wantsKnownAdapters(plan: Plan): boolean {
  const codes = ['ADAPTER_NOT_APPROVED', 'ADAPTER_REVOKED', 'ADAPTER_INCOMPATIBLE']
  return plan.problems.some((problem) => codes.includes(problem.code))
}
