import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { startDevnet } from '../../src/devnet/index.ts'
import { isOfEarlierJob } from '../../src/ensure/earlier-job.ts'
import { type EnsureResult, ensureFromInputs, type RawInputs } from '../../src/ensure/index.ts'
import { jobOf, type RunOrigin } from '../../src/ensure/job.ts'

const HERE: RunOrigin = {
  job: {
    repository: 'r3mes-network/miner',
    workflow: 'Train',
    runId: '100',
    attempt: '1',
    job: 'train',
    runner: 'rig-7',
  },
  machine: { boot: 'b'.repeat(32), host: 'c'.repeat(32), store: 'd'.repeat(32) },
}

/** The text of a receipt that another run left, in which this differs. */
function receipt(changes: { job?: object | null; machine?: object | null }): string {
  const part = (own: object, change: object | null | undefined) =>
    change === null ? undefined : { ...own, ...change }
  return JSON.stringify({
    version: 1,
    origin: { job: part(HERE.job, changes.job), machine: part(HERE.machine, changes.machine) },
  })
}
const EARLIER = { runId: '99' }

describe('a receipt of an earlier job on this machine', () => {
  it.each([
    ['of an earlier run', { job: EARLIER }],
    ['of another job of this run', { job: { job: 'evaluate' } }],
    ['of an earlier attempt of this job', { job: { attempt: '0' } }],
    ['of another repository', { job: { repository: 'r3mes-network/other' } }],
    ['from before the machine was started again', { job: EARLIER, machine: { boot: 'e'.repeat(32) } }],
    ['from another container on this machine', { job: EARLIER, machine: { host: 'e'.repeat(32) } }],
  ])('is one %s', (_which, changes) => {
    expect(isOfEarlierJob(receipt(changes), HERE)).toBe(true)
  })

  it.each([
    ['of an earlier step of this very job', {}],
    ['of this job on a runner of another name', { job: { runner: 'rig-8' } }],
    ['of a run outside of any workflow', { job: null }],
    ['that says nothing of its machine', { job: EARLIER, machine: null }],
    ['from another machine', { job: EARLIER, machine: { boot: 'e'.repeat(32), host: 'f'.repeat(32) } }],
    ['in a store that was unpacked here', { job: EARLIER, machine: { store: 'e'.repeat(32) } }],
    ['with another kind of value', { job: EARLIER, machine: { store: 7 } }],
  ])('is none %s', (_which, changes) => {
    expect(isOfEarlierJob(receipt(changes), HERE)).toBe(false)
  })

  it.each(['', 'null', '[]', '"text"', '{"origin":7}', '{"origin":{"job":[],"machine":null}}', '{'])(
    'is none when the file holds %j',
    (text) => {
      expect(isOfEarlierJob(text, HERE)).toBe(false)
    },
  )

  it('needs a boot id on both sides to go by it', () => {
    const machine = { ...HERE.machine, boot: undefined }
    const other = receipt({ job: EARLIER, machine: { boot: undefined, host: 'e'.repeat(32) } })
    expect(isOfEarlierJob(other, { ...HERE, machine })).toBe(false)
  })
})

