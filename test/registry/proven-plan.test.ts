import { describe, expect, it } from 'vitest'
import { plan, type RawRequest, readSnapshot, withKnownAdapters } from '../../src/registry/index.ts'
import { sha256Of } from '../support/digest.ts'
import { type Asked, believedReader, type MemoryStore, provenReader } from '../support/memory-reader.ts'
import {
  aDataset,
  aModel,
  anAdapter,
  aProvenSnapshot,
  aRequest,
  aVersion,
  codesOf,
  onlyProblem,
  type RegistryContents,
  unprovable,
} from '../support/registry.ts'
import {
  activeVersionsEntry,
  adapterEntry,
  datasetEntry,
  modelEntry,
  type StoreEntry,
  versionEntry,
} from '../support/store-entries.ts'

function planOf(contents: RegistryContents, raw: RawRequest = {}) {
  return plan(aRequest(raw), aProvenSnapshot(contents))
}

const model = (id: bigint, modelVersion: string, isActive = true) =>
  modelEntry(id, { modelVersion, modelName: `model${id}`, verificationSha256: sha256Of(`${id}`) }, isActive)
const adapter = (id: string, fields: Parameters<typeof adapterEntry>[1] = {}) =>
  adapterEntry(id, { checksum: sha256Of(id), compatibleModelVersions: ['1.0.0'], ...fields })

async function planFrom(store: MemoryStore, raw: RawRequest, asked: Asked = []) {
  const request = aRequest(raw)
  return plan(request, await readSnapshot(provenReader(store, asked), request))
}

async function planBelieved(entries: readonly StoreEntry[], raw: RawRequest) {
  const request = aRequest(raw)
  return plan(request, await readSnapshot(believedReader({ entries }), request))
}

describe('under proof, a refusal says that it is proven', () => {
  it.each<[string, RegistryContents, RawRequest, string]>([
    ['a model that is not there', {}, { modelVersion: '9.9.9' }, 'is proven not to be approved on'],
    ['an adapter that is not there', {}, { adapters: ['x'] }, 'is proven not to be approved on'],
    ['a dataset that is not there', {}, { datasets: ['x'] }, 'is proven not to be approved on'],
    [
      'a revoked adapter',
      { adapters: [anAdapter({ status: 'revoked' })] },
      { adapters: ['coder'] },
      'was revoked, as is proven at height 100.',
    ],
    [
      'a removed dataset',
      { datasets: [aDataset({ status: 'removed' })] },
      { datasets: ['training_dataset_v1'] },
      'was removed from the registry, as is proven at height 100.',
    ],
    [
      'a model that was rolled back',
      { versions: [aVersion({ status: 'rollback' })] },
      {},
      'was rolled back by the registry, as is proven at height 100.',
    ],
    [
      'an inactive model',
      { models: [aModel({ isActive: false })] },
      {},
      'is in the registry but not active, as is proven at height 100.',
    ],
  ])('%s', (_what, contents, raw, words) => {
    expect(onlyProblem(planOf(contents, raw)).message).toContain(words)
  })

  it('and carries the records that approve each artifact', () => {
    const contents = {
      versions: [aVersion()],
      adapters: [anAdapter()],
      datasets: [aDataset()],
    }
    const { artifacts } = planOf(contents, { adapters: ['coder'], datasets: ['training_dataset_v1'] })
    const keys = artifacts.map(({ approvedBy }) => approvedBy.map(({ key }) => new TextDecoder().decode(key)))
    expect(keys).toEqual([['modreg_', 'modver_'], ['adp_coder'], ['ad_']])
  })
})

describe('where a listing left out entries', () => {
  const store = {
    entries: [model(0n, '1.0.0'), model(1n, '2.0.0'), datasetEntry(0n, 'a'), datasetEntry(1n, 'b')],
  }

  it('an exact version that was listed is brought, with a notice', async () => {
    const result = await planFrom({ ...store, incomplete: ['modreg_'] }, { modelVersion: '1.0.0' })
    expect(codesOf(result.problems)).toEqual([])
    expect(result.notices.join()).toContain('could not be listed completely')
  })

  it.each<[string, string, RawRequest]>([
    ['a version that was not listed', 'modreg_', { modelVersion: '2.0.0' }],
    ['a range', 'modreg_', { modelVersion: '^1' }],
    ['a model without its version records', 'modver_', { modelVersion: '1.0.0' }],
    ['a dataset by a name that was not listed', 'ad_', { modelVersion: 'none', datasets: ['b'] }],
  ])('%s is unprovable, never unapproved', async (_what, prefix, raw) => {
    const problem = onlyProblem(await planFrom({ ...store, incomplete: [prefix] }, raw))
    expect(problem.code).toBe('UNPROVABLE')
    expect(problem.message).toContain('could not be listed completely')
    expect(problem.message).not.toContain('not approved')
    expect(problem.message).toMatch(/rpc-urls/)
  })

  it('an active version whose model was not listed is unprovable', async () => {
    const entries = [...store.entries, activeVersionsEntry(4n), versionEntry(4n, { modelId: 1n })]
    const raw = { modelVersion: 'active' }
    expect((await planFrom({ entries }, raw)).modelVersion).toBe('2.0.0')
    const problem = onlyProblem(await planFrom({ entries, incomplete: ['modreg_'] }, raw))
    expect(problem.code).toBe('UNPROVABLE')
  })

  it('a rollback that was left out does not let a model through', async () => {
    const versions = [
      versionEntry(4n, { modelId: 0n }),
      versionEntry(5n, { modelId: 0n, status: 'rollback' }),
    ]
    const entries = [...store.entries, ...versions]
    const raw = { modelVersion: '1.0.0' }
    expect(onlyProblem(await planFrom({ entries }, raw)).code).toBe('MODEL_INACTIVE')
    const problem = onlyProblem(await planFrom({ entries, incomplete: ['modver_'] }, raw))
    expect(problem.code).toBe('UNPROVABLE')
    expect(problem.message).toContain('rolled back')
  })

  it('no models at all are no empty registry', async () => {
    const problem = onlyProblem(await planFrom({ entries: [], incomplete: ['modreg_'] }, {}))
    expect(problem.code).toBe('UNPROVABLE')
  })

  it('a dataset is brought by its id, beside one by its name', async () => {
    const raw = { modelVersion: 'none', datasets: ['1', 'a'] }
    const result = await planFrom({ ...store, incomplete: ['ad_'] }, raw)
    expect(result.artifacts.map(({ id }) => id)).toEqual(['b', 'a'])
    // The one that is named may share its name with one that was left out.
    expect(result.notices).toEqual([expect.stringContaining('another one with the name `a`')])
  })

  it('the names of what is approved are called incomplete', async () => {
    const entries = [...store.entries, adapter('coder'), adapter('writer')]
    const request = aRequest({ adapters: ['codr'] })
    const reader = provenReader({ entries, incomplete: ['adp_'] })
    const snapshot = await withKnownAdapters(reader, await readSnapshot(reader, request))
    const { message } = onlyProblem(plan(request, snapshot))
    expect(message).toContain('could not be listed completely. Some of them: coder.')
    expect(message).not.toContain('Approved adapters for')
  })
})

