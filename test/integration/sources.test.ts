import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { approveAdapter, approveDataset } from '../../src/devnet/index.ts'
import { MAIN_JOB, type Scenario, startScenario } from '../support/scenario.ts'
import { finalTree, treeOf } from '../support/tree.ts'

const MODEL = { 'model-version': '1.0.0' }
const MODEL_SIZE = 2 * 1024 * 1024

/** The model's bytes are in the store, and nothing else is. */
async function expectModel(scenario: Scenario): Promise<void> {
  const { sha256 } = scenario.devnet.addContent('model 1.0.0', MODEL_SIZE)
  expect(await finalTree(scenario.store)).toEqual({ 'models/v1.0.0/model.gguf': sha256 })
}

async function failuresOf(receiptPath: string | undefined): Promise<{ source: string; code: string }[]> {
  return JSON.parse(await readFile(receiptPath ?? '', 'utf8')).failures
}

describe('a host that serves wrong bytes', () => {
  it.each(['start', 'middle', 'end'] as const)(
    'is named and dropped, and the next source serves (wrong at the %s)',
    async (at) => {
      await using scenario = await startScenario({ cache: false })
      scenario.devnet.fail('cdn', { kind: 'wrong-bytes', at })
      const step = await scenario.step(MODEL)
      expect(step.outputs['success']).toBe('true')
      expect(step.stdout).toMatch(/::warning[^\n]*served wrong bytes/)
      expect(scenario.devnet.requests.to('cdn')).toHaveLength(1)
      expect(await failuresOf(step.outputs['receipt'])).toMatchObject([
        { source: 'huggingface', code: 'DIGEST_MISMATCH' },
      ])
      await expectModel(scenario)
    },
  )

  it('is not asked again for another file of the run', async () => {
    await using scenario = await startScenario({ cache: false })
    scenario.devnet.fail('cdn', { kind: 'wrong-bytes' })
    const step = await scenario.step({ ...MAIN_JOB, 'parallel-downloads': '1' })
    expect(step.outputs['success']).toBe('true')
    expect(scenario.devnet.requests.to('cdn')).toHaveLength(1)
  })

  it('fails the run when every source lies, and leaves nothing under a final path', async () => {
    await using scenario = await startScenario({ cache: false })
    for (const endpoint of ['cdn', 'gateway', 'mirror'] as const) {
      scenario.devnet.fail(endpoint, { kind: 'wrong-bytes' })
    }
    const step = await scenario.step(MAIN_JOB)
    expect([step.exitCode, step.outputs['error-code']]).toEqual([6, 'DIGEST_MISMATCH'])
    const asked = (await failuresOf(step.outputs['receipt'])).map(({ source }) => source)
    expect(asked).toEqual(expect.arrayContaining(['huggingface', 'http']))
    expect(step.summary).toMatch(/Places that failed: \d/)
    expect(await finalTree(scenario.store)).toEqual({})
    expect(await treeOf(join(scenario.store, 'blobs'))).toEqual({})
  })
})

describe('a host that fails', () => {
  it.each([
    ['404', { kind: 'status', status: 404 }],
    ['a redirect that leads nowhere', { kind: 'redirect', location: 'https://127.0.0.1:1/nowhere' }],
    ['a Content-Length that lies', { kind: 'wrong-length', by: -1000 }],
    ['a longer Content-Length', { kind: 'wrong-length', by: 1000 }],
  ] as const)('is passed over for the next source: %s', async (_name, fault) => {
    await using scenario = await startScenario({ cache: false })
    scenario.devnet.fail('hub', fault)
    scenario.devnet.fail('cdn', fault)
    const step = await scenario.step(MODEL)
    expect(step.outputs['success']).toBe('true')
    expect(await failuresOf(step.outputs['receipt'])).not.toEqual([])
    await expectModel(scenario)
  })

  it('is asked again after a 500 that passes', async () => {
    await using scenario = await startScenario({ cache: false })
    scenario.devnet.fail('hub', { kind: 'status', status: 500, times: 1 })
    const step = await scenario.step({ ...MODEL, sources: 'huggingface' })
    expect(step.outputs['success']).toBe('true')
    expect(scenario.devnet.requests.to('hub')).toHaveLength(2)
  })

  it('is asked again when a 429 says when', async () => {
    await using scenario = await startScenario({ cache: false })
    scenario.devnet.fail('hub', { kind: 'status', status: 429, headers: { 'retry-after': '1' }, times: 1 })
    const step = await scenario.step({ ...MODEL, sources: 'huggingface' })
    expect(step.outputs['success']).toBe('true')
    expect(scenario.devnet.requests.to('hub')).toHaveLength(2)
  })

  it('is asked again after a connection that broke in mid-body', async () => {
    await using scenario = await startScenario({ cache: false })
    scenario.devnet.fail('cdn', { kind: 'truncate', after: 100_000, times: 1 })
    const step = await scenario.step({ ...MODEL, sources: 'huggingface' })
    expect(step.outputs['success']).toBe('true')
    await expectModel(scenario)
  })
})

