import { readApprovals } from './approvals/approvals.ts'
import { openRun } from './open-run.ts'
import { RunRecord } from './record.ts'
import type { Settings } from './settings.ts'
import type { EnsureResult, Ports } from './types.ts'

/**
 * Asks what is approved of a request, as a run does, and ends there: nothing is fetched, and no receipt is left. What is approved
 * stands in `planned`, what is not in `error`. It never throws.
 */
export async function askApprovals(settings: Settings, ports: Ports): Promise<EnsureResult> {
  const record = new RunRecord(settings)
  try {
    await using run = await openRun(settings, ports, record)
    await readApprovals(run)
    record.succeeded()
  } catch (error) {
    if (ports.signal?.aborted === true) record.interrupted()
    else record.failed(error)
  }
  return record.result
}
