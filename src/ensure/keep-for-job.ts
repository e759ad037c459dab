import { asR3mesError } from '../core/index.ts'
import type { Run } from './open-run.ts'

/**
 * Lets the job go on using what this run put in place, after the run has ended: until the job releases it or is gone, nobody
 * replaces or prunes it. Without that lease the run is good all the same.
 */
export async function keepForJob({ job, jobEnd, store, record, reporter }: Run): Promise<void> {
  if (job === undefined) return
  try {
    const id = await store.leases.keepForJob(job)
    if (id === undefined) return
    record.keptForJob(id)
    jobEnd?.onLease(id)
  } catch (error) {
    reporter.warning(
      `The store could not note that this job uses its files, so that another job may replace them. ${asR3mesError(error).message}`,
    )
  }
}
