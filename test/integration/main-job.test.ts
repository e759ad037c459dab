import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StepResult } from '../../scripts/action-runner.ts'
import { approveAdapter, artifactManifest, MANIFEST_NAME } from '../../src/devnet/index.ts'
import { OUTPUTS } from '../../src/ensure/index.ts'
import { MAIN_JOB, type Scenario, startScenario } from '../support/scenario.ts'
import { approved } from '../support/store-scenario.ts'
import { finalTree } from '../support/tree.ts'

describe('the main job, cold, restored and warm', () => {
  let scenario: Scenario
  let cold: StepResult

  beforeAll(async () => {
    scenario = await startScenario()
    cold = await scenario.step(MAIN_JOB)
  })
  afterAll(() => scenario[Symbol.asyncDispose]())

  it('succeeds', () => {
    expect(cold.stdout + cold.stderr).toContain('Every byte was checked')
    expect(cold.exitCode).toBe(0)
    expect(cold.outputs['success']).toBe('true')
  })

  it('sets every output', () => {
    expect(Object.keys(cold.outputs).sort()).toEqual(OUTPUTS.map(({ name }) => name).sort())
  })

  it('leaves exactly the approved bytes under final paths, read-only', async () => {
    expect(await finalTree(scenario.store)).toEqual(approved(scenario))
    for (const path of Object.keys(approved(scenario))) {
      expect((await stat(join(scenario.store, path))).mode & 0o222).toBe(0)
    }
  })

  it('hands back the paths', () => {
    expect(cold.outputs['model-path']).toBe(join(scenario.store, 'models/v1.0.0'))
    expect(JSON.parse(cold.outputs['adapter-paths'] ?? '')).toEqual({
      general_dora: join(scenario.store, 'adapters/general_dora.safetensors'),
      coder: join(scenario.store, 'adapters/coder.safetensors'),
    })
    expect(JSON.parse(cold.outputs['dataset-paths'] ?? '')).toEqual({
      training_dataset_v1: join(scenario.store, 'datasets/training_dataset_v1'),
    })
    expect(cold.outputs['model-version']).toBe('1.0.0')
    expect(cold.outputs['home']).toBe(scenario.store)
  })

  it('says which height was read, how it was proven, and what that means', () => {
    expect(cold.outputs['registry-height']).toBe((scenario.devnet.height - 1n).toString())
    expect(cold.outputs['trust']).toBe('quorum')
    expect(Date.parse(cold.outputs['trust-expires-at'] ?? '')).toBeGreaterThan(Date.now())
    expect(cold.stdout).toMatch(/::notice[^\n]*Trust is on first use/)
    expect(cold.stdout).not.toContain('::warning')
  })

  it('offers the lockfile and the two lines that pin what it found', () => {
    const { hash } = scenario.devnet.anchor(scenario.devnet.height)
    expect(cold.summary).toContain(`trusted-height: ${scenario.devnet.height}\ntrusted-hash: ${hash}`)
    expect(cold.summary).toContain('r3mes.lock')
  })

  it('exports variables for later steps, under names that are no inputs', () => {
    expect(cold.exported).toEqual({
      R3MES_READY_MODEL_PATH: cold.outputs['model-path'],
      R3MES_READY_MODEL_VERSION: '1.0.0',
      R3MES_READY_ADAPTERS: cold.outputs['adapter-paths'],
      R3MES_READY_DATASETS: cold.outputs['dataset-paths'],
    })
  })

  it('writes a summary that shows every artifact', () => {
    for (const part of [
      '1.0.0',
      'general_dora',
      'coder',
      'training_dataset_v1',
      'huggingface',
      'remes-testnet-1',
    ]) {
      expect(cold.summary).toContain(part)
    }
  })

  it('writes a receipt that names digest, source and height of every file', async () => {
    const receipt = JSON.parse(await readFile(cold.outputs['receipt'] ?? '', 'utf8'))
    expect(receipt).toMatchObject({
      version: 1,
      success: true,
      chain: { id: 'remes-testnet-1', trust: 'quorum', height: cold.outputs['registry-height'] },
      proof: { primary: scenario.devnet.urls.rpc, witnesses: [{ verdict: 'agrees' }] },
    })
    const files: { sha256: string; from: string }[] = receipt.artifacts.flatMap(
      (artifact: { files: unknown[] }) => artifact.files,
    )
    expect(files.map((file) => file.sha256).sort()).toEqual(Object.values(approved(scenario)).sort())
    expect(files.every((file) => file.from === 'huggingface' || file.from === 'ipfs')).toBe(true)
  })

  it('says in receipt and summary how long each phase took', async () => {
    const { phases } = JSON.parse(await readFile(cold.outputs['receipt'] ?? '', 'utf8'))
    expect(Object.keys(phases)).toEqual(['approvals', 'plan', 'store', 'transfer', 'promote', 'cache'])
    expect(Object.values(phases).every((milliseconds) => Number.isInteger(milliseconds))).toBe(true)
    expect(phases.approvals).toBeGreaterThan(0)
    expect(cold.summary).toMatch(/<td>Time<\/td><td>\d+(?:\.\d)? s \(approvals .*transfer.* s\)<\/td>/)
  })

  it('asked the cache first, missed, and saved', () => {
    expect(cold.outputs['cache-status']).toBe('miss')
    expect(cold.outputs['cache-hit']).toBe('false')
    expect(scenario.devnet.cache.entries().length).toBeGreaterThan(0)
  })

  it('downloads nothing when everything is in place, and says that it hashed everything again', async () => {
    scenario.devnet.requests.clear()
    const warm = await scenario.step(MAIN_JOB)
    expect(warm.outputs).toMatchObject({
      success: 'true',
      'cache-hit': 'true',
      'cache-status': 'unused',
      'bytes-downloaded': '0',
      'model-path': cold.outputs['model-path'],
    })
    expect(warm.stdout).toContain('4 of 4 files are in the store, every byte of them was hashed again')
    expect(scenario.devnet.requests.content()).toEqual([])
    expect(scenario.devnet.requests.to('cache')).toEqual([])
    expect(scenario.devnet.requests.to('blobs')).toEqual([])
  })

  it('fetches again under force what is in place', async () => {
    scenario.devnet.requests.clear()
    const forced = await scenario.step({ ...MAIN_JOB, force: 'true', sources: 'huggingface' })
    expect(forced.outputs['success']).toBe('true')
    expect(Number(forced.outputs['bytes-downloaded'])).toBe(2_752_512)
    expect(scenario.devnet.requests.to('cdn').length).toBe(4)
    expect(await finalTree(scenario.store)).toEqual(approved(scenario))
  })

  it('restores a wiped home from the Actions cache alone, and saves nothing twice', async () => {
    const entries = scenario.devnet.cache.entries().length
    await rm(scenario.store, { recursive: true })
    scenario.devnet.requests.clear()
    const restored = await scenario.step(MAIN_JOB)
    expect(restored.outputs).toMatchObject({ success: 'true', 'cache-hit': 'true', 'cache-status': 'hit' })
    expect(scenario.devnet.requests.content()).toEqual([])
    expect(await finalTree(scenario.store)).toEqual(approved(scenario))
    expect(scenario.devnet.cache.entries().length).toBe(entries)
  })
})

