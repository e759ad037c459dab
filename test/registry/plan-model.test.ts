import { describe, expect, it } from 'vitest'
import { plan, type RawRequest } from '../../src/registry/index.ts'
import { sha256Of } from '../support/digest.ts'
import {
  aMalformed,
  aModel,
  anAdapter,
  aRequest,
  aSnapshot,
  aVersion,
  believed,
  codesOf,
  onlyProblem,
  type RegistryContents,
} from '../support/registry.ts'

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const OTHER_CID = 'bafkreie7q3iidccmpvszul7kudcvvuavuo7u6gzlbobczuk5nqk3b4akba'

function planOf(contents: RegistryContents, raw: RawRequest = {}) {
  return plan(aRequest(raw), aSnapshot(contents))
}

const active = { modelVersion: 'active' }
const primary = (versionNumber: bigint) => ({ ok: true, record: { versionNumber } }) as const
const globalState = (version: string, cid = '') => ({ ok: true, record: { version, cid } }) as const

describe('the model of a plan', () => {
  it('has the digest, the places and the names that its record says', () => {
    const checksum = sha256Of('bytes')
    const model = aModel({
      version: 'v1.0',
      checksum: checksum.toUpperCase(),
      cid: CID,
      containerHash: 'sha256:1',
      requiredDiskSpaceGb: 1.5,
      approvedAtHeight: 42n,
    })
    const result = planOf({ models: [model] }, { modelVersion: '1' })
    expect(result.problems).toEqual([])
    expect(result.modelVersion).toBe('1.0.0')
    expect(result.artifacts).toEqual([
      {
        kind: 'model',
        id: '1.0.0',
        version: '1.0.0',
        storeName: 'v1.0.0',
        digest: { kind: 'sha256', hex: checksum },
        cid: CID,
        size: undefined,
        claimedDiskBytes: 1.5e9,
        fileName: 'model.gguf',
        places: [
          {
            kind: 'huggingface',
            repoType: 'model',
            repo: 'r3mes/bitnet',
            revision: 'main',
            path: 'model.gguf',
          },
          { kind: 'ipfs', cid: CID, path: '' },
        ],
        downloadSource: 'hf://r3mes/bitnet@main/model.gguf',
        approvedAtHeight: 42n,
        status: 'active',
        facts: { kind: 'model', modelId: 0n, name: 'bitnet', versionNumber: undefined },
        approvedBy: [believed('modreg_')],
        containerHash: 'sha256:1',
        required: true,
      },
    ])
  })

  it('takes the file’s name from the place where the record has none', () => {
    const named = (fields: Parameters<typeof aModel>[0]) =>
      planOf({ models: [aModel({ fileName: '', ...fields })] }).artifacts[0]?.fileName
    expect(named({ downloadSource: 'hf://o/n/dir/weights.bin' })).toBe('weights.bin')
    expect(named({ downloadSource: '', cid: CID })).toBe(CID)
    expect(named({ downloadSource: '' })).toBe('v1.0.0')
  })

  it('has no file name of its own under a manifest', () => {
    const model = aModel({ checksum: `manifest:${sha256Of('m')}`, fileName: '../ignored' })
    const [artifact] = planOf({ models: [model] }).artifacts
    expect(artifact).toMatchObject({ fileName: undefined, size: undefined, digest: { kind: 'manifest' } })
  })

  it('is stored under a text version as it is', () => {
    const result = planOf({ models: [aModel({ version: 'b1.58' })] }, { modelVersion: 'b1.58' })
    expect(result.artifacts[0]).toMatchObject({ id: 'b1.58', storeName: 'b1.58' })
  })

  it('is left out for `none`', () => {
    const result = planOf({ models: [] }, { modelVersion: 'none', datasets: ['x'] })
    expect(codesOf(result.problems)).toEqual(['DATASET_NOT_APPROVED'])
    expect(result.modelVersion).toBeUndefined()
  })

  it.each(['../../etc/passwd', 'a/b.bin', 'CON', 'x.', 'x'.repeat(300), 'a\0b'])(
    'is refused with the file name %j',
    (fileName) => {
      const problem = onlyProblem(planOf({ models: [aModel({ fileName })] }))
      expect(problem.code).toBe('ID_UNSAFE')
      expect(problem.message).not.toContain(fileName)
    },
  )

  it('goes without a place that is none, and says so without its words', () => {
    const result = planOf({ models: [aModel({ downloadSource: '::error::http://10.0.0.1/x' })] })
    expect(result.problems).toEqual([])
    expect(result.artifacts[0]?.places).toEqual([])
    expect(result.notices.join()).toContain('no place')
    expect(result.notices.join()).not.toContain('::error')
  })
})

