import * as core from '@actions/core'
import { classOf, type R3mesError, sanitiseText } from '../core/index.ts'
import {
  describeError,
  describeOutcome,
  type EnsureResult,
  outputsOf,
  readyEnvironment,
} from '../ensure/index.ts'
import { formatSummary } from './summary.ts'

/** Sets every output, the job summary and, when asked, variables for later steps. */
export async function publish(result: EnsureResult, exportEnv: boolean): Promise<void> {
  for (const [name, value] of Object.entries(outputsOf(result))) core.setOutput(name, value)
  if (exportEnv && result.success) {
    for (const [name, value] of Object.entries(readyEnvironment(result))) core.exportVariable(name, value)
  }
  await writeSummary(result)
  core.info(sanitiseText(describeOutcome(result)))
  if (result.receiptPath !== undefined) core.info(`Receipt: ${sanitiseText(result.receiptPath)}`)
  if (result.error !== undefined) annotateFailure(result.error)
}

/** A summary is for people alone: where it cannot be written, the run stays what it was. */
async function writeSummary(result: EnsureResult): Promise<void> {
  if (!process.env['GITHUB_STEP_SUMMARY']) return
  try {
    await core.summary.addRaw(formatSummary(result)).write()
  } catch (error) {
    core.warning(
      sanitiseText(`The job summary could not be written. The outputs are set. ${String(error)}`),
      { title: 'setup-r3mes' },
    )
  }
}

/** One error annotation for each failure class, with all its problems; what hosts said goes to the log alone. */
function annotateFailure(error: R3mesError): void {
  const problems = error.problems.length > 0 ? error.problems : [error]
  for (const line of problems.flatMap(describeError)) core.info(sanitiseText(line))
  const byClass = Map.groupBy(problems, (problem) => classOf(problem.code))
  for (const [errorClass, ofClass] of byClass) {
    const lines = ofClass.map((problem) => `${problem.code}: ${problem.message}`)
    core.error(sanitiseText(lines.join('\n')), { title: `setup-r3mes: ${errorClass}` })
  }
}
