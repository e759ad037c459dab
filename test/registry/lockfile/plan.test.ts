import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatLockfile,
  lockAge,
  lockOf,
  type Plan,
  parseLockfile,
  plan,
  planFromLock,
  type RawRequest,
} from '../../../src/registry/index.ts'
import { sha256Of } from '../../support/digest.ts'
import {
  anyLockfile,
  aRegistry,
  FULL_REQUEST,
  lockFacts,
  lockOfRegistry,
  planOf,
} from '../../support/lockfile.ts'
import {
  aDataset,
  aModel,
  anAdapter,
  aRequest,
  aSnapshot,
  codesOf,
  onlyProblem,
} from '../../support/registry.ts'

const lock = lockOfRegistry()
const fromLock = (raw: RawRequest = FULL_REQUEST, locked = lock) => planFromLock(aRequest(raw), locked)

describe('a plan from a lockfile', () => {
  it('brings what the proven plan would have brought', () => {
    const { artifacts } = planOf()
    const locked = fromLock(FULL_REQUEST, parseLockfile(formatLockfile(lock)))
    expect(locked.artifacts).toEqual(artifacts.map((artifact) => ({ ...artifact, approvedBy: [] })))
    expect(locked).toMatchObject({
      trust: 'lockfile',
      chainId: 'remes-testnet-1',
      height: 100n,
      endpoint: undefined,
      problems: [],
      modelVersion: '1.0.0',
    })
  })

  it('brings a manifest’s artifact without a file name, and a CID’s place', () => {
    const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const contents = { models: [aModel({ checksum: `manifest:${sha256Of('m')}`, cid })] }
    const locked = lockOfRegistry(contents, { modelVersion: '1.0.0' })
    const [artifact] = fromLock({}, parseLockfile(formatLockfile(locked))).artifacts
    expect(artifact).toMatchObject({ fileName: undefined, size: undefined, digest: { kind: 'manifest' } })
    expect(artifact?.places.map(({ kind }) => kind)).toEqual(['huggingface', 'ipfs'])
  })

  it('reads places with the machine’s own hub', () => {
    const adapters = [anAdapter({ downloadSource: 'http://127.0.0.1:8000/o/n/resolve/main/x.bin' })]
    const locked = lockOfRegistry({ adapters }, { adapters: ['coder'] })
    const hub = { hfEndpoint: new URL('http://127.0.0.1:8000') }
    const kindWith = (options: object) =>
      planFromLock(aRequest({ adapters: ['coder'] }), locked, options).artifacts[1]?.places[0]?.kind
    expect(kindWith(hub)).toBe('huggingface')
    expect(kindWith({})).toBe('http')
  })

  it('of what is not locked is refused', () => {
    expect(onlyProblem(fromLock({ adapters: ['lawyer'] })).code).toBe('LOCK_MISMATCH')
  })

  it('judges conflicts from the recorded modules', () => {
    const adapters = [
      anAdapter({ targetModules: ['q'] }),
      anAdapter({ id: 'writer', targetModules: ['*.q'] }),
    ]
    const one = lockOfRegistry({ adapters }, { adapters: ['coder'] })
    const other = lockOfRegistry({ adapters }, { adapters: ['writer'] })
    const both = { ...one, artifacts: [...one.artifacts, ...other.artifacts.slice(1)] }
    expect(onlyProblem(fromLock({ adapters: ['coder', 'writer'] }, both)).code).toBe('ADAPTER_CONFLICT')
    const loaded = fromLock({ adapters: ['coder'], loadedAdapters: ['writer', 'mine'] }, both)
    expect(onlyProblem(loaded).message).toContain('`writer` is loaded already')
    expect(loaded.notices.join()).toContain('mine is not in the lockfile')
  })

  it('judges compatibility from the recorded versions', () => {
    const [model, ...others] = lock.artifacts
    const [next] = lockOfRegistry(
      { models: [aModel({ version: '2.0.0' })] },
      { modelVersion: '2.0.0' },
    ).artifacts
    if (model === undefined || next === undefined) throw new Error('a lockfile without a model')
    const edited = { ...lock, artifacts: [next, ...others] }
    const problem = onlyProblem(fromLock({ modelVersion: 'active', adapters: ['coder'] }, edited))
    expect(problem.code).toBe('ADAPTER_INCOMPATIBLE')
    expect(problem.message).toContain('Adapter `coder` 1.2.0 needs model 1.0.0, but 2.0.0 was requested.')
  })

  it('holds to max-artifact-size, with a warning where a dataset is not required', () => {
    const options = { maxArtifactSize: 1500 }
    const required = planFromLock(aRequest(FULL_REQUEST), lock, options)
    expect(codesOf(required.problems)).toEqual(['ARTIFACT_TOO_LARGE'])
    const optional = planFromLock(aRequest({ ...FULL_REQUEST, requireDataset: false }), lock, options)
    expect(codesOf(optional.problems)).toEqual([])
    expect(codesOf(optional.datasetProblems)).toEqual(['ARTIFACT_TOO_LARGE'])
    expect(optional.artifacts.map(({ kind }) => kind)).toEqual(['model', 'adapter', 'adapter'])
  })

  it('holds the model to the pinned CID', () => {
    const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const locked = lockOfRegistry({ models: [aModel({ cid })] }, { modelVersion: '1.0.0' })
    expect(codesOf(fromLock({ modelCidPin: cid }, locked).problems)).toEqual([])
    const other = 'bafkreie7q3iidccmpvszul7kudcvvuavuo7u6gzlbobczuk5nqk3b4akba'
    expect(onlyProblem(fromLock({ modelCidPin: other }, locked)).code).toBe('MODEL_NOT_APPROVED')
    expect(onlyProblem(fromLock({ modelCidPin: cid })).message).toContain('no CID in the lockfile')
  })

  it('says what was deprecated when it was locked', () => {
    const locked = lockOfRegistry(
      { ...aRegistry(), datasets: [aDataset({ datasetId: 7n, status: 'deprecated' })] },
      FULL_REQUEST,
    )
    expect(fromLock(FULL_REQUEST, locked).notices.join()).toContain('deprecated')
  })

  it('is made of any lockfile that can be read, and never throws', () => {
    fc.assert(
      fc.property(anyLockfile, (any) => {
        const adapters = any.artifacts.flatMap(({ kind, id }) => (kind === 'adapter' ? [id] : []))
        const datasets = any.artifacts.flatMap(({ kind, id }) => (kind === 'dataset' ? [id] : []))
        const { artifacts } = fromLock({ modelVersion: 'active', adapters, datasets }, any)
        const models = any.artifacts.filter(({ kind }) => kind === 'model')
        expect(artifacts).toHaveLength(models.length + adapters.length + datasets.length)
      }),
    )
  })
})

