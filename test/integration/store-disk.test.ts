import { mkdir, readdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { approveAdapter, approveModel } from '../../src/devnet/index.ts'
import { MAIN_JOB, type Scenario } from '../support/scenario.ts'
import { aFolderElsewhere } from '../support/store.ts'
import { mayMount } from '../support/store-process.ts'
import {
  approved,
  aStoreScenario,
  expectRefused,
  MIB,
  MODEL,
  SMALL_FILES_ONLY,
} from '../support/store-scenario.ts'
import { finalTree, treeOf } from '../support/tree.ts'

describe('a disk without room', () => {
  /** More bytes than this file system has free, by more than anybody here gives back meanwhile. */
  async function tooMuch({ job }: Scenario): Promise<number> {
    const { bavail, bsize } = await statfs(job.folder)
    return bavail * bsize + 1e12
  }

  it('is known before the first byte, by the approved size', async () => {
    const scenario = await aStoreScenario()
    approveAdapter(scenario.devnet, {
      adapterId: 'huge',
      checksum: 'a'.repeat(64),
      sizeBytes: BigInt(await tooMuch(scenario)),
      fileName: 'huge.safetensors',
      compatibleModelVersions: ['1.0.0'],
    })
    const step = await scenario.step({ ...MODEL, adapters: 'huge', 'max-artifact-size': '9000TB' })
    expectRefused(step, scenario, 'DISK_FULL')
    expect(step.outputs['error-message']).toMatch(/needs \d+ bytes, but only \d+ are free/)
    expect(await finalTree(scenario.store)).toEqual({})
  })

  it('is known before the first byte, by what a record without a size says it needs', async () => {
    const scenario = await aStoreScenario()
    approveModel(scenario.devnet, {
      modelId: 9n,
      config: {
        modelVersion: '5.0.0',
        modelName: 'huge',
        fileName: 'model.gguf',
        verificationSha256: 'a'.repeat(64),
        requiredDiskSpaceGb: (await tooMuch(scenario)) / 1e9,
      },
    })
    const step = await scenario.step({ 'model-version': '5.0.0', 'max-artifact-size': '9000TB' })
    expectRefused(step, scenario, 'DISK_FULL')
  })

  it('does not count what the store has already', async () => {
    const scenario = await aStoreScenario()
    await scenario.step(MODEL)
    approveModel(scenario.devnet, {
      modelId: 1n,
      config: {
        modelVersion: '1.0.0',
        fileName: 'model.gguf',
        verificationSha256: scenario.devnet.addContent('model 1.0.0', 2 * MIB).sha256,
        requiredDiskSpaceGb: (await tooMuch(scenario)) / 1e9,
      },
    })
    const step = await scenario.step({ ...MODEL, 'max-artifact-size': '9000TB' })
    expect(step.outputs['success']).toBe('true')
  })

  it('is survived in mid-transfer, and the next run works: a limit on the size of files', async () => {
    const scenario = await aStoreScenario()
    const full = await scenario.step(MAIN_JOB, { launcher: SMALL_FILES_ONLY })
    expect([full.exitCode, full.outputs['error-code']]).toEqual([7, 'DISK_FULL'])
    expect(full.outputs['error-message']).toContain('‘home’')
    expect(await finalTree(scenario.store)).toEqual({})
    expect(await readdir(join(scenario.store, 'partials'))).toEqual([])
    const next = await scenario.step(MAIN_JOB)
    expect(next.outputs['success']).toBe('true')
    expect(await finalTree(scenario.store)).toEqual(approved(scenario))
  })

  it('is survived while files are put in place, and takes back what this run had put there', async () => {
    const scenario = await aStoreScenario()
    const { store } = scenario
    expect((await scenario.step(MAIN_JOB)).outputs['success']).toBe('true')
    for (const kind of ['models', 'adapters']) await rm(join(store, kind), { recursive: true })
    const big = scenario.devnet.addContent('big adapter', MIB)
    scenario.devnet.publishToMirror('big', big)
    approveAdapter(scenario.devnet, {
      adapterId: 'big',
      checksum: big.sha256,
      fileName: 'big.safetensors',
      compatibleModelVersions: ['1.0.0'],
      targetModules: ['big_proj'],
    })
    const request = { ...MODEL, adapters: 'general_dora\nbig' }
    expect((await scenario.step({ ...request, 'plan-only': 'true' })).outputs['success']).toBe('true')
    expect((await scenario.step(request)).outputs['success']).toBe('true')
    for (const kind of ['models', 'adapters']) await rm(join(store, kind), { recursive: true })

    // Copies, not links, since the adapters go to another file system: the small one fits, the big one does not.
    const adapters = await aFolderElsewhere()
    const environment = { R3MES_ADAPTER_DIR: adapters }
    const full = await scenario.step(request, { environment, launcher: SMALL_FILES_ONLY })
    expect([full.exitCode, full.outputs['error-code']]).toEqual([7, 'DISK_FULL'])
    expect(full.outputs).toMatchObject({ 'model-path': '', 'adapter-paths': '{}' })
    expect(await treeOf(adapters)).toEqual({})
    expect(Object.keys(await finalTree(store))).toEqual([
      'datasets/training_dataset_v1/training_dataset_v1.jsonl',
    ])
    const next = await scenario.step(request, { environment })
    expect(next.outputs['success']).toBe('true')
    expect(Object.keys(await treeOf(adapters))).toEqual(['big.safetensors', 'general_dora.safetensors'])
  })

  const technique = mayMount() ? 'a file system of 1 MiB' : 'a limit on the size of files'
  it(`is said so where no record warned of it: ${technique}`, async () => {
    const scenario = await aStoreScenario()
    const content = scenario.devnet.addContent('unsized', 4 * MIB)
    scenario.devnet.publishToMirror('unsized', content)
    approveModel(scenario.devnet, {
      modelId: 9n,
      config: { modelVersion: '5.0.0', fileName: 'model.gguf', verificationSha256: content.sha256 },
    })
    await mkdir(scenario.store)
    const mount = `mount -t tmpfs -o size=1m,mode=755 none ${scenario.store} && exec "$@"`
    // bash, not sh, which would drop variables such as INPUT_RPC-URLS.
    const launcher = mayMount() ? ['unshare', '-rm', 'bash', '-c', mount, 'bash'] : SMALL_FILES_ONLY
    const step = await scenario.step({ 'model-version': '5.0.0' }, { launcher })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([7, 'DISK_FULL'])
    expect(scenario.devnet.requests.content().length).toBeGreaterThan(0)
    expect(await finalTree(scenario.store)).toEqual({})
  })
})
