import { Agent } from 'undici'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readFromChain, type StoreReader } from '../../src/chain/index.ts'
import {
  approveAdapter,
  approveDataset,
  approveModel,
  approveVersion,
  type Devnet,
  modelKey,
  startDevnet,
} from '../../src/devnet/index.ts'
import { plan, queryReader, readSnapshot, withKnownAdapters } from '../../src/registry/index.ts'
import { sha256Of } from '../support/digest.ts'
import { aRequest, codesOf } from '../support/registry.ts'
import { failureOf, keepingReporter } from '../support/rpc-node.ts'

const dispatcher = new Agent()
afterAll(() => dispatcher.close())

let devnet: Devnet
beforeEach(async () => {
  devnet = await startDevnet({ sizes: { model: 1000, adapter: 100, dataset: 100 } })
})
afterEach(() => devnet.close())

function reading<T>(read: (reader: StoreReader<'rpc'>) => Promise<T>): Promise<T> {
  return readFromChain(
    {
      urls: [new URL(devnet.urls.rpc)],
      chainId: devnet.chainId,
      dispatcher,
      reporter: keepingReporter(),
      newerHeightAfterMs: 0,
      fallbackReader: queryReader,
    },
    read,
  )
}

const snapshotFor = (raw: Parameters<typeof aRequest>[0]) =>
  reading((reader) => readSnapshot(reader, aRequest(raw)))
/** What was asked for, batches taken apart. */
const calls = () => devnet.requests.to('rpc').flatMap((request) => (request.call ?? '').split(', '))

describe('the sample registry', () => {
  it('gives a plan without problems for the main job', async () => {
    const raw = {
      modelVersion: 'active',
      adapters: ['general_dora', 'coder'],
      datasets: ['training_dataset_v1'],
    }
    const result = plan(aRequest(raw), await snapshotFor(raw))
    expect(codesOf(result.problems)).toEqual([])
    expect(result.artifacts.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'model 1.0.0',
      'adapter general_dora',
      'adapter coder',
      'dataset training_dataset_v1',
    ])
    expect(result.height).toBe(devnet.height - 1n)
    expect(devnet.requests.content()).toEqual([])
  })

  it('gives each refusal its own code', async () => {
    const raw = {
      adapters: ['coder', 'writer', 'future_lora', 'retired_lora', 'undigested', 'cid_only', 'unknown'],
      datasets: ['withdrawn_dataset_v1'],
    }
    const result = plan(aRequest(raw), await snapshotFor(raw))
    expect(codesOf(result.problems)).toEqual([
      'ADAPTER_INCOMPATIBLE',
      'ADAPTER_REVOKED',
      'DIGEST_MISSING',
      'DIGEST_UNSUPPORTED',
      'ADAPTER_NOT_APPROVED',
      'ADAPTER_CONFLICT',
      'DATASET_REMOVED',
    ])
  })
})

describe('a snapshot', () => {
  it('reads no model for a request of none, and no dataset that nobody asked for', async () => {
    await snapshotFor({ modelVersion: 'none', datasets: ['training_dataset_v1'] })
    await snapshotFor({ modelVersion: '1.0.0' })
    expect(calls().filter((call) => call.includes('subspace'))).toHaveLength(3)
  })

  it('reads datasets that are named by id without listing the others, however many there are', async () => {
    const raw = { modelVersion: 'none', datasets: ['1', '0', '01'] }
    const snapshot = await snapshotFor(raw)
    expect(calls().filter((call) => call.includes('subspace'))).toEqual([])
    expect(plan(aRequest(raw), snapshot).artifacts.map(({ id }) => id)).toEqual([
      'evaluation_dataset_v1',
      'training_dataset_v1',
    ])
  })

  it('lists the datasets where an id is not there, to say which are', async () => {
    const raw = { modelVersion: 'none', datasets: ['0', '77'] }
    const [problem] = plan(aRequest(raw), await snapshotFor(raw)).problems
    expect(problem?.code).toBe('DATASET_NOT_APPROVED')
    expect(problem?.message).toContain('evaluation_dataset_v1')
  })

  it('reads few records: two lists, and what the request selects', async () => {
    const many = 40n
    for (let id = 10n; id < 10n + many; id += 1n) {
      approveModel(devnet, {
        modelId: id,
        config: { modelVersion: `3.${id}.0`, verificationSha256: sha256Of(`${id}`) },
      })
    }
    devnet.requests.clear()
    await snapshotFor({ modelVersion: '3.12.0', adapters: ['coder'], loadedAdapters: ['writer'] })
    expect(calls().length).toBeLessThan(10)
  })

  it('takes a listed record as it is at the snapshot’s height, not at a newer one', async () => {
    const approved = sha256Of('approved')
    approveModel(devnet, { modelId: 7n, config: { modelVersion: '7.0.0', verificationSha256: approved } })
    const snapshot = await reading((reader) => {
      // The chain moves on after the height was chosen; its node lists the newest state.
      approveModel(devnet, {
        modelId: 7n,
        config: { modelVersion: '7.0.0', verificationSha256: sha256Of('later') },
      })
      approveModel(devnet, {
        modelId: 8n,
        config: { modelVersion: '7.0.0', verificationSha256: sha256Of('new') },
      })
      return readSnapshot(reader, aRequest({ modelVersion: '7.0.0' }))
    })
    const result = plan(aRequest({ modelVersion: '7.0.0' }), snapshot)
    expect(codesOf(result.problems)).toEqual([])
    expect(result.artifacts[0]?.digest).toEqual({ kind: 'sha256', hex: approved })
  })

  it('takes datasets and version records at its height too', async () => {
    const raw = { modelVersion: '1.0.0', datasets: ['training_dataset_v1'] }
    const snapshot = await reading((reader) => {
      approveVersion(devnet, { versionNumber: 9n, modelId: 1n, status: 'rollback' })
      approveDataset(devnet, { datasetId: 0n, metadata: { name: 'training_dataset_v1' }, status: 'removed' })
      return readSnapshot(reader, aRequest(raw))
    })
    expect(codesOf(plan(aRequest(raw), snapshot).problems)).toEqual([])
  })

  it('keeps a malformed record for who selects it', async () => {
    devnet.setRecord(modelKey(9n), Buffer.from([0x12, 0xff, 0xff]))
    const snapshot = await snapshotFor({ modelVersion: '1.0.0' })
    expect(snapshot.models.filter((model) => !model.ok)).toMatchObject([{ key: 'modreg_9' }])
    expect(plan(aRequest(), snapshot).problems).toEqual([])
  })

  it('has each requested and loaded adapter, or knows that the chain has none', async () => {
    const snapshot = await snapshotFor({ adapters: ['coder', 'nobody'], loadedAdapters: ['writer', 'coder'] })
    expect([...snapshot.adapters.keys()].sort()).toEqual(['coder', 'nobody', 'writer'])
    expect(snapshot.adapters.get('nobody')).toMatchObject({ state: 'absent', source: { value: undefined } })
    expect(snapshot.adapters.get('coder')).toMatchObject({
      decoded: { ok: true, record: { version: '1.2.0' } },
    })
    expect(snapshot.knownAdapters).toBeUndefined()
  })

  it('can be given all adapters, malformed ones left out', async () => {
    devnet.setRecord(new TextEncoder().encode('adp_broken'), Buffer.from([0xff]))
    approveAdapter(devnet, { adapterId: 'zeta' })
    const known = await reading(async (reader) =>
      withKnownAdapters(reader, await readSnapshot(reader, aRequest())),
    )
    const ids = known.knownAdapters?.map((adapter) => adapter.id)
    expect(ids).toContain('zeta')
    expect(ids).not.toContain('broken')
  })
})