describe('one job with several steps', () => {
  it('keeps two versions side by side, each with its own outputs', async () => {
    await using scenario = await startScenario()
    const first = await scenario.step({ 'model-version': '1.0.0', adapters: 'coder' })
    const second = await scenario.step({ 'model-version': '2.0.0', adapters: 'future_lora' })
    expect([first.outputs['success'], second.outputs['success']]).toEqual(['true', 'true'])
    expect(first.outputs['model-path']).toBe(join(scenario.store, 'models/v1.0.0'))
    expect(second.outputs['model-path']).toBe(join(scenario.store, 'models/v2.0.0'))
    expect(Object.keys(await finalTree(scenario.store)).sort()).toEqual([
      'adapters/coder.safetensors',
      'adapters/future_lora.safetensors',
      'models/v1.0.0/model.gguf',
      'models/v2.0.0/model.gguf',
      'models/v2.0.0/tokenizer.json',
    ])
  })

  it('asks nobody for the manifest of a model with several files when it is in the store', async () => {
    await using scenario = await startScenario()
    await scenario.step({ 'model-version': '2.0.0' })
    scenario.devnet.requests.clear()
    const warm = await scenario.step({ 'model-version': '2.0.0' })
    expect(warm.outputs).toMatchObject({ success: 'true', 'cache-status': 'unused', 'bytes-downloaded': '0' })
    expect(scenario.devnet.requests.content()).toEqual([])
  })

  it('resolves the active version, a range, and no model at all', async () => {
    await using scenario = await startScenario({ cache: false })
    const active = await scenario.step({ 'plan-only': 'true' })
    expect(active.outputs).toMatchObject({
      success: 'true',
      'model-version': '1.0.0',
      'cache-status': 'unavailable',
    })
    const range = await scenario.step({ 'model-version': '>=1.0.0', 'plan-only': 'true' })
    expect(range.outputs['model-version']).toBe('2.0.0')
    const none = await scenario.step({ 'model-version': 'none', datasets: '1', 'plan-only': 'true' })
    expect(none.outputs).toMatchObject({ success: 'true', 'model-version': '', 'model-path': '' })
  })
})

