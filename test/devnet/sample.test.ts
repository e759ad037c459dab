import { createHash } from 'node:crypto'
import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ACTIVE_MODEL_VERSIONS_KEY,
  adapterKey,
  type Devnet,
  datasetKey,
  GLOBAL_MODEL_STATE_KEY,
  MANIFEST_NAME,
  modelKey,
  NEXT_DATASET_ID_KEY,
  NEXT_MODEL_ID_KEY,
  startDevnet,
  u64,
  versionKey,
} from '../../src/devnet/index.ts'
import {
  ActiveModelVersionsSchema,
  ApprovedAdapterSchema,
  ApprovedDatasetSchema,
  GlobalModelStateSchema,
  ModelRegistrySchema,
  ModelVersionSchema,
} from '../../src/gen/remes/remes/v1/registry_pb.js'

const MODEL_SIZE = 300_000
const ADAPTER_SIZE = 20_000
const DATASET_SIZE = 10_000

let devnet: Devnet

beforeAll(async () => {
  devnet = await startDevnet({ sizes: { model: MODEL_SIZE, adapter: ADAPTER_SIZE, dataset: DATASET_SIZE } })
})

afterAll(() => devnet.close())

function record<S extends DescMessage>(schema: S, key: Uint8Array): MessageShape<S> {
  const bytes = devnet.getRecord(key)
  if (bytes === undefined) throw new Error(`no record under ${Buffer.from(key)}`)
  return fromBinary(schema, bytes)
}

const model = (id: bigint) => record(ModelRegistrySchema, modelKey(id))
const adapter = (id: string) => record(ApprovedAdapterSchema, adapterKey(id))
const dataset = (id: bigint) => record(ApprovedDatasetSchema, datasetKey(id))

