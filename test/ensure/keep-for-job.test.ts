import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { ensureFromInputs } from '../../src/ensure/index.ts'
import { openStore } from '../../src/store/index.ts'
import { ensured } from '../support/ensured.ts'

const JOB = { workflow: 'train', job: 'gpu', run: '7/1', pid: process.pid }
const INPUTS = { 'model-version': '1.0.0', adapters: 'coder' }

it('lets the job go on using what the run put in place, until it is released', async () => {
  const { devnet, home } = await ensured()
  const inputs = { ...devnet.inputs(), home, ...INPUTS }
  const result = await ensureFromInputs(inputs, { reporter: silentReporter, environment: {}, job: JOB })
  expect(result.error).toBeUndefined()
  await using store = await openStore({ home, reporter: silentReporter })
  const [lease, ...others] = (await store.leases.list()).filter(({ kind }) => kind === 'job')
  expect(others).toEqual([])
  expect(lease).toMatchObject({ id: result.jobLease, who: 'train, job gpu, run 7/1' })
  expect(lease?.artifacts.toSorted()).toEqual(result.artifacts.map(({ path }) => path).toSorted())
  const digests = result.artifacts.flatMap(({ files }) => files.map(({ sha256 }) => sha256))
  expect(lease?.blobs).toEqual(expect.arrayContaining(digests))
  expect(await store.leases.release(result.jobLease ?? '')).toBe(true)
  expect(await readdir(join(home, 'leases/jobs'))).toEqual([])
})

it('keeps nothing for a job whose run failed, nor outside of a job', async () => {
  const { devnet, home, run } = await ensured()
  const inputs = { ...devnet.inputs(), home, ...INPUTS, adapters: 'no_such_adapter' }
  const failed = await ensureFromInputs(inputs, { reporter: silentReporter, environment: {}, job: JOB })
  expect(failed.success).toBe(false)
  expect(failed.jobLease).toBeUndefined()
  const alone = await run(INPUTS)
  expect([alone.error, alone.jobLease]).toEqual([undefined, undefined])
  expect(await readdir(join(home, 'leases/jobs'))).toEqual([])
})