describe('a version', () => {
  const models = [
    aModel({ modelId: 0n, version: '2.0.0' }),
    aModel({ modelId: 1n, version: '10.0.0' }),
    aModel({ modelId: 2n, version: '11.0.0', isActive: false }),
    aModel({ modelId: 3n, version: '9.0.0' }),
  ]

  it('that is not approved gets the list of those that are, newest first', () => {
    const problem = onlyProblem(planOf({ models }, { modelVersion: '3.0.0' }))
    expect(problem.code).toBe('MODEL_NOT_APPROVED')
    expect(problem.message).toContain('Approved versions: 10.0.0, 9.0.0, 2.0.0.')
    expect(problem.message).toContain('height 100')
  })

  it('is not suggested when it was rolled back', () => {
    const versions = [aVersion({ modelId: 1n, status: 'rollback' })]
    const problem = onlyProblem(planOf({ models, versions }, { modelVersion: '3.0.0' }))
    expect(problem.message).toContain('Approved versions: 9.0.0, 2.0.0.')
  })

  it('that is only inactive is refused as such', () => {
    expect(onlyProblem(planOf({ models }, { modelVersion: '11.0.0' })).code).toBe('MODEL_INACTIVE')
  })

  it('that is active and retired under two ids is the active one', () => {
    const retired = aModel({ modelId: 8n, version: '2.0.0', isActive: false })
    expect(planOf({ models: [retired, ...models] }, { modelVersion: '2.0.0' }).problems).toEqual([])
  })

  it('of a range is the newest in it, by numbers', () => {
    const result = planOf({ models }, { modelVersion: '>=2' })
    expect(result.modelVersion).toBe('10.0.0')
    expect(result.notices.join()).toContain('not proven complete')
  })

  it('of a range is not one that was rolled back', () => {
    const versions = [aVersion({ modelId: 1n, status: 'rollback' })]
    expect(planOf({ models, versions }, { modelVersion: '>=2' }).modelVersion).toBe('9.0.0')
  })

  it('of a range gets the reason of the newest when none may be used', () => {
    const versions = [aVersion({ modelId: 1n, status: 'rollback' })]
    const problem = onlyProblem(planOf({ models, versions }, { modelVersion: '^10' }))
    expect(problem.code).toBe('MODEL_INACTIVE')
    expect(problem.message).toContain('rolled back')
  })

  // Gone through once for every version, these would take hours.
  it('is found in a long registry, and so is that none may be used', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => BigInt(index))
    const many = ids.map((modelId) => aModel({ modelId, version: `1.${modelId}.0` }))
    const rolledBack = ids.map((modelId) =>
      aVersion({ modelId, versionNumber: modelId, status: modelId === 7n ? 'active' : 'rollback' }),
    )
    const long = { models: many, versions: rolledBack }
    expect(planOf(long, { modelVersion: '^1' }).modelVersion).toBe('1.7.0')
    expect(onlyProblem(planOf(long, { modelVersion: '>=1.8' })).code).toBe('MODEL_INACTIVE')
    expect(onlyProblem(planOf(long, { modelVersion: '2.0.0' })).code).toBe('MODEL_NOT_APPROVED')
  })

  it('of an empty range is not approved', () => {
    expect(onlyProblem(planOf({ models }, { modelVersion: '^5' })).code).toBe('MODEL_NOT_APPROVED')
  })

  it('in an empty registry says so', () => {
    expect(onlyProblem(planOf({ models: [] })).code).toBe('REGISTRY_EMPTY')
  })
})

describe('several models of one version', () => {
  const models = [
    aModel({ modelId: 0n, name: 'bitnet' }),
    aModel({ modelId: 1n, name: 'mamba' }),
    aModel({ modelId: 2n, name: '##[error]x' }),
  ]

  it('are ambiguous, and the message lists the names that can be printed', () => {
    const problem = onlyProblem(planOf({ models }))
    expect(problem.code).toBe('MODEL_AMBIGUOUS')
    expect(problem.message).toContain('bitnet, mamba')
    expect(problem.message).not.toContain('##')
  })

  it('are settled by model-name', () => {
    const result = planOf(
      { models: models.map((m) => ({ ...m, checksum: sha256Of(m.name) })) },
      { modelName: 'mamba' },
    )
    expect(result.problems).toEqual([])
    expect(result.artifacts[0]?.digest).toEqual({ kind: 'sha256', hex: sha256Of('mamba') })
  })

  it('stay ambiguous where name and version are the same', () => {
    const twins = [aModel({ modelId: 0n }), aModel({ modelId: 1n })]
    const problem = onlyProblem(planOf({ models: twins }, { modelName: 'bitnet' }))
    expect(problem.code).toBe('MODEL_AMBIGUOUS')
    expect(problem.message).toContain('ids 0, 1')
  })

  it('are not approved under another name', () => {
    const problem = onlyProblem(planOf({ models }, { modelName: 'rwkv' }))
    expect(problem.code).toBe('MODEL_NOT_APPROVED')
    expect(problem.message).toContain('bitnet, mamba')
  })
})

