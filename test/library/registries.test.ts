import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { approveModel, approveVersion, type Devnet, revokeAdapter } from '../../src/devnet/index.ts'
import { AdapterRegistry, DatasetRegistry, ModelRegistry } from '../../src/library/index.ts'
import { libraryWorld } from '../support/library.ts'
import { finalTree } from '../support/tree.ts'

describe('ModelRegistry', () => {
  it('says what the chain proved of a model', async () => {
    const { options, devnet } = await libraryWorld()
    const info = await new ModelRegistry(options).info('v1.0')
    const content = devnet.addContent('model 1.0.0', 50_000)
    expect(info).toEqual({
      modelId: 1n,
      name: 'bitnet',
      version: '1.0.0',
      versionNumber: 2n,
      containerHash: expect.stringMatching(/^sha256:/),
      digest: `sha256:${content.sha256}`,
      checksum: content.sha256,
      ipfsHash: content.cid,
      sizeBytes: undefined,
      fileName: 'model.gguf',
      downloadSource: 'hf://r3mes-network/bitnet@main/v1.0.0/model.gguf',
      huggingfaceRepo: 'r3mes-network/bitnet',
      huggingfaceRevision: 'main',
      huggingfacePath: 'v1.0.0/model.gguf',
      status: 'active',
      approvedAtHeight: expect.any(BigInt),
    })
    expect(devnet.requests.content()).toEqual([])
  })

  it('lists every approved version, the newest first, those of one version apart', async () => {
    const { options, devnet } = await libraryWorld()
    const twin = devnet.addContent('twin', 100)
    approveModel(devnet, {
      modelId: 7n,
      config: {
        modelVersion: '1.0.0',
        modelName: 'twin',
        fileName: 'twin.gguf',
        verificationSha256: twin.sha256,
      },
    })
    const list = await new ModelRegistry(options).list()
    expect(list.map(({ version, name, status }) => [version, name, status])).toEqual([
      ['2.0.0', 'bitnet', 'active'],
      ['1.0.0', 'bitnet', 'active'],
      ['1.0.0', 'twin', 'active'],
      ['0.9.0', 'bitnet', 'deprecated'],
    ])
    expect(list[0]?.checksum).toMatch(/^manifest:[0-9a-f]{64}$/)
    await expect(new ModelRegistry(options).info('1.0.0')).rejects.toMatchObject({ code: 'MODEL_AMBIGUOUS' })
    expect(await new ModelRegistry({ ...options, modelName: 'twin' }).info('1.0.0')).toMatchObject({
      modelId: 7n,
    })
  })

  it('lists what an endpoint says under trust: rpc, with a warning', async () => {
    const { options, devnet } = await libraryWorld()
    const warnings: string[] = []
    const reporter = { ...silentReporter, warning: (text: string) => warnings.push(text) }
    const registry = new ModelRegistry({ ...options, rpcUrls: [devnet.urls.rpc], trust: 'rpc', reporter })
    const { trust, approved } = await registry.syncFromBlockchain()
    expect([trust, approved.map(({ version }) => version)]).toEqual(['rpc', ['2.0.0', '1.0.0', '0.9.0']])
    expect(warnings.join('\n')).toContain('trust: rpc')
  })

  it('leaves out what was rolled back, and what has no digest', async () => {
    const { options, devnet } = await libraryWorld()
    approveVersion(devnet, { versionNumber: 9n, modelId: 2n, status: 'rollback' })
    approveModel(devnet, { modelId: 8n, config: { modelVersion: '3.0.0', modelName: 'bare' } })
    const { approved, success } = await new ModelRegistry(options).syncFromBlockchain()
    expect([success, approved.map(({ version }) => version)]).toEqual([true, ['1.0.0', '0.9.0']])
  })

  it('brings a version into its folder, and hashes what is there instead of fetching it', async () => {
    const { options, devnet, home } = await libraryWorld()
    const registry = new ModelRegistry(options)
    expect(await registry.downloadModel('1.0.0')).toEqual([true, join(home, 'models/v1.0.0')])
    devnet.requests.clear()
    expect(await registry.downloadModel('1.0.0')).toEqual([true, join(home, 'models/v1.0.0')])
    expect(devnet.requests.content()).toEqual([])
  })

  it('fetches again with force', async () => {
    const { options, devnet, home } = await libraryWorld()
    const registry = new ModelRegistry(options)
    await registry.downloadModel('1.0.0')
    devnet.requests.clear()
    expect(await registry.downloadModel('1.0.0', { force: true })).toEqual([
      true,
      join(home, 'models/v1.0.0'),
    ])
    expect(devnet.requests.content().length).toBeGreaterThan(0)
  })

  it('returns why a version cannot be had', async () => {
    const { options, devnet, home } = await libraryWorld()
    const registry = new ModelRegistry(options)
    expect(await registry.downloadModel('9.9.9')).toMatchObject([
      false,
      undefined,
      { code: 'MODEL_NOT_APPROVED' },
    ])
    devnet.lie('forged-proof')
    expect(await registry.downloadModel('1.0.0')).toMatchObject([false, undefined, { code: 'PROOF_INVALID' }])
    await expect(registry.info('1.0.0')).rejects.toMatchObject({ code: 'PROOF_INVALID' })
    await expect(registry.list()).rejects.toMatchObject({ code: 'PROOF_INVALID' })
    expect(devnet.requests.content()).toEqual([])
    expect(await finalTree(home)).toEqual({})
  })

  it('puts wrong bytes nowhere', async () => {
    const { options, devnet, home } = await libraryWorld()
    for (const host of ['cdn', 'gateway', 'mirror'] as const) devnet.fail(host, { kind: 'wrong-bytes' })
    const [success, path, error] = await new ModelRegistry(options).downloadModel('1.0.0')
    expect([success, path, error?.code]).toEqual([false, undefined, 'DIGEST_MISMATCH'])
    expect(await finalTree(home)).toEqual({})
  })

  it('begins nothing when its signal is aborted already', async () => {
    const { options, devnet, home } = await libraryWorld()
    const signal = AbortSignal.abort(new Error('no time'))
    await expect(new ModelRegistry(options).downloadModel('1.0.0', { signal })).rejects.toThrow('no time')
    await expect(new ModelRegistry({ ...options, signal }).list()).rejects.toThrow('no time')
    expect(devnet.requests.content()).toEqual([])
    expect(await finalTree(home)).toEqual({})
  })

  it('is held to the pin of the environment', async () => {
    const { options, devnet } = await libraryWorld()
    const pinned = (cid: string) =>
      new ModelRegistry({
        ...options,
        environment: { ...options.environment, R3MES_MODEL_IPFS_HASH: cid },
      }).downloadModel('1.0.0')
    expect(await pinned(devnet.addContent('model 0.9.0', 50_000).cid)).toMatchObject([
      false,
      undefined,
      { code: 'MODEL_NOT_APPROVED' },
    ])
    expect(await pinned(devnet.addContent('model 1.0.0', 50_000).cid)).toEqual([true, expect.any(String)])
  })
})

