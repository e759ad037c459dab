import { type Environment, jobOf } from '../ensure/index.ts'
import type { Job } from '../store/index.ts'
import { isJobContainer } from './container.ts'

/**
 * The job that a step belongs to, as other jobs of this machine are told. Its names come from the environment, and are safe to
 * print. Pure.
 *
 * @param parent process that started the step: the runner's worker, which lives as long as the job. In a job container it is one
 * that lives as long as the step, or nobody that can be seen, and does not count.
 */
export function jobFor(environment: Environment, parent: number): Job {
  const name = jobOf(environment)
  return {
    workflow: name?.workflow ?? '',
    job: name?.job ?? '',
    run: name === undefined ? '' : `${name.repository} ${name.runId}, attempt ${name.attempt}`,
    pid: isJobContainer(environment) ? undefined : parent,
  }
}