describe('sources', () => {
  it('are asked in the order of the input, and those left out are off', async () => {
    await using scenario = await startScenario({ cache: false })
    const step = await scenario.step({ ...MODEL, sources: 'http' })
    expect(step.outputs['success']).toBe('true')
    expect(new Set(scenario.devnet.requests.content().map((request) => request.endpoint))).toEqual(
      new Set(['mirror']),
    )
    await expectModel(scenario)
  })

  it('serve a file from an IPFS gateway when its SHA-256 is approved', async () => {
    await using scenario = await startScenario({ cache: false })
    const step = await scenario.step({ ...MODEL, sources: 'ipfs' })
    expect(step.outputs['success']).toBe('true')
    expect(scenario.devnet.requests.to('gateway')).toHaveLength(1)
    await expectModel(scenario)
  })

  it('fail with every reason when none has the file', async () => {
    await using scenario = await startScenario({ cache: false })
    for (const endpoint of ['hub', 'gateway', 'mirror'] as const) {
      scenario.devnet.fail(endpoint, { kind: 'status', status: 404 })
    }
    const step = await scenario.step(MODEL)
    expect([step.exitCode, step.outputs['error-code']]).toEqual([6, 'SOURCES_EXHAUSTED'])
    for (const url of ['hub', 'gateway', 'mirror'] as const) {
      expect(step.stdout).toContain(new URL(scenario.devnet.urls[url]).host)
    }
  })

  it('explain a gated repository', async () => {
    await using scenario = await startScenario({ cache: false })
    scenario.devnet.requireToken('r3mes-network/bitnet', 'hf_right')
    const locked = await scenario.step({ ...MODEL, sources: 'huggingface' })
    expect([locked.exitCode, locked.outputs['error-code']]).toEqual([6, 'AUTH_REQUIRED'])
    expect(locked.outputs['error-message']).toContain('hf-token')
    const open = await scenario.step({ ...MODEL, sources: 'huggingface', 'hf-token': 'hf_right' })
    expect(open.outputs['success']).toBe('true')
  })

  it('refuse a manifest that is not the approved one', async () => {
    await using scenario = await startScenario({ cache: false })
    for (const endpoint of ['hub', 'cdn', 'gateway', 'mirror'] as const) {
      scenario.devnet.fail(endpoint, { kind: 'wrong-bytes' })
    }
    const step = await scenario.step({ 'model-version': '2.0.0' })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([6, 'DIGEST_MISMATCH'])
    const asked = (await failuresOf(step.outputs['receipt'])).map(({ source }) => source)
    expect(asked).toEqual(expect.arrayContaining(['huggingface', 'http']))
    expect(step.summary).toMatch(/Places that failed: \d/)
    expect(await finalTree(scenario.store)).toEqual({})
  })
})

describe('all or nothing', () => {
  it('takes back what the run promoted when one artifact fails, and leaves what was there before', async () => {
    await using scenario = await startScenario({ cache: false })
    await scenario.step({ 'model-version': '1.0.0', adapters: 'general_dora' })
    const before = await finalTree(scenario.store)
    const lost = scenario.devnet.addContent('lost', 5_000)
    approveAdapter(scenario.devnet, {
      adapterId: 'lost',
      checksum: lost.sha256,
      compatibleModelVersions: ['2.0.0'],
      fileName: 'lost.pt',
    })
    const step = await scenario.step({ 'model-version': '2.0.0', adapters: 'lost', datasets: '0' })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([6, 'SOURCES_EXHAUSTED'])
    expect(await finalTree(scenario.store)).toEqual(before)
    expect(step.outputs).toMatchObject({ 'model-path': '', 'adapter-paths': '{}', 'dataset-paths': '{}' })
  })

  it('goes on without a dataset that fails when datasets are not required', async () => {
    await using scenario = await startScenario({ cache: false })
    const lost = scenario.devnet.addContent('lost', 5_000)
    approveDataset(scenario.devnet, { datasetId: 9n, metadata: { name: 'lost', checksum: lost.sha256 } })
    const inputs = { ...MODEL, datasets: 'training_dataset_v1\nlost\nno_such_one' }
    const strict = await scenario.step(inputs)
    expect([strict.exitCode, strict.outputs['error-code']]).toEqual([3, 'DATASET_NOT_APPROVED'])
    const lenient = await scenario.step({ ...inputs, 'require-dataset': 'false' })
    expect(lenient.exitCode).toBe(0)
    expect(Object.keys(JSON.parse(lenient.outputs['dataset-paths'] ?? ''))).toEqual(['training_dataset_v1'])
    expect(JSON.parse(lenient.outputs['status'] ?? '').datasetErrorCodes.sort()).toEqual([
      'DATASET_NOT_APPROVED',
      'SOURCES_EXHAUSTED',
    ])
    expect(lenient.stdout).toMatch(/::warning[^\n]*SOURCES_EXHAUSTED/)
  })

  it('refuses an artifact larger than the limit before a byte of it is asked for', async () => {
    await using scenario = await startScenario({ cache: false })
    const step = await scenario.step({ ...MAIN_JOB, 'max-artifact-size': '100KB' })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([6, 'ARTIFACT_TOO_LARGE'])
    expect(scenario.devnet.requests.content()).toEqual([])
  })

  it('cuts off a file that has no approved size at the limit', async () => {
    await using scenario = await startScenario({ cache: false })
    const step = await scenario.step({ ...MODEL, 'max-artifact-size': '1MB' })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([6, 'ARTIFACT_TOO_LARGE'])
    expect(await finalTree(scenario.store)).toEqual({})
  })
})