describe('the active model', () => {
  const models = [aModel({ modelId: 0n, version: '1.0.0' }), aModel({ modelId: 1n, version: '2.0.0' })]
  const versions = [
    aVersion({ versionNumber: 4n, modelId: 1n }),
    aVersion({ versionNumber: 3n, modelId: 0n }),
  ]

  it('is the one that the primary version belongs to', () => {
    const result = planOf(
      { models, versions, primaryVersion: primary(4n), globalModelVersion: globalState('1.0.0') },
      active,
    )
    expect(result.problems).toEqual([])
    expect(result.modelVersion).toBe('2.0.0')
  })

  it('is the global state’s version where there is no pointer', () => {
    expect(planOf({ models, globalModelVersion: globalState('v1.0') }, active).modelVersion).toBe('1.0.0')
  })

  it('is not approved where the chain names none', () => {
    const problem = onlyProblem(planOf({ models }, active))
    expect(problem.code).toBe('MODEL_NOT_APPROVED')
    expect(problem.message).toContain('Approved versions: 2.0.0, 1.0.0.')
  })

  it.each([
    ['REGISTRY_INCONSISTENT', { versions, primaryVersion: primary(9n) }],
    [
      'REGISTRY_INCONSISTENT',
      { versions: [aVersion({ versionNumber: 4n, modelId: 7n })], primaryVersion: primary(4n) },
    ],
    ['MODEL_NOT_APPROVED', { globalModelVersion: globalState('7.0.0') }],
    ['RECORD_MALFORMED', { primaryVersion: aMalformed('amv_') }],
    ['RECORD_MALFORMED', { globalModelVersion: aMalformed('gms_') }],
    ['RECORD_MALFORMED', { versions: [aMalformed('modver_4')], primaryVersion: primary(4n) }],
  ] as const)('is refused as %s', (code, contents) => {
    expect(onlyProblem(planOf({ models, ...contents }, active)).code).toBe(code)
  })

  it('is refused when its own record is malformed or inactive', () => {
    const pointer = { versions: [aVersion({ versionNumber: 4n, modelId: 1n })], primaryVersion: primary(4n) }
    expect(onlyProblem(planOf({ models: [aMalformed('modreg_1')], ...pointer }, active)).code).toBe(
      'RECORD_MALFORMED',
    )
    expect(
      onlyProblem(planOf({ models: [aModel({ modelId: 1n, isActive: false })], ...pointer }, active)).code,
    ).toBe('MODEL_INACTIVE')
  })

  it('must have the name that model-name gives', () => {
    const contents = { models, versions, primaryVersion: primary(4n) }
    expect(onlyProblem(planOf(contents, { ...active, modelName: 'mamba' })).code).toBe('MODEL_NOT_APPROVED')
    expect(planOf(contents, { ...active, modelName: 'bitnet' }).problems).toEqual([])
  })
})

describe('the status of a model', () => {
  const versionsOf = (...statuses: string[]) =>
    statuses.map((status, index) => aVersion({ versionNumber: BigInt(index), status }))

  it('is that of its highest version record', () => {
    expect(planOf({ versions: versionsOf('rollback', 'active') }).problems).toEqual([])
    expect(onlyProblem(planOf({ versions: versionsOf('active', 'rollback') })).code).toBe('MODEL_INACTIVE')
  })

  it('is not touched by other models’ records', () => {
    const versions = [
      aVersion({ versionNumber: 9n, modelId: 5n, status: 'rollback' }),
      aMalformed('modver_10', '5'),
    ]
    expect(planOf({ versions }).problems).toEqual([])
  })

  it.each(['migration', 'deprecated'])('%s is a notice', (status) => {
    const result = planOf({ versions: versionsOf(status) })
    expect(result.problems).toEqual([])
    expect(result.artifacts).toHaveLength(1)
    expect(result.notices.join()).toContain('model 1.0.0')
  })

  it.each(['rollback', 'paused', ''])('%j refuses it', (status) => {
    expect(onlyProblem(planOf({ versions: versionsOf(status) })).code).toBe('MODEL_INACTIVE')
  })

  it('begins at its activation height', () => {
    expect(planOf({ versions: [aVersion({ activationHeight: 100n })] }).problems).toEqual([])
    const problem = onlyProblem(planOf({ versions: [aVersion({ activationHeight: 101n })] }))
    expect(problem.code).toBe('MODEL_INACTIVE')
    expect(problem.message).toContain('101')
  })

  it('is unknown when one of its version records is malformed', () => {
    expect(onlyProblem(planOf({ versions: [aMalformed('modver_3', '0')] })).code).toBe('RECORD_MALFORMED')
  })
})

