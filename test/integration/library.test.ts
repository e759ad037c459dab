import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { finalTree } from '../support/tree.ts'

/** The library as the package's users load it. */
const {
  ensure,
  ensureFromInputs,
  modelPath,
  R3mesError,
  readSettings,
  silentReporter,
}: typeof import('../../src/index.ts') = await import(join(import.meta.dirname, '../../dist/index.js'))

let devnet: Devnet
let home: string
beforeAll(async () => {
  devnet = await startDevnet()
  home = await mkdtemp(join(tmpdir(), 'r3mes-library-'))
})
afterAll(async () => {
  await devnet.close()
  await rm(home, { recursive: true, force: true })
})

const inputs = () => ({ ...devnet.inputs(), home, 'model-version': '1.0.0' })
const ports = { reporter: silentReporter, environment: {} }

it('brings a model and says where it is', async () => {
  const result = await ensureFromInputs(inputs(), ports)
  expect(result.error).toBeUndefined()
  expect(result.success).toBe(true)
  expect(modelPath(result)).toBe(join(home, 'models/v1.0.0'))
  expect(result.cacheStatus).toBe('unavailable')
})

it('never throws: a failure is an R3mesError in the result', async () => {
  const result = await ensureFromInputs({ ...inputs(), adapters: 'coder\nwriter' }, ports)
  expect(result.success).toBe(false)
  expect(result.error).toBeInstanceOf(R3mesError)
  expect(result.error?.code).toBe('ADAPTER_CONFLICT')
})

it('ends at its deadline, and nothing of the run stays visible', async () => {
  const fresh = join(home, 'deadline')
  const heal = devnet.fail('cdn', { kind: 'stall', after: 1_000 })
  const settings = {
    ...readSettings({ ...inputs(), home: fresh, sources: 'huggingface' }, {}),
    deadline: 1_000,
  }
  const result = await ensure(settings, ports)
  heal()
  expect(result.error?.code).toBe('DEADLINE_EXCEEDED')
  expect(result.interrupted).toBe(false)
  expect(await finalTree(fresh)).toEqual({})
})

it('stops when its signal is aborted, and says that it was interrupted', async () => {
  const fresh = join(home, 'aborted')
  const heal = devnet.fail('cdn', { kind: 'stall', after: 1_000 })
  const stop = new AbortController()
  const reporter = {
    ...silentReporter,
    // The first bytes have come: the transfer is on its way.
    progress: () => stop.abort(),
  }
  const result = await ensureFromInputs(
    { ...inputs(), home: fresh, sources: 'huggingface' },
    { ...ports, reporter, signal: stop.signal },
  )
  heal()
  expect(result).toMatchObject({ success: false, interrupted: true, error: undefined })
  expect(await finalTree(fresh)).toEqual({})
})
