import type { Plan } from '../registry/index.ts'
import { readApprovals } from './approvals/approvals.ts'
import type { Planner } from './approvals/ask-chain.ts'
import { openRun } from './open-run.ts'
import { RunRecord } from './record.ts'
import type { Settings } from './settings.ts'
import type { EnsureResult, Ports } from './types.ts'

/** What a chain answered, as a run is told it, and as a whole. */
export interface AskedPlan {
  readonly result: EnsureResult
  /** Undefined when there was no answer that can be believed. It may have problems: then `result.error` has them. */
  readonly plan: Plan | undefined
}

/**
 * Asks what is approved of a request, as a run does, and ends there: nothing is fetched, and no receipt is left. What is approved
 * stands in `planned`, what is not in `error`. It never throws.
 */
export async function askApprovals(settings: Settings, ports: Ports): Promise<EnsureResult> {
  return (await askPlan(settings, ports)).result
}

/**
 * As {@link askApprovals}, with the plan that was judged.
 *
 * @param planner plans in place of the request. Where no chain is asked (`trust: lockfile`), and in a frozen run, the request
 * counts all the same.
 */
export async function askPlan(settings: Settings, ports: Ports, planner?: Planner): Promise<AskedPlan> {
  const record = new RunRecord(settings)
  let plan: Plan | undefined
  try {
    await using run = await openRun(settings, ports, record)
    await readApprovals(run, {
      planner,
      onPlan: (planned) => {
        plan = planned
      },
    })
    record.succeeded()
  } catch (error) {
    if (ports.signal?.aborted === true) record.interrupted()
    else record.failed(error)
  }
  return { result: record.result, plan }
}