describe('plan-only', () => {
  it('checks and reports, and asks no content host', async () => {
    await using scenario = await startScenario()
    const step = await scenario.step({ ...MAIN_JOB, 'plan-only': 'true' })
    expect(step.outputs).toMatchObject({ success: 'true', 'model-version': '1.0.0', 'model-path': '' })
    const status = JSON.parse(step.outputs['status'] ?? '')
    expect(status.planned.map((artifact: { id: string }) => artifact.id)).toEqual([
      '1.0.0',
      'general_dora',
      'coder',
      'training_dataset_v1',
    ])
    expect(scenario.devnet.requests.content()).toEqual([])
    expect(await finalTree(scenario.store)).toEqual({})
  })
})

describe('an artifact with an empty file', () => {
  it('is restored from the cache alone: nobody is asked for no bytes', async () => {
    await using scenario = await startScenario()
    const { devnet } = scenario
    const files = ['weights.bin', 'config.json', 'empty/__init__.py'].map((path, index) => ({
      path,
      content: devnet.addContent(path, index === 2 ? Buffer.alloc(0) : 1_000),
    }))
    const manifest = artifactManifest(files)
    for (const { path, content } of [...files, { path: MANIFEST_NAME, content: manifest }]) {
      devnet.publishToHub('r3mes-network/many', path, content)
    }
    approveAdapter(devnet, {
      adapterId: 'many',
      checksum: `manifest:${manifest.sha256}`,
      compatibleModelVersions: ['1.0.0'],
      downloadSource: 'hf://r3mes-network/many@main/',
    })
    const inputs = { 'model-version': '1.0.0', adapters: 'many' }
    const cold = await scenario.step(inputs)
    expect(cold.outputs['success']).toBe('true')
    expect(JSON.parse(cold.outputs['adapter-paths'] ?? '')).toEqual({
      many: join(scenario.store, 'adapters/many'),
    })
    const tree = await finalTree(scenario.store)
    expect(tree['adapters/many/empty/__init__.py']).toBe(
      devnet.addContent('empty/__init__.py', Buffer.alloc(0)).sha256,
    )
    await rm(scenario.store, { recursive: true })
    devnet.requests.clear()
    const restored = await scenario.step(inputs)
    expect(restored.outputs).toMatchObject({ success: 'true', 'cache-status': 'hit', 'cache-hit': 'true' })
    expect(devnet.requests.content()).toEqual([])
    expect(await finalTree(scenario.store)).toEqual(tree)
  })
})

describe('what is for later steps and for people', () => {
  it('exports no variables when `export-env` is false, and takes the flag in every spelling', async () => {
    await using scenario = await startScenario({ cache: false })
    const model = { 'model-version': '1.0.0' }
    const exportedWith = async (flag: string) =>
      Object.keys((await scenario.step({ ...model, 'export-env': flag })).exported)
    expect(await exportedWith('False')).toEqual([])
    expect(await exportedWith('True')).toHaveLength(4)
  })

  it('is no part of the job: where the summary cannot be written, the run goes on and says so', async () => {
    await using scenario = await startScenario({ cache: false })
    const environment = { GITHUB_STEP_SUMMARY: join(scenario.job.folder, 'missing', 'summary.md') }
    const step = await scenario.step(MAIN_JOB, { environment })
    expect([step.exitCode, step.outputs['success']]).toEqual([0, 'true'])
    expect(step.stdout).toMatch(/::warning[^\n]*The job summary could not be written/)
  })
})
