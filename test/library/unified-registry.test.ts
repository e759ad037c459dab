import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { approveAdapter, removeDataset, revokeAdapter, setActive } from '../../src/devnet/index.ts'
import { BlockchainClient, IPFSClient, UnifiedRegistry } from '../../src/library/index.ts'
import { openStore } from '../../src/store/index.ts'
import { libraryWorld, withoutChain } from '../support/library.ts'
import { scribble } from '../support/store.ts'
import { finalTree } from '../support/tree.ts'

describe('ensureReadyAtomic', () => {
  it('puts model, adapters and datasets in place and says where they are', async () => {
    const { options, home, devnet } = await libraryWorld()
    const registry = new UnifiedRegistry(options)
    const result = await registry.ensureReadyAtomic({
      requiredAdapters: ['general_dora'],
      datasets: ['training_dataset_v1'],
    })
    expect(result).toMatchObject({
      success: true,
      errorMessage: undefined,
      errorCode: undefined,
      error: undefined,
      status: {
        modelPath: join(home, 'models/v1.0.0'),
        modelVersion: '1.0.0',
        loadedAdapters: ['general_dora'],
        adapterPaths: { general_dora: join(home, 'adapters/general_dora.safetensors') },
        datasetPaths: { training_dataset_v1: join(home, 'datasets/training_dataset_v1') },
        missing: [],
        chainId: devnet.chainId,
        trust: 'quorum',
        bytesDownloaded: 60_000,
      },
    })
    expect((await stat(join(home, 'models/v1.0.0/model.gguf'))).size).toBe(50_000)
    expect(JSON.parse(await readFile(result.status.receiptPath ?? '', 'utf8')).success).toBe(true)
  })

  it('takes clients in place of options, as the Python registry did', async () => {
    const { options, chain, devnet } = await libraryWorld()
    const anchor = devnet.anchor()
    const registry = new UnifiedRegistry({
      ...withoutChain(options),
      blockchainClient: new BlockchainClient({
        ...chain,
        trustedHeight: anchor.height,
        trustedHash: anchor.hash,
        environment: {},
      }),
      ipfsClient: new IPFSClient({ gateways: [devnet.urls.gateway], environment: {} }),
      environment: {},
      sources: ['ipfs'],
    })
    const { success, status } = await registry.ensureReadyAtomic()
    expect([success, status.trust]).toEqual([true, 'light-client'])
    expect(devnet.requests.to('gateway').length).toBeGreaterThan(0)
    expect(devnet.requests.to('hub')).toEqual([])
  })

  it('brings nothing at all when one adapter cannot be had', async () => {
    const { options, home, devnet } = await libraryWorld()
    devnet.fail('hub', { kind: 'status', status: 404, path: 'general_dora' })
    devnet.fail('gateway', { kind: 'status', status: 404 })
    devnet.fail('mirror', { kind: 'wrong-bytes' })
    const registry = new UnifiedRegistry(options)
    const result = await registry.ensureReadyAtomic({ requiredAdapters: ['general_dora'] })
    expect(result).toMatchObject({ success: false, errorCode: 'SOURCES_EXHAUSTED' })
    expect(result.status).toMatchObject({ modelPath: undefined, loadedAdapters: [], adapterPaths: {} })
    expect(await finalTree(home)).toEqual({})
  })

  it('asks no content host when an adapter is refused', async () => {
    const { options, devnet } = await libraryWorld()
    const registry = new UnifiedRegistry(options)
    const refused = [
      [['coder', 'writer'], 'ADAPTER_CONFLICT'],
      [['future_lora'], 'ADAPTER_INCOMPATIBLE'],
      [['retired_lora'], 'ADAPTER_REVOKED'],
      [['nobody'], 'ADAPTER_NOT_APPROVED'],
    ] as const
    for (const [requiredAdapters, errorCode] of refused) {
      expect(await registry.ensureReadyAtomic({ requiredAdapters })).toMatchObject({
        success: false,
        errorCode,
      })
    }
    expect(devnet.requests.content()).toEqual([])
  })

  it('follows the active version, unless the program names one as its own', async () => {
    const { options, devnet } = await libraryWorld()
    const following = new UnifiedRegistry(options)
    const staying = new UnifiedRegistry({ ...options, currentModelVersion: '1.0.0' })
    await following.ensureReadyAtomic()
    setActive(devnet, { versionNumber: 3n, modelVersion: '2.0.0' })
    // What is loaded is what adapters have to fit, whatever is active.
    expect(await following.adapters.checkCompatibility('coder')).toEqual([true, ''])
    expect((await following.ensureReadyAtomic()).status.modelVersion).toBe('2.0.0')
    expect(await following.adapters.checkCompatibility('coder')).toMatchObject([
      false,
      expect.any(String),
      {},
    ])
    expect((await staying.ensureReadyAtomic()).status.modelVersion).toBe('1.0.0')
  })

  it('refuses what conflicts with what it has loaded before, until that is unloaded', async () => {
    const { options } = await libraryWorld()
    const registry = new UnifiedRegistry(options)
    await registry.ensureReadyAtomic({ requiredAdapters: ['coder'] })
    const wanted = { requiredAdapters: ['writer'] }
    expect(await registry.ensureReadyAtomic(wanted)).toMatchObject({ errorCode: 'ADAPTER_CONFLICT' })
    expect(await registry.adapters.checkConflicts('writer')).toEqual([true, ['coder']])
    expect(registry.adapters.unloadAdapter('coder')).toBe(true)
    const { success, status } = await registry.ensureReadyAtomic(wanted)
    expect([success, status.loadedAdapters]).toEqual([true, ['writer']])
  })

  it('counts adapters as loaded that the program names', async () => {
    const { options } = await libraryWorld()
    const wanted = { requiredAdapters: ['writer'], loadedAdapters: ['coder'] }
    const registry = new UnifiedRegistry(options)
    expect(await registry.ensureReadyAtomic(wanted)).toMatchObject({ errorCode: 'ADAPTER_CONFLICT' })
    const told = new UnifiedRegistry({ ...options, loadedAdapters: ['coder'] })
    expect(await told.ensureReadyAtomic({ requiredAdapters: ['writer'] })).toMatchObject({
      errorCode: 'ADAPTER_CONFLICT',
    })
  })

  it('goes on without a dataset that is not required, and says why it failed', async () => {
    const { options } = await libraryWorld()
    const registry = new UnifiedRegistry(options)
    const datasets = ['withdrawn_dataset_v1']
    const { success, status } = await registry.ensureReadyAtomic({ datasets, requireDataset: false })
    expect([success, status.datasetProblems.map(({ code }) => code)]).toEqual([true, ['DATASET_REMOVED']])
    const refused = await registry.ensureReadyAtomic({ datasets, requireDataset: true })
    expect(refused).toMatchObject({ success: false, errorCode: 'DATASET_REMOVED' })
  })

  it('believes no lying chain', async () => {
    const { options, devnet, home } = await libraryWorld()
    devnet.lie('forged-value')
    const result = await new UnifiedRegistry(options).ensureReadyAtomic({ requiredAdapters: ['coder'] })
    expect(result).toMatchObject({ success: false, errorCode: 'PROOF_INVALID' })
    expect(result.errorMessage).toContain('proof')
    expect(devnet.requests.content()).toEqual([])
    expect(await finalTree(home)).toEqual({})
  })

  it('ends with the reason of its signal, and takes back what it had put in place', async () => {
    const { options, devnet, home } = await libraryWorld()
    devnet.fail('cdn', { kind: 'stall', after: 100 })
    const stop = new AbortController()
    // The first bytes have come: the transfer is on its way.
    const reporter = { ...silentReporter, progress: () => stop.abort(new Error('enough')) }
    const registry = new UnifiedRegistry({ ...options, reporter, sources: ['huggingface'] })
    await expect(registry.ensureReadyAtomic({ signal: stop.signal })).rejects.toThrow('enough')
    expect(await finalTree(home)).toEqual({})
  })

  it('keeps what it brought in use as long as the process lives, with one lease for any number of calls', async () => {
    const { options, home } = await libraryWorld()
    const registry = new UnifiedRegistry(options)
    for (let call = 0; call < 3; call += 1) {
      const { success, status } = await registry.ensureReadyAtomic({ requiredAdapters: ['coder'] })
      expect([success, status.loadedAdapters]).toEqual([true, ['coder']])
    }
    await using store = await openStore({ home, reporter: silentReporter })
    const jobs = (await store.leases.list()).filter(({ kind }) => kind === 'job')
    expect(jobs.map(({ artifacts }) => artifacts.toSorted())).toEqual([
      [join(home, 'adapters/coder.safetensors'), join(home, 'models/v1.0.0')],
    ])
  })
})