describe('on a node that refuses store reads, the Query service', () => {
  beforeEach(() => {
    devnet.refuseStoreReads = true
  })

  it('carries a request for datasets alone', async () => {
    const raw = { modelVersion: 'none', datasets: ['training_dataset_v1', '1'] }
    const snapshot = await snapshotFor(raw)
    const result = plan(aRequest(raw), snapshot)
    expect(codesOf(result.problems)).toEqual([])
    expect(result.artifacts.map((artifact) => artifact.id)).toEqual([
      'training_dataset_v1',
      'evaluation_dataset_v1',
    ])
    expect(snapshot.height).toBe(devnet.height - 1n)
  })

  it('answers at the one height, though the chain moves on', async () => {
    const raw = { modelVersion: 'none', datasets: ['0'] }
    const snapshot = await reading((reader) => {
      approveDataset(devnet, { datasetId: 0n, metadata: { name: 'training_dataset_v1' }, status: 'removed' })
      return readSnapshot(reader, aRequest(raw))
    })
    expect(codesOf(plan(aRequest(raw), snapshot).problems)).toEqual([])
  })

  it('lists more datasets than one page holds', async () => {
    for (let id = 100n; id < 300n; id += 1n) {
      approveDataset(devnet, {
        datasetId: id,
        metadata: { name: `dataset_${id}`, checksum: sha256Of(`${id}`) },
      })
    }
    const snapshot = await snapshotFor({ modelVersion: 'none', datasets: ['dataset_299'] })
    expect(snapshot.datasets).toHaveLength(203)
    expect(calls().filter((call) => call.includes('ListApprovedDatasets'))).toHaveLength(2)
  })

  it('reads the global state and single datasets, and knows what is not there', async () => {
    const utf8 = new TextEncoder()
    const u64 = (id: number) => new Uint8Array([...utf8.encode('ad_'), 0, 0, 0, 0, 0, 0, 0, id])
    const [state, dataset, nothing] = await reading((reader) =>
      Promise.all([
        reader.get('remes', utf8.encode('gms_')),
        reader.get('remes', u64(0)),
        reader.get('remes', u64(99)),
      ]),
    )
    expect(state.value).toEqual(devnet.getRecord(utf8.encode('gms_')))
    expect(dataset.value).toEqual(devnet.getRecord(u64(0)))
    expect(nothing.value).toBeUndefined()
  })

  it('cannot carry models and adapters, and says what it lacks', async () => {
    const failure = await failureOf(snapshotFor({ modelVersion: '1.0.0' }))
    expect(failure.code).toBe('CHAIN_RESPONSE_INVALID')
    expect(failure.message).toMatch(/no method for .*models/)
    expect(failure.message).toContain('rpc-urls')
  })

  it('leaves a snapshot as it is when adapters cannot be listed', async () => {
    const raw = { modelVersion: 'none', datasets: ['0'] }
    const known = await reading(async (reader) =>
      withKnownAdapters(reader, await readSnapshot(reader, aRequest(raw))),
    )
    expect(known.knownAdapters).toBeUndefined()
  })
})
