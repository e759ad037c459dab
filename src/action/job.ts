import type { Environment } from '../ensure/index.ts'
import type { Job } from '../store/index.ts'

/** Characters of a name. What is longer tells people nothing. */
const MOST_NAME = 200

/**
 * The job that a step belongs to, as other jobs of this machine are told. Pure.
 *
 * @param parent process that started the step: the runner's worker, which lives as long as the job. In a job container it is
 * not seen, and 0 stands for it.
 */
export function jobOf(environment: Environment, parent: number): Job {
  const name = (variable: string): string => (environment[variable] ?? '').slice(0, MOST_NAME)
  return {
    workflow: name('GITHUB_WORKFLOW'),
    job: name('GITHUB_JOB'),
    run: `${name('GITHUB_RUN_ID')}/${name('GITHUB_RUN_ATTEMPT')}`,
    pid: parent,
  }
}