describe('autoDownload: false', () => {
  it('fetches nothing, and says what is missing', async () => {
    const { options, devnet, home } = await libraryWorld()
    const registry = new UnifiedRegistry({ ...options, autoDownload: false })
    const result = await registry.ensureReadyAtomic({ requiredAdapters: ['coder'] })
    expect(result).toMatchObject({ success: false, errorCode: 'SOURCES_EXHAUSTED' })
    expect(result.errorMessage).toContain('model 1.0.0, adapter coder')
    expect(result.status.missing).toMatchObject([
      { kind: 'model', id: '1.0.0', missingBytes: undefined },
      { kind: 'adapter', id: 'coder', version: '1.2.0', missingBytes: 5_000 },
    ])
    expect(devnet.requests.content()).toEqual([])
    expect(await finalTree(home)).toEqual({})
  })

  it('is ready with what the store holds, every byte of it hashed', async () => {
    const { options, devnet, home } = await libraryWorld()
    const wanted = { modelVersion: '2.0.0', requiredAdapters: ['future_lora'] }
    expect((await new UnifiedRegistry(options).ensureReadyAtomic(wanted)).success).toBe(true)
    devnet.requests.clear()
    const offline = new UnifiedRegistry({ ...options, autoDownload: false })
    expect(await offline.ensureReadyAtomic(wanted)).toMatchObject({
      success: true,
      status: { modelPath: join(home, 'models/v2.0.0'), missing: [], bytesDownloaded: 0 },
    })
    await scribble(join(home, 'models/v2.0.0/tokenizer.json'), Buffer.from('{}'))
    const result = await offline.ensureReadyAtomic(wanted)
    expect(result).toMatchObject({ success: false, errorCode: 'SOURCES_EXHAUSTED' })
    expect(result.status.missing).toMatchObject([{ kind: 'model', id: '2.0.0' }])
    expect(devnet.requests.content()).toEqual([])
  })

  it('leaves the download methods to do what they are called for', async () => {
    const { options } = await libraryWorld()
    const registry = new UnifiedRegistry({ ...options, autoDownload: false })
    expect(await registry.models.downloadModel('1.0.0')).toMatchObject([true, expect.any(String)])
  })
})

