import * as core from '@actions/core'
import { classOf, type R3mesError, sanitiseText } from '../core/index.ts'
import { describeError } from '../ensure/index.ts'

/** One error annotation for each failure class, with all its problems; what hosts said goes to the log alone. */
export function annotateFailure(error: R3mesError): void {
  const problems = error.problems.length > 0 ? error.problems : [error]
  for (const line of problems.flatMap(describeError)) core.info(sanitiseText(line))
  const byClass = Map.groupBy(problems, (problem) => classOf(problem.code))
  for (const [errorClass, ofClass] of byClass) {
    const lines = ofClass.map((problem) => `${problem.code}: ${problem.message}`)
    core.error(sanitiseText(lines.join('\n')), { title: `setup-r3mes: ${errorClass}` })
  }
}