describe('the name of a job', () => {
  it('is absent outside of a workflow', () => {
    expect(jobOf({})).toBeUndefined()
    expect(jobOf({ GITHUB_RUN_ID: 'twelve' })).toBeUndefined()
  })

  it('is what the environment says, made safe to print', () => {
    const name = jobOf({ GITHUB_RUN_ID: '7', GITHUB_WORKFLOW: `a\n::error::b ##[x]${'y'.repeat(500)}` })
    expect(name).toMatchObject({ runId: '7', job: '' })
    expect(name?.workflow).toMatch(/^a ::error::b #\\#\[x\]y+… \(\d+ more characters\)$/)
  })
})

/** Jobs on a machine that keeps one store. */
async function aMachine() {
  const devnet = await startDevnet({ sizes: { model: 50_000, adapter: 5_000, dataset: 5_000 } })
  onTestFinished(() => devnet.close())
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-machine-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const asked: string[] = []
  const said: string[] = []
  return {
    home: join(folder, 'store'),
    asked,
    said,
    job: (runId: string, inputs: RawInputs = {}, environment = {}): Promise<EnsureResult> =>
      ensureFromInputs(
        { ...devnet.inputs(), home: join(folder, 'store'), 'model-version': '1.0.0', ...inputs },
        {
          reporter: { ...silentReporter, info: (text) => said.push(text) },
          environment: { GITHUB_RUN_ID: runId, GITHUB_JOB: 'train', ...environment },
          findCache: async (mode) => {
            asked.push(`${runId}: ${mode}`)
            return { available: false, status: 'unavailable' }
          },
        },
      ),
  }
}

describe('`cache: auto`', () => {
  it('leaves the Actions cache out from the second job on, and says why', async () => {
    const machine = await aMachine()
    expect(await machine.job('1')).toMatchObject({ success: true, cacheStatus: 'unavailable' })
    expect(await machine.job('1', { adapters: 'coder' })).toMatchObject({ cacheStatus: 'unavailable' })
    const second = await machine.job('2', { adapters: 'general_dora' })
    expect(second).toMatchObject({ success: true, cacheStatus: 'unused', cacheHit: false })
    expect(second.bytesDownloaded).toBe(5_000)
    expect(machine.asked).toEqual(['1: auto', '1: auto'])
    expect(machine.said.join('\n')).toContain('an earlier job on this machine left a receipt in it')
  })

  it('is the only value that does', async () => {
    const machine = await aMachine()
    await machine.job('1')
    await machine.job('2', { cache: 'true' })
    await machine.job('3', { cache: 'read-only' })
    expect(machine.asked).toEqual(['1: auto', '2: true', '3: read-only'])
  })

  it('takes a self-hosted runner alone for no evidence, and no store for one on a machine of GitHub', async () => {
    const machine = await aMachine()
    await machine.job('1', {}, { RUNNER_ENVIRONMENT: 'self-hosted' })
    await machine.job('2', {}, { RUNNER_ENVIRONMENT: 'github-hosted' })
    expect(machine.asked).toEqual(['1: auto', '2: auto'])
  })

  it('takes a store that was restored from elsewhere for no evidence, until a job was done in it here', async () => {
    const machine = await aMachine()
    await machine.job('1')
    await cp(machine.home, `${machine.home}-archive`, { recursive: true, preserveTimestamps: true })
    await rm(machine.home, { recursive: true })
    await rename(`${machine.home}-archive`, machine.home)
    await machine.job('2')
    await machine.job('3')
    expect(machine.asked).toEqual(['1: auto', '2: auto'])
  })

  it('is in no way stopped by what lies among the receipts', async () => {
    const machine = await aMachine()
    await machine.job('1')
    const receipts = join(machine.home, 'cache/receipts')
    for (const name of ['9.json', 'x', '..json']) await writeFile(join(receipts, name), '{')
    await machine.job('2')
    expect(machine.asked).toEqual(['1: auto'])
  })
})

it('a receipt names its job, and its machine by hashes alone', async () => {
  const machine = await aMachine()
  const { receiptPath = '' } = await machine.job('7', {}, { GITHUB_REPOSITORY: 'r3mes-network/miner' })
  const text = await readFile(receiptPath, 'utf8')
  const { origin } = JSON.parse(text)
  expect(origin.job).toMatchObject({ repository: 'r3mes-network/miner', runId: '7', job: 'train' })
  expect(origin.machine).toEqual({
    boot: expect.stringMatching(/^[0-9a-f]{32}$/),
    host: expect.stringMatching(/^[0-9a-f]{32}$/),
    store: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  expect(JSON.stringify(origin)).not.toContain(hostname())
})

it('a receipt of a run outside of any workflow names neither', async () => {
  const machine = await aMachine()
  const { receiptPath = '' } = await machine.job('')
  expect(JSON.parse(await readFile(receiptPath, 'utf8'))).not.toHaveProperty('origin')
})