/** The devnet after some questions, with what they asked content hosts for. */
async function contentAfter(devnet: Devnet, ask: () => Promise<unknown>): Promise<number> {
  await ask()
  return devnet.requests.content().length
}

describe('AdapterRegistry', () => {
  it('tells whether an adapter fits the current model, and downloads nothing', async () => {
    const { options, devnet } = await libraryWorld()
    const first = new AdapterRegistry({ ...options, currentModelVersion: '1.0.0' })
    const second = new AdapterRegistry({ ...options, currentModelVersion: '2.0.0' })
    expect(await first.checkCompatibility('coder')).toEqual([true, ''])
    expect(await first.checkCompatibility('coder@1.2.0')).toEqual([true, ''])
    expect(await second.checkCompatibility('coder')).toMatchObject([
      false,
      expect.stringContaining('needs model ≥ 1.0.0 and ≤ 1.9.9, but 2.0.0 was requested'),
      { code: 'ADAPTER_INCOMPATIBLE' },
    ])
    expect(devnet.requests.content()).toEqual([])
  })

  it.each([
    ['coder@9.9.9', 'ADAPTER_NOT_APPROVED'],
    ['nobody', 'ADAPTER_NOT_APPROVED'],
    ['retired_lora', 'ADAPTER_REVOKED'],
    ['undigested', 'DIGEST_MISSING'],
    ['cid_only', 'DIGEST_UNSUPPORTED'],
  ])('calls %s incompatible: %s', async (id, code) => {
    const { options } = await libraryWorld()
    const registry = new AdapterRegistry(options)
    expect(await registry.checkCompatibility(id)).toMatchObject([false, expect.any(String), { code }])
  })

  it('names the loaded adapters that an adapter conflicts with, and downloads nothing', async () => {
    const { options, devnet } = await libraryWorld()
    const registry = new AdapterRegistry({ ...options, loadedAdapters: ['general_dora', 'coder'] })
    expect(await registry.checkConflicts('writer')).toEqual([true, ['coder']])
    // Whether it fits the model is another question.
    expect(await registry.checkConflicts('future_lora')).toEqual([false, []])
    expect(await registry.checkConflicts('coder')).toEqual([false, []])
    expect(await contentAfter(devnet, () => registry.checkConflicts('general_dora'))).toBe(0)
  })

  it('rules no conflict out that it cannot see', async () => {
    const { options, devnet } = await libraryWorld()
    const registry = new AdapterRegistry({ ...options, loadedAdapters: ['coder'] })
    expect(await registry.checkConflicts('nobody')).toMatchObject([
      true,
      [],
      { code: 'ADAPTER_NOT_APPROVED' },
    ])
    devnet.lie('forged-value')
    expect(await registry.checkConflicts('writer')).toMatchObject([true, [], { code: 'PROOF_INVALID' }])
    expect(await registry.checkCompatibility('writer')).toMatchObject([
      false,
      expect.any(String),
      { code: 'PROOF_INVALID' },
    ])
  })

  it('brings an adapter without its model, and counts it as loaded', async () => {
    const { options, home } = await libraryWorld()
    const registry = new AdapterRegistry(options)
    expect(await registry.downloadAdapter('coder')).toEqual([true, join(home, 'adapters/coder.safetensors')])
    expect(registry.loadedAdapters).toEqual(['coder'])
    expect(Object.keys(await finalTree(home)).filter((path) => path.startsWith('models/v'))).toEqual([])
    expect(await registry.downloadAdapter('writer')).toMatchObject([
      false,
      undefined,
      { code: 'ADAPTER_CONFLICT' },
    ])
    expect(await registry.downloadAdapter('future_lora')).toMatchObject([
      false,
      undefined,
      { code: 'ADAPTER_INCOMPATIBLE' },
    ])
    expect(registry.loadedAdapters).toEqual(['coder'])
  })

  it('lists what is approved, and says what the record holds', async () => {
    const { options, devnet } = await libraryWorld()
    const registry = new AdapterRegistry(options)
    expect((await registry.list()).map(({ id }) => id).sort()).toEqual([
      'coder',
      'future_lora',
      'general_dora',
      'writer',
    ])
    expect(await registry.info('coder')).toMatchObject({
      id: 'coder',
      version: '1.2.0',
      domain: 'code',
      targetModules: ['gate_proj', 'up_proj'],
      minModelVersion: '1.0.0',
      maxModelVersion: '1.9.9',
      sizeBytes: 5_000,
      huggingfaceRepo: 'r3mes-network/adapters',
      status: 'active',
    })
    // It fits another model than the active one, and is approved all the same.
    expect(await registry.info('future_lora')).toMatchObject({ minModelVersion: '2.0.0' })
    revokeAdapter(devnet, 'coder')
    await expect(registry.info('coder')).rejects.toMatchObject({ code: 'ADAPTER_REVOKED' })
  })
})