describe('verifyOnLoad: false', () => {
  const filesOf = async (receiptPath: string | undefined) =>
    JSON.parse(await readFile(receiptPath ?? '', 'utf8')).artifacts[0].files

  it('takes an unchanged file as it was checked, and hashes one that changed', async () => {
    const { options, home } = await libraryWorld({ sizes: { model: 600_000 } })
    await new UnifiedRegistry(options).ensureReadyAtomic()
    const trusting = new UnifiedRegistry({ ...options, verifyOnLoad: false })
    const unchanged = await trusting.ensureReadyAtomic()
    expect(await filesOf(unchanged.status.receiptPath)).toMatchObject([{ checkedAt: expect.any(String) }])

    await scribble(join(home, 'models/v1.0.0/model.gguf'), Buffer.alloc(600_000, 'x'))
    const mended = await trusting.ensureReadyAtomic()
    expect(mended.status.bytesDownloaded).toBe(600_000)

    const always = await new UnifiedRegistry(options).ensureReadyAtomic()
    expect((await filesOf(always.status.receiptPath))[0]).not.toHaveProperty('checkedAt')
  })
})

describe('syncFromBlockchain', () => {
  it('says all that is approved and can be brought, and downloads nothing', async () => {
    const { options, devnet } = await libraryWorld()
    const registry = new UnifiedRegistry(options)
    const synced = await registry.syncFromBlockchain()
    expect(synced).toMatchObject({ success: true, chainId: devnet.chainId, trust: 'quorum' })
    expect(synced.height).toBe(devnet.height - 1n)
    expect(synced.models.map(({ version }) => version)).toEqual(['2.0.0', '1.0.0', '0.9.0'])
    expect(synced.adapters.map(({ id }) => id).sort()).toEqual([
      'coder',
      'future_lora',
      'general_dora',
      'writer',
    ])
    expect(synced.datasets.map(({ name }) => name)).toEqual(['training_dataset_v1', 'evaluation_dataset_v1'])
    expect(devnet.requests.content()).toEqual([])
  })

  it('asks anew each time, so that a revocation counts at once', async () => {
    const { options, devnet } = await libraryWorld()
    const registry = new UnifiedRegistry(options)
    await registry.syncFromBlockchain()
    revokeAdapter(devnet, 'coder')
    removeDataset(devnet, 0n)
    const { adapters, datasets } = await registry.syncFromBlockchain()
    expect(adapters.map(({ id }) => id)).not.toContain('coder')
    expect(datasets.map(({ name }) => name)).toEqual(['evaluation_dataset_v1'])
  })

  it('believes no list that leaves something out', async () => {
    const { options, devnet } = await libraryWorld()
    devnet.lie('wrong-neighbours')
    const { success, errorCode, adapters } = await new UnifiedRegistry(options).syncFromBlockchain()
    expect([success, errorCode, adapters]).toEqual([false, 'PROOF_INVALID', []])
  })
})

