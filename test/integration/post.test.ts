import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Job, newJob, runPost, type StepOptions, type StepResult } from '../../scripts/action-runner.ts'
import { formatState, type JobState, STATE_NAME } from '../../src/action/state.ts'
import { silentReporter } from '../../src/core/index.ts'
import { type Lease, openStore, type Store } from '../../src/store/index.ts'
import { lock } from '../../src/store/process-lock.ts'
import { sha256Of } from '../support/digest.ts'
import { afterwards, allocated, aUsed } from '../support/prune.ts'
import { blobPathIn } from '../support/store.ts'

const USED = { blobs: [sha256Of('model')], artifacts: ['/srv/r3mes/models/v1.0.0'] }

const BY_AGE = { maxAge: 30 * 86_400_000, maxSize: undefined, minFree: undefined, keepPopular: undefined }

/** A job, and a store that it used. */
async function aJob(): Promise<{ readonly job: Job; readonly store: Store; readonly home: string }> {
  const job = await newJob()
  onTestFinished(() => rm(job.folder, { recursive: true, force: true }))
  const home = join(job.home, '.r3mes')
  const store = await openStore({ home, reporter: silentReporter })
  onTestFinished(() => store.close())
  return { job, store, home }
}

/** A lease of a job that runs as long as this process. */
async function leased(store: Store, run = '1'): Promise<string> {
  await store.leases.use(USED)
  const lease = await store.leases.keepForJob({ workflow: 'Train', job: 'train', run, pid: process.pid })
  if (lease === undefined) throw new Error('Leases are not available in this store')
  return lease
}

const jobsOf = async (store: Store): Promise<readonly Lease[]> =>
  (await store.leases.list()).filter(({ kind }) => kind === 'job')

function stateWith(state: Partial<JobState> & { readonly home: string }): Record<string, string> {
  const nothing = { modelDir: undefined, adapterDir: undefined, prune: undefined, lease: undefined }
  return { [STATE_NAME]: formatState({ ...nothing, ...state }) }
}

/** The post step, with what main left. */
function post(
  job: Job,
  state: Readonly<Record<string, string>>,
  options: Partial<StepOptions> = {},
): Promise<StepResult> {
  return runPost(job, state, { inputs: {}, ...options })
}

describe('at the end of a job', () => {
  it('its lease is released, and no other', async () => {
    const { job, store, home } = await aJob()
    const [own, other] = [await leased(store, 'own'), await leased(store, 'other')]
    const step = await post(job, stateWith({ home, lease: own }))
    expect(step).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await jobsOf(store)).map(({ id }) => id)).toEqual([other])
    expect(step.stdout).toContain('The lease on what this job used was released.')
    expect(step.stdout).not.toContain('::warning')
    expect(step.summary).toContain('end of the job')
    expect(step.summary).toContain('was released')
  })

  it('a lease that is gone is no trouble', async () => {
    const { job, store, home } = await aJob()
    const lease = await leased(store)
    await store.leases.release(lease)
    const step = await post(job, stateWith({ home, lease }))
    expect(step.exitCode).toBe(0)
    expect(step.stdout).toContain('had ended already')
    expect(step.stdout).not.toContain('::warning')
  })

  it('nothing is done, said or made when main left nothing', async () => {
    const job = await newJob()
    onTestFinished(() => rm(job.folder, { recursive: true, force: true }))
    for (const state of [{}, { [STATE_NAME]: '' }, { [STATE_NAME]: '{"version":1' }, { other: 'x' }]) {
      const step = await post(job, state)
      expect(step).toMatchObject({ exitCode: 0, stdout: '', stderr: '', summary: '' })
    }
    expect(await readdir(job.home)).toEqual([])
  })

  it('a store that is gone is not made anew', async () => {
    const job = await newJob()
    onTestFinished(() => rm(job.folder, { recursive: true, force: true }))
    const home = join(job.home, '.r3mes')
    const step = await post(job, stateWith({ home, lease: '0123456789abcdef', prune: BY_AGE }))
    expect(step).toMatchObject({ exitCode: 0, stdout: '', summary: '' })
    expect(existsSync(home)).toBe(false)
  })

  it('a store that must not be opened is a warning with what to do, and the job stays what it was', async () => {
    const { job, store, home } = await aJob()
    const lease = await leased(store)
    await chmod(home, 0o777)
    const step = await post(job, stateWith({ home, lease }))
    expect(step).toMatchObject({ exitCode: 0, summary: '' })
    expect(step.stdout).toMatch(/::warning[^\n]*STORE_UNSAFE/)
  })

  it('a home that is a file, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'r3mes-post-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await writeFile(join(folder, 'home'), 'text')
    const { job } = await aJob()
    const step = await post(job, stateWith({ home: join(folder, 'home'), lease: '0123456789abcdef' }))
    expect(step.exitCode).toBe(0)
    expect(step.stdout).toMatch(/::warning title=setup-r3mes::The store could not be opened/)
  })

  it('a summary that cannot be written is a warning, and the lease is released all the same', async () => {
    const { job, store, home } = await aJob()
    const lease = await leased(store)
    const environment = { GITHUB_STEP_SUMMARY: join(job.folder, 'no', 'such', 'file') }
    const step = await post(job, stateWith({ home, lease }), { environment })
    expect(step.exitCode).toBe(0)
    expect(step.stdout).toMatch(/::warning[^\n]*summary could not be written/)
    expect(await jobsOf(store)).toEqual([])
  })
})