describe('DatasetRegistry', () => {
  it('brings a dataset by its name and by its id', async () => {
    const { options, home } = await libraryWorld()
    const registry = new DatasetRegistry(options)
    const folder = join(home, 'datasets/training_dataset_v1')
    expect(await registry.downloadDataset('training_dataset_v1')).toEqual([true, folder])
    expect(await registry.downloadDataset('0')).toEqual([true, folder])
    expect(await registry.downloadDataset('withdrawn_dataset_v1')).toMatchObject([
      false,
      undefined,
      { code: 'DATASET_REMOVED' },
    ])
  })

  it('lists what is approved, and says what the record holds', async () => {
    const { options } = await libraryWorld()
    const registry = new DatasetRegistry(options)
    const { approved } = await registry.syncFromBlockchain()
    expect(approved).toEqual(await registry.list())
    expect(approved.map(({ datasetId, name }) => [datasetId, name])).toEqual([
      [0n, 'training_dataset_v1'],
      [1n, 'evaluation_dataset_v1'],
    ])
    expect(await registry.info('1')).toEqual(approved[1])
  })

  it('does not pretend to stream records, and names what works', async () => {
    const { options, devnet } = await libraryWorld()
    const registry = new DatasetRegistry(options)
    const streamed = registry.loadDataset('training_dataset_v1', { streaming: true })
    await expect(streamed).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/not there yet.*`downloadDataset`/),
    })
    expect(devnet.requests.all()).toEqual([])
  })
})

describe('a registry under trust: lockfile', () => {
  it('lists nothing, since it asks no chain', async () => {
    const { rpcUrls: _urls, ...options } = (await libraryWorld()).options
    const registry = new ModelRegistry({ ...options, trust: 'lockfile', maxLockAge: '7d' })
    await expect(registry.list()).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('has to come from the chain'),
    })
  })
})
