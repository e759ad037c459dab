import { expect, it } from 'vitest'
import { jobOf } from '../../src/action/job.ts'

it('names a job by its workflow, its id and its run, and by the process that started the step', () => {
  const environment = {
    GITHUB_WORKFLOW: 'train',
    GITHUB_JOB: 'gpu',
    GITHUB_RUN_ID: '77',
    GITHUB_RUN_ATTEMPT: '2',
  }
  expect(jobOf(environment, 42)).toEqual({ workflow: 'train', job: 'gpu', run: '77/2', pid: 42 })
})

it('names one of a runner that says nothing, and cuts names that are too long', () => {
  expect(jobOf({}, 0)).toEqual({ workflow: '', job: '', run: '/', pid: 0 })
  expect(jobOf({ GITHUB_WORKFLOW: 'x'.repeat(10_000) }, 1).workflow).toHaveLength(200)
})