describe('locking', () => {
  it('refuses a plan with problems', () => {
    const refused = planOf(aRegistry(), { adapters: ['ghost'] })
    expect(() => lockOf(refused, lockFacts())).toThrow(TypeError)
  })

  it('refuses a believed plan at run time too', () => {
    const believed = plan(aRequest(FULL_REQUEST), aSnapshot(aRegistry()))
    expect(codesOf(believed.problems)).toEqual([])
    // The compiler would refuse it; users without a type checker are told here.
    expect(() => lockOf(believed as unknown as Plan<'quorum'>, lockFacts())).toThrow('proven')
  })

  it('keeps an endless claim of disk space as what JSON can carry', () => {
    const contents = { models: [aModel({ requiredDiskSpaceGb: 1e9 })] }
    const text = formatLockfile(lockOfRegistry(contents, { modelVersion: '1.0.0' }))
    expect(parseLockfile(text).artifacts[0]?.diskBytes).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('keeps artifacts in one order, however they were asked for', () => {
    const turned = { ...FULL_REQUEST, adapters: ['writer@1.0.0', 'coder'] }
    expect(lockOfRegistry(aRegistry(), turned).artifacts).toEqual(lock.artifacts)
  })

  it('has the age of its anchor', () => {
    expect(lockAge(lock, new Date('2026-01-02T00:00:00Z'))).toBe(24 * 60 * 60_000)
    expect(lockAge(lock, new Date('2025-12-31T23:59:59Z'))).toBe(-1000)
  })
})