describe('a malformed model record', () => {
  it('fails only the request that selects it', () => {
    const models = [aModel({ modelId: 0n }), aMalformed('modreg_1', '2.0.0'), aMalformed('modreg_2')]
    expect(planOf({ models }).problems).toEqual([])
    const problem = onlyProblem(planOf({ models }, { modelVersion: 'v2' }))
    expect(problem.code).toBe('RECORD_MALFORMED')
    expect(problem.message).toContain('modreg_1')
    const unknown = onlyProblem(planOf({ models }, { modelVersion: '3.0.0' }))
    expect(unknown.code).toBe('MODEL_NOT_APPROVED')
    expect(unknown.message).toContain('2 malformed')
  })

  it('is not passed over by a range', () => {
    const models = [aModel({ version: '1.0.0' }), aMalformed('modreg_1', '1.5.0')]
    expect(onlyProblem(planOf({ models }, { modelVersion: '^1' })).code).toBe('RECORD_MALFORMED')
  })
})

describe('records that disagree about the CID', () => {
  const agreeing = aVersion({ cid: CID.toUpperCase() })

  it('make the registry inconsistent', () => {
    const models = [aModel({ cid: CID })]
    expect(planOf({ models, versions: [agreeing] }).problems).toEqual([])
    expect(onlyProblem(planOf({ models, versions: [aVersion({ cid: OTHER_CID })] })).code).toBe(
      'REGISTRY_INCONSISTENT',
    )
    expect(onlyProblem(planOf({ models, globalModelVersion: globalState('1.0', OTHER_CID) })).code).toBe(
      'REGISTRY_INCONSISTENT',
    )
  })

  it('do not, where the global state speaks of another version or may mean another model', () => {
    const models = [aModel({ cid: CID })]
    expect(planOf({ models, globalModelVersion: globalState('2.0.0', OTHER_CID) }).problems).toEqual([])
    const two = [...models, aModel({ modelId: 1n, name: 'mamba' })]
    const result = planOf(
      { models: two, globalModelVersion: globalState('1.0.0', OTHER_CID) },
      { modelName: 'bitnet' },
    )
    expect(result.problems).toEqual([])
  })
})

describe('R3MES_MODEL_IPFS_HASH', () => {
  it('is met by any spelling of the approved CID', () => {
    expect(planOf({ models: [aModel({ cid: CID.toUpperCase() })] }, { modelCidPin: CID }).problems).toEqual(
      [],
    )
  })

  it.each([
    ['', 'has no CID'],
    [OTHER_CID, 'another CID'],
  ])('refuses a model with the CID %j', (cid, words) => {
    const problem = onlyProblem(planOf({ models: [aModel({ cid })] }, { modelCidPin: CID }))
    expect(problem.code).toBe('MODEL_NOT_APPROVED')
    expect(problem.message).toContain(words)
  })
})

it('tells every problem of one model at once', () => {
  const models = [aModel({ checksum: 'tree:abc', fileName: '../x', cid: OTHER_CID })]
  const result = planOf({ models, versions: [aVersion({ status: 'rollback' })] }, { modelCidPin: CID })
  expect(codesOf(result.problems)).toEqual(['MODEL_INACTIVE', 'MODEL_NOT_APPROVED', 'DIGEST_WEAK'])
  expect(result.artifacts).toEqual([])
})

it('lets no word of a record that cannot be printed into a message or an artifact', () => {
  const hostile = '1.0.0`$(id)`'
  const snapshot = {
    models: [aModel({ version: hostile, name: hostile, containerHash: hostile })],
    globalModelVersion: globalState(hostile),
    adapters: [anAdapter({ version: hostile, compatibleModelVersions: [hostile], minModelVersion: hostile })],
  }
  const result = planOf(snapshot, { modelVersion: 'active', adapters: ['coder'] })
  expect(codesOf(result.problems)).toEqual(['ID_UNSAFE'])
  const printable = [...result.problems.map(({ message }) => message), ...result.notices, result.modelVersion]
  expect(printable.join()).not.toContain('$(id)')
  const harmless = planOf(
    { ...snapshot, models: [aModel({ containerHash: hostile })] },
    { adapters: ['coder'] },
  )
  expect(JSON.stringify(harmless.problems.map(({ message }) => message))).not.toContain('$(id)')
  const shown = harmless.artifacts.map((artifact) => [artifact.version, artifact.containerHash])
  expect(shown).toEqual([
    ['1.0.0', undefined],
    ['', undefined],
  ])
})
