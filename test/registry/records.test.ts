import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BelievedRecord } from '../../src/chain/index.ts'
import {
  ActiveModelVersionsSchema,
  ApprovedAdapterSchema,
  ApprovedDatasetSchema,
  GlobalModelStateSchema,
  type ModelConfigSchema,
  ModelRegistrySchema,
  ModelType,
  ModelVersionSchema,
} from '../../src/gen/remes/remes/v1/registry_pb.js'
import {
  ACTIVE_VERSIONS_KEY,
  adapterKey,
  datasetKey,
  GLOBAL_MODEL_STATE_KEY,
  modelKey,
  versionKey,
} from '../../src/registry/layout.ts'
import {
  decodeActiveVersions,
  decodeAdapter,
  decodeDataset,
  decodeGlobalModelState,
  decodeModel,
  decodeVersion,
} from '../../src/registry/records.ts'

function encode<S extends DescMessage>(schema: S, fields: MessageInitShape<S>): Uint8Array {
  return toBinary(schema, create(schema, fields))
}

/** What a node states. */
function stored(key: Uint8Array, value: Uint8Array): BelievedRecord<Uint8Array> {
  return { trust: 'rpc', store: 'remes', key, value, height: 100n }
}

const adapterEntry = (fields: MessageInitShape<typeof ApprovedAdapterSchema>, id = 'coder') =>
  stored(adapterKey(id), encode(ApprovedAdapterSchema, { adapterId: 'coder', ...fields }))

const modelEntry = (
  config: MessageInitShape<typeof ModelConfigSchema>,
  fields: { readonly isActive?: boolean; readonly approvedAtHeight?: bigint } = {},
) => stored(modelKey(3n), encode(ModelRegistrySchema, { modelId: 3n, config, ...fields }))

describe('a record', () => {
  it('of a model is read field by field', () => {
    const entry = modelEntry(
      {
        modelType: ModelType.MAMBA,
        modelVersion: '1.0.0',
        modelName: 'bitnet',
        fileName: 'm.gguf',
        downloadSource: 'hf://o/n/m.gguf',
        verificationSha256: 'ab',
        requiredDiskSpaceGb: 1.5,
        ipfsFallbackHash: 'bafy',
        containerHash: 'sha256:1',
      },
      { isActive: true, approvedAtHeight: 7n },
    )
    expect(decodeModel(entry)).toEqual({
      ok: true,
      source: entry,
      record: {
        modelId: 3n,
        modelType: 'MAMBA',
        version: '1.0.0',
        name: 'bitnet',
        fileName: 'm.gguf',
        downloadSource: 'hf://o/n/m.gguf',
        checksum: 'ab',
        cid: 'bafy',
        containerHash: 'sha256:1',
        requiredDiskSpaceGb: 1.5,
        isActive: true,
        approvedAtHeight: 7n,
      },
    })
  })

  it('of a version, a dataset, the global state and the active versions is read', () => {
    expect(
      decodeVersion(
        stored(
          versionKey(2n ** 64n - 1n),
          encode(ModelVersionSchema, { versionNumber: 2n ** 64n - 1n, modelId: 3n, status: 'active' }),
        ),
      ),
    ).toMatchObject({ ok: true, record: { versionNumber: 2n ** 64n - 1n, modelId: 3n, status: 'active' } })
    expect(
      decodeDataset(
        stored(
          datasetKey(0n),
          encode(ApprovedDatasetSchema, { metadata: { name: 'd', sizeBytes: 5n }, status: 'active' }),
        ),
      ),
    ).toMatchObject({ ok: true, record: { datasetId: 0n, name: 'd', sizeBytes: 5n } })
    const state = encode(GlobalModelStateSchema, { modelVersion: '1', modelIpfsHash: 'c' })
    expect(decodeGlobalModelState(stored(GLOBAL_MODEL_STATE_KEY, state))).toMatchObject({
      ok: true,
      record: { version: '1', cid: 'c' },
    })
    const active = encode(ActiveModelVersionsSchema, { primaryVersion: 9n })
    expect(decodeActiveVersions(stored(ACTIVE_VERSIONS_KEY, active))).toMatchObject({
      ok: true,
      record: { versionNumber: 9n },
    })
  })

  it('may have fields that nobody here knows', () => {
    const known = adapterEntry({ status: 'active' })
    const unknown = Buffer.from([0xf2, 0x3f, 0x03, 1, 2, 3])
    expect(decodeAdapter({ ...known, value: Buffer.concat([known.value, unknown]) }).ok).toBe(true)
  })
})

describe('a record is malformed', () => {
  it('when its bytes are cut short', () => {
    const entry = adapterEntry({ description: 'x'.repeat(40), status: 'active' })
    expect(decodeAdapter({ ...entry, value: entry.value.subarray(0, 20) })).toMatchObject({
      ok: false,
      key: 'adp_coder',
    })
  })

  it('when a text is no UTF-8', () => {
    const value = Buffer.concat([adapterEntry({}).value, Buffer.from([0x12, 2, 0xc3, 0x28])])
    expect(decodeAdapter(stored(adapterKey('coder'), value))).toMatchObject({ ok: false })
  })

  it('when it stands under another record’s key', () => {
    expect(decodeAdapter(adapterEntry({ status: 'active' }, 'writer'))).toMatchObject({
      ok: false,
      key: 'adp_writer',
      knownAs: 'coder',
    })
    expect(decodeModel({ ...modelEntry({ modelVersion: '1.0.0' }), key: modelKey(4n) })).toMatchObject({
      ok: false,
      key: 'modreg_4',
      knownAs: '1.0.0',
    })
  })

  it.each([
    ['its size is beyond any file', decodeAdapter(adapterEntry({ sizeBytes: 2n ** 60n }))],
    ['its height is negative', decodeAdapter(adapterEntry({ approvedAt: -1n }))],
    [
      'it has thousands of target modules',
      decodeAdapter(adapterEntry({ targetModules: Array(5000).fill('q') })),
    ],
    ['a target module is endless', decodeAdapter(adapterEntry({ targetModules: ['q'.repeat(5000)] }))],
    ['a text is endless', decodeAdapter(adapterEntry({ downloadSource: 'x'.repeat(100_000) }))],
    ['it names no version', decodeModel(modelEntry({ modelVersion: ' ' }))],
    ['it has no config', decodeModel(stored(modelKey(3n), encode(ModelRegistrySchema, { modelId: 3n })))],
    [
      'its disk space is no number',
      decodeModel(modelEntry({ modelVersion: '1', requiredDiskSpaceGb: Number.NaN })),
    ],
    [
      'its disk space is endless',
      decodeModel(modelEntry({ modelVersion: '1', requiredDiskSpaceGb: Infinity })),
    ],
    ['its disk space is negative', decodeModel(modelEntry({ modelVersion: '1', requiredDiskSpaceGb: -1 }))],
  ])('when %s', (_what, decoded) => {
    expect(decoded.ok).toBe(false)
  })

  it('and never a crash, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 20 }), (value, key) => {
        for (const decode of [decodeModel, decodeVersion, decodeAdapter, decodeDataset]) {
          const decoded = decode(stored(key, value))
          if (!decoded.ok) expect(decoded.key).toMatch(/^[a-z]+_[0-9A-Za-z ._+-]*$/)
        }
      }),
    )
  })
})
