import { expect, it } from 'vitest'
import { jobFor } from '../../src/action/job.ts'

const JOB = {
  GITHUB_REPOSITORY: 'r3mes-network/miner',
  GITHUB_WORKFLOW: 'train',
  GITHUB_JOB: 'gpu',
  GITHUB_RUN_ID: '77',
  GITHUB_RUN_ATTEMPT: '2',
  RUNNER_TEMP: '/srv/runner/_work/_temp',
}

it('names a job by its workflow, its id and its run, and by the process that started the step', () => {
  expect(jobFor(JOB, 42)).toEqual({
    workflow: 'train',
    job: 'gpu',
    run: 'r3mes-network/miner 77, attempt 2',
    pid: 42,
  })
})

it('names one of a runner that says nothing', () => {
  expect(jobFor({}, 1)).toEqual({ workflow: '', job: '', run: '', pid: 1 })
})

it('makes names safe to print, and cuts those that are too long', () => {
  const { workflow, run } = jobFor(
    { ...JOB, GITHUB_WORKFLOW: `\n::error::${'x'.repeat(10_000)}`, GITHUB_REPOSITORY: '##[x]' },
    1,
  )
  expect(workflow).toMatch(/^ :\\:error::x+… \(\d+ more characters\)$/)
  expect(run).toBe('#\\#[x] 77, attempt 2')
})

it.each([{ HOME: '/github/home' }, { RUNNER_TEMP: '/__w/_temp' }])(
  'knows no process of a job container (%o) that lives as long as the job',
  (container) => {
    expect(jobFor({ ...JOB, ...container }, 42).pid).toBeUndefined()
  },
)