async function fetchBytes(url: string): Promise<Buffer> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${response.status} at ${url}`)
  return Buffer.from(await response.arrayBuffer())
}

/** `hf://[datasets/]owner/name@main/path` as the hub serves it. */
function hubUrl(source: string): string {
  const match = /^hf:\/\/((?:datasets\/)?[^/@]+\/[^/@]+)@main\/(.+)$/.exec(source)
  if (match === null) throw new Error(`no hub place: ${source}`)
  return `${devnet.urls.hub}/${match[1]}/resolve/main/${match[2]}`
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('the sample registry', () => {
  it('has 1.0.0 active, 0.9.0 deprecated and 2.0.0, all consistent', () => {
    expect([0n, 1n, 2n].map((id) => model(id).config?.modelVersion)).toEqual(['0.9.0', '1.0.0', '2.0.0'])
    expect([0n, 1n, 2n].every((id) => model(id).isActive)).toBe(true)
    expect(devnet.getRecord(NEXT_MODEL_ID_KEY)).toEqual(u64(3n))
    const { primaryVersion, versionNumbers } = record(ActiveModelVersionsSchema, ACTIVE_MODEL_VERSIONS_KEY)
    expect(versionNumbers).toEqual([primaryVersion])
    const active = record(ModelVersionSchema, versionKey(primaryVersion))
    expect(active).toMatchObject({ modelId: 1n, status: 'active' })
    const state = record(GlobalModelStateSchema, GLOBAL_MODEL_STATE_KEY)
    expect(state.modelVersion).toBe('1.0.0')
    expect(new Set([state.modelIpfsHash, active.modelHash, model(1n).config?.ipfsFallbackHash]).size).toBe(1)
    expect(record(ModelVersionSchema, versionKey(1n))).toMatchObject({ modelId: 0n, status: 'deprecated' })
  })

  it('was approved at heights that the chain had then', () => {
    for (const height of [
      model(1n).approvedAtHeight,
      adapter('coder').approvedAt,
      dataset(0n).approvalHeight,
    ]) {
      expect(height).toBeGreaterThan(1100n)
      expect(height).toBeLessThan(devnet.height)
    }
  })

  it.each([0n, 1n])('serves model %i from hub, gateway and mirror as it was approved', async (id) => {
    const config = model(id).config
    const hex = config?.verificationSha256 ?? ''
    expect(hex).toMatch(/^[0-9a-f]{64}$/)
    for (const url of [
      hubUrl(config?.downloadSource ?? ''),
      `${devnet.urls.gateway}/ipfs/${config?.ipfsFallbackHash}`,
      `${devnet.urls.mirror}/sha256/${hex}`,
    ]) {
      const bytes = await fetchBytes(url)
      expect([sha256(bytes), bytes.length]).toEqual([hex, MODEL_SIZE])
    }
  })

  it('serves 2.0.0 by a manifest that names both files, at every place', async () => {
    const config = model(2n).config
    const hex = config?.verificationSha256.replace(/^manifest:/, '') ?? ''
    const places = [
      hubUrl(config?.downloadSource ?? ''),
      `${devnet.urls.gateway}/ipfs/${config?.ipfsFallbackHash}`,
    ]
    const manifests = await Promise.all([
      ...places.map((place) => fetchBytes(`${place}/${MANIFEST_NAME}`)),
      fetchBytes(`${devnet.urls.mirror}/sha256/${hex}`),
    ])
    expect(manifests.map(sha256)).toEqual([hex, hex, hex])
    const text = manifests[0]?.toString() ?? ''
    const { version, files } = JSON.parse(text) as {
      version: number
      files: { path: string; size: number; sha256: string }[]
    }
    expect(version).toBe(1)
    expect(files.map(({ path }) => path)).toEqual(['model.gguf', 'tokenizer.json'])
    // RFC 8785: keys in order, no space.
    expect(text.startsWith('{"files":[{"path":"model.gguf","sha256":"')).toBe(true)
    for (const { path, size, sha256: expected } of files) {
      const sources = [
        ...places.map((place) => `${place}/${path}`),
        `${devnet.urls.mirror}/sha256/${expected}`,
      ]
      for (const url of sources) {
        const bytes = await fetchBytes(url)
        expect([sha256(bytes), bytes.length]).toEqual([expected, size])
      }
    }
  })

  it.each(['general_dora', 'coder', 'writer', 'future_lora', 'retired_lora'])(
    'serves adapter %s from hub and mirror as it was approved',
    async (id) => {
      const { checksum, sizeBytes, downloadSource, fileName } = adapter(id)
      expect(downloadSource.endsWith(`/${fileName}`)).toBe(true)
      for (const url of [hubUrl(downloadSource), `${devnet.urls.mirror}/sha256/${checksum}`]) {
        const bytes = await fetchBytes(url)
        expect([sha256(bytes), BigInt(bytes.length)]).toEqual([checksum, sizeBytes])
      }
      expect(sizeBytes).toBe(BigInt(ADAPTER_SIZE))
    },
  )

  it('has adapters for every answer: compatible, in conflict, too new, revoked, without digest', async () => {
    const overlap = (one: string, other: string) =>
      adapter(one).targetModules.filter((module) =>
        adapter(other).targetModules.some((another) => another.endsWith(module)),
      )
    expect(overlap('general_dora', 'coder')).toEqual([])
    expect(overlap('coder', 'writer')).toEqual(['up_proj'])
    expect(adapter('general_dora')).toMatchObject({ adapterType: 'dora', compatibleModelVersions: ['1.0.0'] })
    expect(adapter('coder')).toMatchObject({
      minModelVersion: '1.0.0',
      maxModelVersion: '1.9.9',
      version: '1.2.0',
    })
    expect(adapter('future_lora').minModelVersion).toBe('2.0.0')
    expect(adapter('retired_lora').status).toBe('revoked')
    expect(adapter('undigested')).toMatchObject({ checksum: '', ipfsHash: '' })
    expect(adapter('cid_only').checksum).toBe('')
    for (const id of ['general_dora', 'cid_only']) {
      const bytes = await fetchBytes(`${devnet.urls.gateway}/ipfs/${adapter(id).ipfsHash}`)
      expect(bytes).toHaveLength(ADAPTER_SIZE)
    }
  })

  it('serves its datasets as they were approved, and has one that was removed', async () => {
    expect([0n, 1n, 2n].map((id) => [dataset(id).metadata?.name, dataset(id).status])).toEqual([
      ['training_dataset_v1', 'active'],
      ['evaluation_dataset_v1', 'active'],
      ['withdrawn_dataset_v1', 'removed'],
    ])
    expect(devnet.getRecord(NEXT_DATASET_ID_KEY)).toEqual(u64(3n))
    for (const id of [0n, 1n]) {
      const { metadata, datasetIpfsHash } = dataset(id)
      for (const url of [
        hubUrl(metadata?.source ?? ''),
        `${devnet.urls.gateway}/ipfs/${datasetIpfsHash}`,
        `${devnet.urls.mirror}/sha256/${metadata?.checksum}`,
      ]) {
        const bytes = await fetchBytes(url)
        expect(sha256(bytes)).toBe(metadata?.checksum)
        expect(BigInt(bytes.length)).toBe(metadata?.sizeBytes)
      }
    }
  })

  it('is left out on request', async () => {
    const empty = await startDevnet({ sample: false })
    expect(empty.height).toBe(1200n)
    expect(empty.getRecord(GLOBAL_MODEL_STATE_KEY)).toBeUndefined()
    await empty.close()
  })
})
