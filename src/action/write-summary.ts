import * as core from '@actions/core'
import { sanitiseText } from '../core/index.ts'

/** A summary is for people alone: where it cannot be written, the run stays what it was. */
export async function writeSummary(format: () => string): Promise<void> {
  if (!process.env['GITHUB_STEP_SUMMARY']) return
  try {
    await core.summary.addRaw(format()).write()
  } catch (error) {
    core.warning(
      sanitiseText(`The job summary could not be written. The outputs are set. ${String(error)}`),
      { title: 'setup-r3mes' },
    )
  }
}
