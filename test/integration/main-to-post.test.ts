import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runPost, type StepResult } from '../../scripts/action-runner.ts'
import { parseState, STATE_NAME } from '../../src/action/state.ts'
import { silentReporter } from '../../src/core/index.ts'
import { type Lease, openStore } from '../../src/store/index.ts'
import { aUsed } from '../support/prune.ts'
import { aScenario, MAIN_JOB, type Scenario } from '../support/scenario.ts'
import { aStore } from '../support/store.ts'

function post({ job }: Scenario, { state }: StepResult): Promise<StepResult> {
  return runPost(job, state, { inputs: {} })
}

async function jobsIn(scenario: Scenario): Promise<readonly Lease[]> {
  await using store = await openStore({ home: scenario.store, reporter: silentReporter })
  return (await store.leases.list()).filter(({ kind }) => kind === 'job')
}

const stateOf = ({ state }: StepResult) => parseState(state[STATE_NAME] ?? '')

describe('a job that has what it asked for', () => {
  it('uses it until its end: main takes the lease, post releases it', async () => {
    const scenario = await aScenario({ cache: false })
    const step = await scenario.step(MAIN_JOB)
    expect(step.exitCode, step.stdout + step.stderr).toBe(0)
    const [lease, ...others] = await jobsIn(scenario)
    expect(others).toEqual([])
    expect(lease?.who).toMatch(/^Example, job train, run r3mes-network\/example \d+, attempt 1$/)
    expect(lease?.artifacts).toContain(step.outputs['model-path'])
    expect(lease?.blobs).toHaveLength(4)
    expect(stateOf(step)).toMatchObject({ home: scenario.store, lease: lease?.id, prune: undefined })
    expect(JSON.parse(await readFile(step.outputs['receipt'] ?? '', 'utf8'))).toMatchObject({
      jobLease: lease?.id,
    })
    expect(step.summary).toContain('in use until the job ends')

    const end = await post(scenario, step)
    expect(end).toMatchObject({ exitCode: 0, stderr: '' })
    expect(end.summary).toContain('was released')
    expect(await jobsIn(scenario)).toEqual([])
  })

  it('has a lease for each of its steps, and each post releases its own', async () => {
    const scenario = await aScenario({ cache: false })
    const first = await scenario.step({ 'model-version': '1.0.0' })
    const second = await scenario.step({ ...MAIN_JOB, 'model-version': '1.0.0' })
    expect(await jobsIn(scenario)).toHaveLength(2)
    await post(scenario, second)
    expect((await jobsIn(scenario)).map(({ id }) => id)).toEqual([stateOf(first)?.lease])
    await post(scenario, first)
    expect(await jobsIn(scenario)).toEqual([])
  })

  it('tells post what to prune, in the folders that main had', async () => {
    const scenario = await aScenario({ cache: false })
    const adapters = join(scenario.job.home, 'elsewhere')
    const inputs = { 'model-version': '1.0.0', 'prune-max-age': '30d', 'prune-min-free': '1kB' }
    const step = await scenario.step(inputs, { environment: { R3MES_ADAPTER_DIR: adapters } })
    expect(stateOf(step)).toMatchObject({
      adapterDir: adapters,
      prune: { maxAge: 30 * 86_400_000, minFree: 1000 },
    })
  })
})

describe('post has nothing to release', () => {
  it('after a run that was refused, and still prunes', async () => {
    const scenario = await aScenario({ cache: false })
    const { store, home } = await aStore({ home: scenario.store })
    const old = await aUsed(store, { name: 'v0.1.0', days: 40, files: { a: 'old' } })
    await store.close()
    const refused = {
      ...MAIN_JOB,
      adapters: 'coder\nwriter',
      'prune-max-age': '30d',
      'prune-keep-popular': '0',
    }
    const step = await scenario.step(refused)
    expect(step.exitCode).toBe(3)
    expect(stateOf(step)).toMatchObject({ home, lease: undefined, prune: { maxAge: 2_592_000_000 } })
    expect(await jobsIn(scenario)).toEqual([])
    const end = await post(scenario, step)
    expect(end.exitCode).toBe(0)
    expect(end.summary).toContain('Pruned: 1 artifact')
    expect(existsSync(old)).toBe(false)
  })

  it('after a plan, which leaves nothing in use', async () => {
    const scenario = await aScenario({ cache: false })
    const step = await scenario.step({ ...MAIN_JOB, 'plan-only': 'true' })
    expect(stateOf(step)).toMatchObject({ lease: undefined })
    expect(await post(scenario, step)).toMatchObject({ exitCode: 0, stdout: '', summary: '' })
  })

  it('after a run with inputs that nobody could read, which came to no store', async () => {
    const scenario = await aScenario({ cache: false })
    const step = await scenario.step({ force: 'maybe' })
    expect(step).toMatchObject({ exitCode: 2, state: {} })
    expect(await post(scenario, step)).toMatchObject({ exitCode: 0, stdout: '', summary: '' })
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)('after a main that %s ended in mid-transfer', async (signal) => {
    const scenario = await aScenario({ cache: false })
    scenario.devnet.fail('cdn', { kind: 'stall', after: 500_000, path: 'model.gguf' })
    let kill: (() => void) | undefined
    let log = ''
    const step = await scenario.step(MAIN_JOB, {
      onStart: (child) => {
        kill = () => child.kill(signal)
      },
      onLog: (text) => {
        log += text
        if (!log.includes('adapter coder: coder.safetensors')) return
        kill?.()
        kill = undefined
      },
    })
    expect(step.outputs['success']).not.toBe('true')
    expect(stateOf(step)).toMatchObject({ home: scenario.store, lease: undefined })
    expect(await post(scenario, step)).toMatchObject({ exitCode: 0, stdout: '', summary: '' })
    expect(await jobsIn(scenario)).toEqual([])
  })
})

describe('a later job on the same machine', () => {
  it('leaves the Actions cache out under `auto`, and asks it when it is told to', async () => {
    const scenario = await aScenario()
    await scenario.step({ 'model-version': '1.0.0' })
    scenario.devnet.requests.clear()
    const later = { environment: { GITHUB_RUN_ID: '2' } }
    const kept = await scenario.step({ ...MAIN_JOB, datasets: '' }, later)
    expect(kept.outputs).toMatchObject({ success: 'true', 'cache-status': 'unused', 'cache-hit': 'false' })
    expect(kept.stdout).toContain('an earlier job on this machine left a receipt')
    expect(scenario.devnet.requests.to('cache')).toEqual([])
    const asked = await scenario.step({ ...MAIN_JOB, cache: 'true' }, later)
    expect(asked.outputs).toMatchObject({ success: 'true', 'cache-status': 'miss' })
  })
})

it('a store that goes away with its job container is warned of, with what to mount', async () => {
  const scenario = await aScenario({ cache: false })
  const temp = join(scenario.job.folder, 'temp')
  const environment = { RUNNER_ENVIRONMENT: 'self-hosted', HOME: '/github/home', RUNNER_TEMP: temp }
  const inputs = { 'model-version': '1.0.0', home: join(temp, '_github_home/.r3mes') }
  const step = await scenario.step(inputs, { environment })
  expect(step.outputs['success']).toBe('true')
  expect(step.stdout).toMatch(/::warning[^\n]*`volumes: \[\/srv\/r3mes:\/srv\/r3mes\]`/)
  const { stdout } = await scenario.step({ 'model-version': '1.0.0' })
  expect(stdout).not.toContain('::warning')
})
