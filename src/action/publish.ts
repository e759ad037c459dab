import * as core from '@actions/core'
import { sanitiseText } from '../core/index.ts'
import { describeOutcome, type EnsureResult, outputsOf, readyEnvironment } from '../ensure/index.ts'
import { annotateFailure } from './annotate-failure.ts'
import { formatSummary } from './summary.ts'
import { writeSummary } from './write-summary.ts'

/** Sets every output, the job summary and, when asked, variables for later steps. */
export async function publish(result: EnsureResult, exportEnv: boolean): Promise<void> {
  for (const [name, value] of Object.entries(outputsOf(result))) core.setOutput(name, value)
  if (exportEnv && result.success) {
    for (const [name, value] of Object.entries(readyEnvironment(result))) core.exportVariable(name, value)
  }
  await writeSummary(() => formatSummary(result))
  core.info(sanitiseText(describeOutcome(result)))
  if (result.receiptPath !== undefined) core.info(`Receipt: ${sanitiseText(result.receiptPath)}`)
  if (result.error !== undefined) annotateFailure(result.error)
}