describe('where one record cannot be proven', () => {
  const entries = [model(0n, '1.0.0'), adapter('coder'), datasetEntry(0n, 'a')]

  it('only the request for it fails', async () => {
    const raw = { adapters: ['coder', 'ghost'] }
    const result = await planFrom({ entries, unprovable: ['adp_ghost'] }, raw)
    expect(codesOf(result.problems)).toEqual(['UNPROVABLE'])
    expect(result.problems[0]?.message).toContain('What is approved as adapter `ghost` cannot be proven.')
    expect(result.artifacts.map(({ id }) => id)).toEqual(['1.0.0', 'coder'])
  })

  it('a loaded adapter is one too, since conflicts with it cannot be seen', async () => {
    const result = await planFrom({ entries, unprovable: ['adp_x'] }, { loadedAdapters: ['x'] })
    expect(codesOf(result.problems)).toEqual(['UNPROVABLE'])
    const both = { adapters: ['x'], loadedAdapters: ['x'] }
    expect(codesOf((await planFrom({ entries, unprovable: ['adp_x'] }, both)).problems)).toEqual([
      'UNPROVABLE',
    ])
  })

  it.each([
    ['amv_', 'active'],
    ['gms_', 'active'],
    ['gms_', '1.0.0'],
  ])('%s fails the model %s', async (key, modelVersion) => {
    const problem = onlyProblem(await planFrom({ entries, unprovable: [key] }, { modelVersion }))
    expect(problem.code).toBe('UNPROVABLE')
  })

  it('the pointer does not fail a version that was named', async () => {
    const result = await planFrom({ entries, unprovable: ['amv_'] }, { modelVersion: '1.0.0' })
    expect(codesOf(result.problems)).toEqual([])
  })

  it('a reason is given for each in the plan of a snapshot', () => {
    const contents = { unprovableAdapters: ['x'], globalModelVersion: unprovable() }
    expect(codesOf(planOf(contents, { adapters: ['x'] }).problems)).toEqual(['UNPROVABLE', 'UNPROVABLE'])
  })
})

describe('a proven listing', () => {
  const entries = [model(0n, '1.0.0'), model(1n, '1.1.0'), versionEntry(1n, { modelId: 1n })]

  it('settles a range, and says so', async () => {
    const result = await planFrom({ entries }, { modelVersion: '^1' })
    expect(result.modelVersion).toBe('1.1.0')
    expect(result.notices).toContain(
      'The range was resolved to model 1.1.0, from a listing that is proven complete at height 100.',
    )
  })

  it('is not read again, record by record', async () => {
    const asked: Asked = []
    await planFrom({ entries }, { modelVersion: '^1' }, asked)
    expect(asked.filter((question) => question.startsWith('get'))).toHaveLength(1)
  })

  it('is asked for at once with all else that needs no answer before it', async () => {
    const asked: Asked = []
    const ids = Array.from({ length: 300 }, (_, index) => `adapter${index}`)
    const reading = readSnapshot(
      provenReader({ entries }, asked),
      aRequest({ adapters: ids, datasets: ['0'], modelVersion: 'active' }),
    )
    // Before anything was answered: the pointers, both listings, the dataset and every adapter.
    expect(asked).toHaveLength(305)
    await reading
  })
})

describe('under rpc', () => {
  it('more records than any request can mean are not read one by one', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => model(BigInt(index), `3.${index}.0`))
    const asked: Asked = []
    const reading = readSnapshot(believedReader({ entries: many }, asked), aRequest({ modelVersion: '^3' }))
    await expect(reading).rejects.toMatchObject({ code: 'CHAIN_RESPONSE_INVALID' })
    expect(asked.length).toBeLessThan(10)
    const exact = await planBelieved(many, { modelVersion: '3.500.0' })
    expect(codesOf(exact.problems)).toEqual([])
  })
})
