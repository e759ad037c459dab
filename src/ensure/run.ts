import { asR3mesError } from '../core/index.ts'
import { readApprovals } from './approvals/approvals.ts'
import { deadlineError } from './deadline.ts'
import { expandPlan } from './expand-plan.ts'
import { fetchMissing } from './fetch-all.ts'
import { keepForJob } from './keep-for-job.ts'
import { Obtainer } from './obtain.ts'
import { openRun, type Run } from './open-run.ts'
import { promoteAll } from './promote.ts'
import { writeReceipt } from './receipt.ts'
import { RunRecord } from './record.ts'
import { noteCacheUse, saveToCache } from './save.ts'
import { homeOf, type RawInputs, readSettings, refusePrivateKeys, type Settings } from './settings.ts'
import type { EnsureResult, Ports } from './types.ts'
import { noteUsage } from './usage.ts'

/**
 * The whole way from a request to a verified store: approvals, plan, expansion, files, promotion. It never throws; what failed
 * stands in the result. If anything that is required fails, nothing that this run promoted stays visible.
 */
export async function ensure(settings: Settings, ports: Ports): Promise<EnsureResult> {
  const record = new RunRecord(settings)
  try {
    await using run = await openRun(settings, ports, record)
    await follow(run)
  } catch (error) {
    record.failed(error)
  }
  return record.result
}

/** The story of one run, from approvals to the cache. */
async function follow(run: Run): Promise<void> {
  const { settings, record } = run
  const obtainer = new Obtainer(run)
  try {
    const plan = await readApprovals(run)
    if (settings.planOnly) run.reporter.info('plan-only: nothing is fetched.')
    else {
      const artifacts = await expandPlan(run, obtainer, plan)
      const verified = await fetchMissing(run, obtainer, artifacts)
      await promoteAll(run, verified)
      await keepForJob(run)
      await saveToCache(run, obtainer)
    }
    record.succeeded()
  } catch (error) {
    if (run.interrupted) record.interrupted()
    else record.failed(run.deadlinePassed ? deadlineError(settings, error) : error)
  }
  noteCacheUse(run, obtainer)
  await noteUsage(run, obtainer.obtained)
  await keepReceipt(run)
}

/** A receipt that cannot be written costs a warning, not the run. */
async function keepReceipt({ record, reporter, settings, store, environment }: Run): Promise<void> {
  try {
    record.receipt(await writeReceipt(store, settings, record.result, environment))
  } catch (error) {
    reporter.warning(`The receipt could not be written. ${asR3mesError(error).message}`)
  }
}

/**
 * As {@link ensure}, from inputs as typed. Bad input ends in the result like any other failure.
 */
export async function ensureFromInputs(raw: RawInputs, ports: Ports): Promise<EnsureResult> {
  try {
    refusePrivateKeys(raw)
    return await ensure(readSettings(raw, ports.environment), ports)
  } catch (error) {
    const record = new RunRecord({ home: homeOf(raw, ports.environment), chainId: '', planOnly: false })
    record.failed(error)
    return record.result
  }
}