describe('when the job asked for it, the store is pruned', () => {
  const BIG = 'b'.repeat(300_000)
  const rules = { ...BY_AGE, keepPopular: 0 }

  /** A store in which one artifact was used last week, and one 40 days ago. */
  async function anAgedStore() {
    const { job, store, home } = await aJob()
    const old = await aUsed(store, { name: 'v1.0.0', days: 40, files: { 'model.gguf': BIG } })
    const young = await aUsed(store, { name: 'v2.0.0', days: 7, files: { 'model.gguf': 'young' } })
    return { job, home, old, young, store: await afterwards({ store, home }) }
  }

  it('and the summary names what went and what that freed on the disk', async () => {
    const { job, home, old, young, store } = await anAgedStore()
    const kilobytes = Math.round((await allocated(blobPathIn(home, sha256Of(BIG)))) / 1000)
    const lease = await leased(store)
    const step = await post(job, stateWith({ home, lease, prune: rules }))
    expect(step).toMatchObject({ exitCode: 0, stderr: '' })
    expect([existsSync(old), existsSync(young)]).toEqual([false, true])
    const outcome = `Pruned: 1 artifact, ${kilobytes} kB freed on the disk.`
    expect(step.stdout).toContain(outcome)
    expect(step.summary).toContain(outcome)
    expect(step.summary).toContain('was released')
    expect(step.summary).toContain(`model v1.0.0: ${kilobytes} kB, last used`)
  })

  it('and what another job uses stays', async () => {
    const { job, home, old, store } = await anAgedStore()
    await store.leases.use({ artifacts: [old], blobs: [sha256Of(BIG)] })
    const other = await store.leases.keepForJob({ workflow: 'Other', job: 'x', run: '2', pid: process.pid })
    await store.close()
    const step = await post(job, stateWith({ home, prune: rules }))
    expect(step.exitCode).toBe(0)
    expect(other).toBeDefined()
    expect(existsSync(old)).toBe(true)
    expect(step.summary).toContain('Pruned: nothing')
  })

  it('and says how much of what was asked for could not be freed', async () => {
    const { job, home } = await anAgedStore()
    const minFree = Number.MAX_SAFE_INTEGER
    const step = await post(job, stateWith({ home, prune: { ...rules, maxAge: undefined, minFree } }))
    expect(step.exitCode).toBe(0)
    expect(step.summary).toMatch(/Pruned: 2 artifacts, .* freed on the disk\. [\d.]+ TB more were asked for/)
  })

  it('and a log that nobody reads any more does not end it', async () => {
    const { job, home, old, store } = await anAgedStore()
    const lease = await leased(store)
    // Its standard output is a pipe whose other end has gone.
    const launcher = ['bash', '-c', 'exec "$@" > >(exec true)', 'bash']
    const step = await post(job, stateWith({ home, lease, prune: rules }), { launcher })
    expect([step.exitCode, step.stdout]).toEqual([0, ''])
    expect(existsSync(old)).toBe(false)
    expect(step.summary).toContain('Pruned: 1 artifact')
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'and %s ends it at once, with the lease released',
    async (signal) => {
      const { job, home, old, store } = await anAgedStore()
      const lease = await leased(store)
      // What prunes has to wait for this lock, so it is certainly not done yet.
      const held = await lock(join(home, 'leases/store.lock'))
      onTestFinished(() => held.release())
      let log = ''
      let stop = (): void => undefined
      const step = await post(job, stateWith({ home, lease, prune: rules }), {
        onStart: (child) => {
          stop = () => {
            child.kill(signal)
            stop = () => undefined
          }
        },
        onLog: (text) => {
          log += text
          if (log.includes('::group::Prune')) stop()
        },
      })
      expect(step).toMatchObject({ exitCode: 0, signal: null })
      expect(existsSync(old)).toBe(true)
      expect(step.stdout).not.toContain('::warning')
      expect(step.summary).toContain('was released')
      expect(existsSync(join(home, 'leases/jobs', `${lease}.json`))).toBe(false)
    },
  )
})
