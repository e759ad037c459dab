import { describe, expect, it } from 'vitest'
import { plan, type RawRequest, wantsKnownAdapters } from '../../src/registry/index.ts'
import { sha256Of } from '../support/digest.ts'
import {
  aModel,
  anAdapter,
  aRequest,
  aSnapshot,
  believed,
  codesOf,
  onlyProblem,
  type RegistryContents,
} from '../support/registry.ts'

function planOf(contents: RegistryContents, raw: RawRequest = { adapters: ['coder'] }) {
  return plan(aRequest(raw), aSnapshot(contents))
}

const problemWith = (fields: Parameters<typeof anAdapter>[0]) =>
  onlyProblem(planOf({ adapters: [anAdapter(fields)] }))

describe('an adapter of a plan', () => {
  it('has what its record says', () => {
    const adapter = anAdapter({
      checksum: sha256Of('x'),
      sizeBytes: 77n,
      version: '1.2.0',
      approvedAtHeight: 5n,
    })
    const result = planOf({ adapters: [adapter] })
    expect(result.problems).toEqual([])
    expect(result.artifacts[1]).toEqual({
      kind: 'adapter',
      id: 'coder',
      version: '1.2.0',
      storeName: 'coder',
      digest: { kind: 'sha256', hex: sha256Of('x') },
      cid: undefined,
      size: 77,
      claimedDiskBytes: 77,
      fileName: 'coder.safetensors',
      places: [
        {
          kind: 'huggingface',
          repoType: 'model',
          repo: 'r3mes/adapters',
          revision: 'main',
          path: 'coder.safetensors',
        },
      ],
      downloadSource: 'hf://r3mes/adapters@main/coder.safetensors',
      approvedAtHeight: 5n,
      status: 'active',
      facts: {
        kind: 'adapter',
        domain: 'code',
        fit: {
          compatibleModelVersions: ['1.0.0'],
          minModelVersion: '',
          maxModelVersion: '',
          targetModules: [],
        },
      },
      approvedBy: [believed('adp_coder')],
      containerHash: undefined,
      required: true,
    })
  })

  it.each([
    ['ADAPTER_REVOKED', { status: 'revoked' }],
    ['ADAPTER_NOT_APPROVED', { status: 'paused' }],
    ['ADAPTER_NOT_APPROVED', { status: '' }],
    ['ADAPTER_INCOMPATIBLE', { compatibleModelVersions: ['2.0.0'] }],
    ['ADAPTER_INCOMPATIBLE', { compatibleModelVersions: [] }],
    ['DIGEST_MISSING', { checksum: '' }],
    [
      'DIGEST_UNSUPPORTED',
      { checksum: '', cid: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy' },
    ],
    ['DIGEST_INVALID', { checksum: 'zz' }],
  ] as const)('is refused as %s', (code, fields) => {
    const problem = problemWith(fields)
    expect(problem.code).toBe(code)
    expect(problem.message).toContain('coder')
  })

  it('that the chain does not have is not approved', () => {
    expect(onlyProblem(planOf({})).code).toBe('ADAPTER_NOT_APPROVED')
  })

  it('whose record is malformed says so', () => {
    expect(onlyProblem(planOf({ malformedAdapters: ['coder'] })).code).toBe('RECORD_MALFORMED')
  })

  it('must have the version asked for, however it is spelt', () => {
    const adapters = [anAdapter({ version: '1.2.0' })]
    expect(planOf({ adapters }, { adapters: ['coder@v1.2'] }).problems).toEqual([])
    const problem = onlyProblem(planOf({ adapters }, { adapters: ['coder@1.3.0'] }))
    expect(problem.code).toBe('ADAPTER_NOT_APPROVED')
    expect(problem.message).toContain('1.2.0')
  })

  it('is not called incompatible with a model that is not approved either', () => {
    const result = planOf({ adapters: [anAdapter()] }, { modelVersion: '9.9.9', adapters: ['coder'] })
    expect(codesOf(result.problems)).toEqual(['MODEL_NOT_APPROVED'])
  })
})

describe('messages about adapters', () => {
  const known = [
    anAdapter({ id: 'general_dora' }),
    anAdapter({ id: 'coder' }),
    anAdapter({ id: 'revoked', status: 'revoked' }),
    anAdapter({ id: 'future', compatibleModelVersions: ['2.0.0'] }),
    anAdapter({ id: '##[error]x' }),
  ]

  it('name what the model’s version has, and the nearest id', () => {
    const problem = onlyProblem(planOf({ knownAdapters: known }, { adapters: ['codr'] }))
    expect(problem.message).toContain('Did you mean `coder`?')
    expect(problem.message).toContain('Approved adapters for 1.0.0: coder, general_dora.')
    expect(problem.message).not.toContain('##')
  })

  it('say what an adapter needs, what was requested and what would fit', () => {
    const coder = anAdapter({ version: '1.2.0', compatibleModelVersions: [], minModelVersion: '2.0.0' })
    const { message } = onlyProblem(
      planOf({ adapters: [coder], knownAdapters: [coder, ...known.slice(0, 1)] }),
    )
    expect(message).toContain('Adapter `coder` 1.2.0 needs model ≥ 2.0.0, but 1.0.0 was requested.')
    expect(message).toContain('Approved adapters for 1.0.0: general_dora.')
  })

  it('list at most ten', () => {
    const many = Array.from({ length: 14 }, (_, index) =>
      anAdapter({ id: `adapter${String(index).padStart(2, '0')}` }),
    )
    const { message } = onlyProblem(planOf({ knownAdapters: many }, { adapters: ['zzz'] }))
    expect(message).toContain('adapter09 and 4 more')
  })

  it('ask for the list only when it would help', () => {
    expect(wantsKnownAdapters(planOf({}))).toBe(true)
    expect(wantsKnownAdapters(planOf({ adapters: [anAdapter({ checksum: '' })] }))).toBe(false)
    expect(wantsKnownAdapters(planOf({ adapters: [anAdapter()] }))).toBe(false)
  })
})

describe('conflicts', () => {
  const coder = anAdapter({ id: 'coder', targetModules: ['up_proj'] })
  const writer = anAdapter({ id: 'writer', targetModules: ['model.layers.0.mlp.up_proj'] })

  it('between two requested adapters are one problem that names both', () => {
    const problem = onlyProblem(planOf({ adapters: [coder, writer] }, { adapters: ['coder', 'writer'] }))
    expect(problem.code).toBe('ADAPTER_CONFLICT')
    expect(problem.message).toContain('`coder` and `writer`')
    expect(problem.message).toContain('Request only one')
    expect(problem.detail).toContain('model.layers.0.mlp.up_proj')
  })

  it('with a loaded adapter say to unload it', () => {
    const problem = onlyProblem(
      planOf({ adapters: [coder, writer] }, { adapters: ['coder'], loadedAdapters: ['writer'] }),
    )
    expect(problem.code).toBe('ADAPTER_CONFLICT')
    expect(problem.message).toContain('`writer` is loaded already')
  })

  it('are seen with a loaded adapter that was revoked since', () => {
    const revoked = { ...writer, status: 'revoked' }
    const result = planOf({ adapters: [coder, revoked] }, { adapters: ['coder'], loadedAdapters: ['writer'] })
    expect(codesOf(result.problems)).toEqual(['ADAPTER_CONFLICT'])
    expect(result.notices.join()).toContain('was revoked')
  })

  it('are none between an adapter and itself', () => {
    expect(
      planOf({ adapters: [coder] }, { adapters: ['coder'], loadedAdapters: ['coder'] }).problems,
    ).toEqual([])
  })

  it('cannot be seen with a loaded adapter that the chain does not know, and the plan says so', () => {
    const result = planOf(
      { adapters: [coder], malformedAdapters: ['broken'] },
      { adapters: ['coder'], loadedAdapters: ['mine', 'broken'] },
    )
    expect(result.problems).toEqual([])
    expect(result.notices.join(' ')).toMatch(/mine is unknown .* broken is malformed/)
  })
})

describe('a plan', () => {
  it('tells the problems of model, adapters and datasets together', () => {
    const result = planOf(
      {
        models: [aModel({ checksum: '' })],
        adapters: [
          anAdapter({ id: 'a', status: 'revoked' }),
          anAdapter({ id: 'b', compatibleModelVersions: ['2.0.0'], targetModules: ['q'] }),
          anAdapter({ id: 'c', targetModules: ['q'], checksum: '' }),
        ],
      },
      { adapters: ['a', 'b', 'c', 'd'], datasets: ['nothing'] },
    )
    expect(codesOf(result.problems)).toEqual([
      'DIGEST_MISSING',
      'ADAPTER_REVOKED',
      'ADAPTER_INCOMPATIBLE',
      'DIGEST_MISSING',
      'ADAPTER_NOT_APPROVED',
      'ADAPTER_CONFLICT',
      'DATASET_NOT_APPROVED',
    ])
    for (const problem of result.problems) expect(problem.message).toMatch(/^[\x20-\x7e≥≤]*[.?]$/)
  })

  it('refuses two adapters whose ids are one where case folds', () => {
    const adapters = [anAdapter({ id: 'Coder' }), anAdapter({ id: 'coder' })]
    const problem = onlyProblem(planOf({ adapters }, { adapters: ['Coder', 'coder'] }))
    expect(problem.code).toBe('ID_UNSAFE')
    expect(problem.message).toContain('`coder` would take the place of `Coder`')
  })

  it('refuses what is larger than max-artifact-size before anything is fetched', () => {
    const snapshot = aSnapshot({ adapters: [anAdapter({ sizeBytes: 1001n })] })
    const request = aRequest({ adapters: ['coder'] })
    expect(plan(request, snapshot, { maxArtifactSize: 1001 }).problems).toEqual([])
    const problem = onlyProblem(plan(request, snapshot, { maxArtifactSize: 1000 }))
    expect(problem.code).toBe('ARTIFACT_TOO_LARGE')
    expect(problem.message).toContain('1001')
  })

  it('carries where and when its records were read', () => {
    expect(planOf({ adapters: [anAdapter()] })).toMatchObject({
      trust: 'rpc',
      chainId: 'remes-testnet-1',
      height: 100n,
      endpoint: 'https://rpc.example.org',
    })
  })
})
