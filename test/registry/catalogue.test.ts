import { describe, expect, it } from 'vitest'
import { type ArtifactKind, readCatalogue } from '../../src/registry/index.ts'
import { sha256Of } from '../support/digest.ts'
import { type Asked, believedReader, type MemoryStore, provenReader } from '../support/memory-reader.ts'
import {
  adapterEntry,
  datasetEntry,
  modelEntry,
  type StoreEntry,
  versionEntry,
} from '../support/store-entries.ts'

const model = (id: bigint, modelVersion: string, isActive = true) =>
  modelEntry(id, { modelVersion, modelName: `model${id}`, verificationSha256: sha256Of(`${id}`) }, isActive)
const adapter = (id: string, fields: Parameters<typeof adapterEntry>[1] = {}) =>
  adapterEntry(id, { checksum: sha256Of(id), targetModules: ['q_proj'], ...fields })

const ALL: ReadonlySet<ArtifactKind> = new Set(['model', 'adapter', 'dataset'])
const catalogue = (store: MemoryStore, kinds = ALL, asked: Asked = []) =>
  readCatalogue(provenReader(store, asked), kinds)

const REGISTRY: readonly StoreEntry[] = [
  model(0n, '1.0.0'),
  model(1n, '10.0.0'),
  model(2n, '1.0.0'),
  model(3n, '2.0.0', false),
  model(4n, '3.0.0'),
  versionEntry(9n, { modelId: 4n, status: 'rollback' }),
  adapter('coder'),
  adapter('writer'),
  adapter('retired', { status: 'revoked' }),
  adapter('bare', { checksum: '' }),
  datasetEntry(0n, 'first'),
  datasetEntry(1n, 'gone', { status: 'removed' }),
  datasetEntry(2n, 'first'),
]

describe('a catalogue', () => {
  it('holds all that a run could bring, whatever else is approved beside it', async () => {
    const { artifacts, problems } = await catalogue({ entries: REGISTRY })
    expect(problems).toEqual([])
    expect(artifacts.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      // The newest first; two models of one version are both approved, and so are adapters that conflict.
      ...['model 10.0.0', 'model 1.0.0', 'model 1.0.0', 'adapter coder', 'adapter writer'],
      ...['dataset first', 'dataset first'],
    ])
    const ids = artifacts.flatMap(({ facts }) => (facts.kind === 'model' ? [facts.modelId] : []))
    expect(ids).toEqual([1n, 0n, 2n])
  })

  it('says how many records it leaves out, and why', async () => {
    const broken: StoreEntry = [Buffer.from('adp_broken'), Buffer.from([0xff])]
    const { notices } = await catalogue({ entries: [...REGISTRY, broken] })
    expect(notices).toEqual([
      '2 approved records cannot be brought and are left out: DIGEST_MISSING, MODEL_INACTIVE.',
      '1 malformed records are left out.',
    ])
  })

  it('reads no more than the kinds that are wanted', async () => {
    const asked: Asked = []
    const { artifacts } = await catalogue({ entries: REGISTRY }, new Set<ArtifactKind>(['dataset']), asked)
    expect(artifacts.map(({ kind }) => kind)).toEqual(['dataset', 'dataset'])
    expect(asked).toEqual([`list ${Buffer.from('ad_').toString('hex')}`])
  })

  it.each(['modreg_', 'modver_', 'adp_', 'ad_'])(
    'is refused when the list of %s is not complete',
    async (prefix) => {
      const { problems } = await catalogue({ entries: REGISTRY, incomplete: [prefix] })
      expect(problems.map(({ code }) => code)).toEqual(['UNPROVABLE'])
    },
  )

  it('of an empty registry is empty', async () => {
    const { artifacts, problems, notices } = await catalogue({ entries: [] })
    expect([artifacts, problems, notices]).toEqual([[], [], []])
  })

  it('under rpc reads every record again by its key', async () => {
    const asked: Asked = []
    const reader = believedReader({ entries: REGISTRY }, asked)
    const { artifacts, trust } = await readCatalogue(reader, new Set<ArtifactKind>(['adapter']))
    expect([trust, artifacts.map(({ id }) => id)]).toEqual(['rpc', ['coder', 'writer']])
    expect(asked).toContain(`get ${Buffer.from('adp_coder').toString('hex')}`)
  })

  it('of thousands of models holds them all', async () => {
    const entries = Array.from({ length: 3_000 }, (_, id) => model(BigInt(id), `1.0.${id}`))
    const { artifacts } = await catalogue({ entries }, new Set<ArtifactKind>(['model']))
    expect(artifacts).toHaveLength(3_000)
  })
})
