import { asR3mesError, type VerifiedFile, type WantedFile } from '../core/index.ts'
import { deadlineError } from './deadline.ts'
import { keepForJob } from './keep-for-job.ts'
import { Obtainer } from './obtain.ts'
import { openRun } from './open-run.ts'
import { RunRecord } from './record.ts'
import type { Settings } from './settings.ts'
import type { Ports, Provider } from './types.ts'

/** A file that is in the store, verified. */
export interface ObtainedFile {
  readonly file: VerifiedFile
  readonly from: Provider
  readonly bytesDownloaded: number
  /** Names the lease that keeps it for the job; undefined when there is none to release. */
  readonly jobLease: string | undefined
}

/**
 * Brings one file that somebody named by its digest into the store, as a run brings those that a chain approved: from the store
 * itself, else from the sources in order, every byte checked. No chain is asked, so nothing says that it is approved.
 *
 * @throws R3mesError of the store and of the sources; the signal's reason once it is aborted
 */
export async function obtainFile(
  settings: Settings,
  ports: Ports,
  wanted: WantedFile,
): Promise<ObtainedFile> {
  const record = new RunRecord(settings)
  await using run = await openRun(settings, ports, record)
  try {
    const obtainer = new Obtainer(run)
    await run.store.leases.use({ blobs: [wanted.sha256] })
    const { file, from } =
      (await obtainer.inStore(wanted)) ?? (await obtainer.fetch(wanted, run.signal, { required: true }))
    await keepForJob(run)
    const { bytesDownloaded, jobLease } = record.result
    return { file, from, bytesDownloaded, jobLease }
  } catch (thrown) {
    ports.signal?.throwIfAborted()
    if (run.deadlinePassed) throw deadlineError(settings, thrown)
    throw asR3mesError(thrown)
  }
}
