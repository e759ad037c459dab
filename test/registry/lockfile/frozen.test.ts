import { describe, expect, it } from 'vitest'
import {
  holdToLock,
  type Plan,
  plan,
  type RawRequest,
  readSnapshot,
  resolveFromLock,
} from '../../../src/registry/index.ts'
import { sha256Of } from '../../support/digest.ts'
import { aRegistry, FULL_REQUEST, lockOfRegistry, planOf } from '../../support/lockfile.ts'
import { provenReader } from '../../support/memory-reader.ts'
import {
  aDataset,
  aModel,
  anAdapter,
  aProvenSnapshot,
  aRequest,
  aVersion,
  codesOf,
  type RegistryContents,
} from '../../support/registry.ts'
import { activeVersionsEntry, modelEntry, versionEntry } from '../../support/store-entries.ts'

const lock = lockOfRegistry()

/** A frozen run's plan, for a registry that may have moved on. */
function frozenPlan(contents: RegistryContents, raw: RawRequest = FULL_REQUEST, locked = lock) {
  const { request, problems } = resolveFromLock(aRequest(raw), locked)
  if (problems.length > 0) throw new Error(problems.join(' '))
  return holdToLock(plan(request, aProvenSnapshot({ ...aRegistry(), ...contents })), locked)
}

const resolved = (raw: RawRequest, locked = lock) => resolveFromLock(aRequest(raw), locked)

describe('a frozen request', () => {
  it.each(['active', '1.0.0', 'v1', '^1', '*'])('for model %s is for the locked one', (modelVersion) => {
    const { request, problems } = resolved({ modelVersion })
    expect(problems).toEqual([])
    expect(request).toMatchObject({
      modelVersion: { kind: 'version', text: '1.0.0' },
      modelName: 'bitnet',
      lockedModelId: 0n,
    })
  })

  it('for no model has none', () => {
    const { request } = resolved({ modelVersion: 'none', datasets: ['7'] })
    expect(request.modelVersion).toEqual({ kind: 'none' })
    expect(request.lockedModelId).toBeUndefined()
  })

  it('names datasets by their ids, so that no other of the same name is meant', () => {
    const { request } = resolved({ datasets: ['training_dataset_v1'] })
    expect(request.datasets).toEqual(['7'])
    expect(resolved({ datasets: ['training_dataset_v1', '7'] }).request.datasets).toEqual(['7'])
  })

  it('for a domain that was locked is for the adapters that were locked with it', () => {
    const raw = { modelVersion: '1.0.0', adapters: ['domain:code'] }
    const ofDomain = lockOfRegistry(aRegistry(), raw)
    const { request, problems } = resolved({ adapters: ['domain:code', 'coder'] }, ofDomain)
    expect(problems).toEqual([])
    expect(request).toMatchObject({ adapters: [{ id: 'coder' }], adapterDomains: [] })
  })

  it.each<[string, RawRequest, string]>([
    ['another version', { modelVersion: '2.0.0' }, 'the lockfile has `1.0.0`'],
    ['a range beside it', { modelVersion: '^2' }, 'is not locked'],
    ['a model of another name', { modelName: 'mamba' }, '`model-name`'],
    ['an adapter that is not locked', { adapters: ['lawyer'] }, '`lawyer` is not in the lockfile'],
    ['another version of an adapter', { adapters: ['coder@2.0.0'] }, 'locked as `1.2.0`, not as `2.0.0`'],
    ['a domain that was not asked for then', { adapters: ['domain:code'] }, '`domain:code` is not in'],
    ['a dataset that is not locked', { datasets: ['other'] }, '`other` is not in the lockfile'],
    ['a dataset by another id', { datasets: ['8'] }, '`8` is not in the lockfile'],
  ])('for %s is refused by name', (_what, raw, words) => {
    const { problems } = resolved(raw)
    expect(codesOf(problems)).toEqual(['LOCK_MISMATCH'])
    expect(problems[0]?.message).toContain(words)
    expect(problems[0]?.message).toContain('r3mes lock --update')
  })

  it('is refused for everything that is not locked at once', () => {
    const raw = { modelVersion: '2', adapters: ['a', 'b'], datasets: ['c'] }
    expect(resolved(raw).problems).toHaveLength(4)
  })

  it('warns of a dataset that is not locked and not required', () => {
    const outcome = resolved({ datasets: ['other', '7'], requireDataset: false })
    expect(outcome.problems).toEqual([])
    expect(codesOf(outcome.datasetProblems)).toEqual(['LOCK_MISMATCH'])
    expect(outcome.request.datasets).toEqual(['7'])
  })

  it('for a model that the lockfile has not is refused', () => {
    const datasets = lockOfRegistry(aRegistry(), { modelVersion: 'none', datasets: ['7'] })
    expect(codesOf(resolved({}, datasets).problems)).toEqual(['LOCK_MISMATCH'])
  })
})