describe('syncAll', () => {
  it('brings what was approved anew, and says what is approved no more', async () => {
    const { options, devnet, home } = await libraryWorld()
    const registry = new UnifiedRegistry(options)
    await registry.ensureReadyAtomic({ requiredAdapters: ['coder', 'general_dora'] })
    revokeAdapter(devnet, 'general_dora')
    const content = devnet.addContent('coder, the next one', 6_000)
    devnet.publishToMirror('coder', content)
    approveAdapter(devnet, {
      adapterId: 'coder',
      version: '1.3.0',
      checksum: content.sha256,
      sizeBytes: 6_000n,
      minModelVersion: '1.0.0',
      fileName: 'coder.safetensors',
    })
    const waiting = await new UnifiedRegistry({ ...options, autoDownload: false }).syncAll()
    const states = (report: typeof waiting) =>
      Object.fromEntries(report.artifacts.map(({ id, state }) => [id, state]))
    expect(states(waiting)).toEqual({ '1.0.0': 'approved', coder: 'behind', general_dora: 'unapproved' })
    expect([waiting.success, waiting.bytesDownloaded]).toEqual([false, 0])

    const synced = await registry.syncAll({ pruneUnapproved: true })
    expect(states(synced)).toMatchObject({ '1.0.0': 'approved', coder: 'updated' })
    expect(synced.bytesDownloaded).toBe(6_000)
    // This very process still uses what it was given.
    expect(synced).toMatchObject({ success: false, errorCode: 'ADAPTER_REVOKED' })
    expect(Object.keys(await finalTree(home)).join('\n')).toContain('adapters/general_dora.safetensors')
  })

  it('brings the active model when it is asked to', async () => {
    const { options, home } = await libraryWorld()
    const synced = await new UnifiedRegistry(options).syncAll({ active: true })
    expect(synced).toMatchObject({
      success: true,
      activeModelPath: join(home, 'models/v1.0.0'),
      artifacts: [],
    })
  })
})