describe('a frozen run', () => {
  it('passes while what it asks for is as it was locked', () => {
    const result = frozenPlan({})
    expect(codesOf(result.problems)).toEqual([])
    expect(result.artifacts).toHaveLength(4)
  })

  const writer = anAdapter({ id: 'writer', domain: 'text' })
  const changedCoder = (fields: Parameters<typeof anAdapter>[0]) => ({
    adapters: [anAdapter({ version: '1.2.0', ...fields }), writer],
  })

  it.each<[string, RegistryContents, string]>([
    [
      'a digest',
      changedCoder({ checksum: sha256Of('new') }),
      'Adapter coder 1.2.0 changed since it was locked: new digest',
    ],
    ['a size', changedCoder({ sizeBytes: 5n }), 'approved size 5 bytes (was 1,000 bytes)'],
    ['what an adapter fits', changedCoder({ compatibleModelVersions: ['1'] }), 'other model versions'],
    ['what an adapter changes', changedCoder({ targetModules: ['q'] }), 'other modules'],
    [
      'a model’s digest',
      { models: [aModel({ name: 'bitnet', checksum: sha256Of('x') })] },
      'Model 1.0.0 changed',
    ],
    ['a model’s status', { versions: [aVersion({ status: 'deprecated' })] }, 'now deprecated (was active)'],
    [
      'a dataset’s digest',
      { datasets: [aDataset({ datasetId: 7n, checksum: sha256Of('x') })] },
      'Dataset training',
    ],
    [
      'a dataset’s status',
      { datasets: [aDataset({ datasetId: 7n, status: 'deprecated' })] },
      'now deprecated',
    ],
  ])('ends when %s changed', (_what, contents, words) => {
    const { problems } = frozenPlan(contents)
    expect(codesOf(problems)).toEqual(['LOCK_MISMATCH'])
    expect(problems[0]?.message).toContain(words)
    expect(problems[0]?.message).toContain('r3mes lock --update')
  })

  it('ends when an adapter was revoked, with the code of that', () => {
    expect(codesOf(frozenPlan(changedCoder({ status: 'revoked' })).problems)).toEqual(['ADAPTER_REVOKED'])
  })

  it('is not stopped by places, heights and names of files', () => {
    const moved = changedCoder({
      downloadSource: 'https://x.example/y',
      fileName: 'y',
      approvedAtHeight: 99n,
    })
    expect(codesOf(frozenPlan(moved).problems)).toEqual([])
  })

  it('looks at nothing that was not asked for', () => {
    const contents = changedCoder({ checksum: sha256Of('new') })
    expect(codesOf(frozenPlan(contents, { adapters: ['writer'] }).problems)).toEqual([])
  })

  it('leaves out a changed dataset that is not required, with a warning', () => {
    const contents = { datasets: [aDataset({ datasetId: 7n, checksum: sha256Of('x') })] }
    const result = frozenPlan(contents, { datasets: ['7'], requireDataset: false })
    expect(codesOf(result.problems)).toEqual([])
    expect(codesOf(result.datasetProblems)).toEqual(['LOCK_MISMATCH'])
    expect(result.artifacts.map(({ kind }) => kind)).toEqual(['model'])
  })

  it('means the locked model, though another with its version and name was approved since', () => {
    const twin = aModel({ modelId: 5n, name: 'bitnet', checksum: sha256Of('twin') })
    const result = frozenPlan({ models: [twin, aModel({ name: 'bitnet' })] })
    expect(codesOf(result.problems)).toEqual([])
    expect(result.artifacts[0]?.digest.hex).toBe(sha256Of('model'))
  })

  it('of another chain ends', () => {
    const { problems } = frozenPlan({ chainId: 'remes-2' })
    expect(codesOf(problems)).toEqual(['LOCK_MISMATCH'])
    expect(problems[0]?.message).toContain('remes-2')
  })

  it('says that the registry’s active model is a newer one, and keeps the locked one', async () => {
    const entries = [
      modelEntry(0n, { modelVersion: '1.0.0', modelName: 'bitnet', verificationSha256: sha256Of('model') }),
      modelEntry(1n, { modelVersion: '2.0.0', modelName: 'bitnet2', verificationSha256: sha256Of('2') }),
      versionEntry(1n, { modelId: 1n }),
      activeVersionsEntry(1n),
    ]
    const { request } = resolved({ modelVersion: 'active' })
    const planned = plan(request, await readSnapshot(provenReader({ entries }), request))
    const held: Plan<'light-client'> = holdToLock(planned, lock)
    expect(codesOf(held.problems)).toEqual([])
    expect(held.modelVersion).toBe('1.0.0')
    expect(held.notices.join()).toContain('a newer one, 2.0.0. `r3mes lock --update` moves to it.')
  })
})

describe('holding a plan to a lockfile', () => {
  const messagesOf = (contents: RegistryContents, raw: RawRequest, locked = lock) =>
    holdToLock(planOf(contents, raw), locked).problems.map(({ message }) => message)

  it('gives one problem for each artifact that changed', () => {
    const contents = {
      ...aRegistry(),
      models: [aModel({ name: 'bitnet', checksum: sha256Of('x') })],
      adapters: [anAdapter({ version: '1.2.0', sizeBytes: 1n }), anAdapter({ id: 'writer', domain: 'text' })],
    }
    expect(messagesOf(contents, FULL_REQUEST)).toHaveLength(2)
    expect(messagesOf(aRegistry(), FULL_REQUEST)).toEqual([])
  })

  it('names an artifact that is not locked, and a model that is another', () => {
    const onlyModel = lockOfRegistry(aRegistry(), { modelVersion: '1.0.0' })
    expect(messagesOf(aRegistry(), FULL_REQUEST, onlyModel)).toEqual([
      expect.stringContaining('Adapter coder 1.2.0 is not in the lockfile.'),
      expect.stringContaining('Adapter writer 1.0.0 is not in the lockfile.'),
      expect.stringContaining('Dataset training_dataset_v1 is not in the lockfile.'),
    ])
    const other = { models: [aModel({ version: '2.0.0' })] }
    expect(messagesOf(other, { modelVersion: '2.0.0' }, onlyModel)).toEqual([
      expect.stringContaining('was another one when it was locked: model 1.0.0.'),
    ])
  })

  it('keeps the problems and the trust that the plan has', () => {
    const held = holdToLock(planOf({ ...aRegistry(), adapters: [] }, FULL_REQUEST), lock)
    expect(codesOf(held.problems)).toEqual(['ADAPTER_NOT_APPROVED', 'ADAPTER_NOT_APPROVED'])
    expect(held.trust).toBe('light-client')
  })
})
