import { ModelType } from '../gen/remes/remes/v1/registry_pb.js'
import { artifactManifest, MANIFEST_NAME } from './artifact-manifest.ts'
import {
  type AdapterFields,
  approveAdapter,
  approveDataset,
  approveModel,
  approveVersion,
  setActive,
} from './seed.ts'
import type { Content, Devnet, DevnetOptions } from './types.ts'
import { directoryCid } from './unixfs-directory.ts'

const MIB = 1024 * 1024
const MODELS = 'r3mes-network/bitnet'
const ADAPTERS = 'r3mes-network/adapters'
const DATASETS = 'r3mes-network/datasets'

type Sizes = Required<NonNullable<DevnetOptions['sizes']>>

/**
 * Fills a devnet with a small registry that has one of everything, and publishes every file on hub, gateway and mirror:
 *
 * - models: `1.0.0` (active, one file), `0.9.0` (deprecated), `2.0.0` (two files under a manifest)
 * - adapters for 1.0.0: `general_dora`, `coder`, and `writer`, which conflicts with `coder`
 * - adapters that must be refused: `future_lora` (needs 2.0.0), `retired_lora` (revoked), `undigested` (no digest at
 *   all), `cid_only` (a CID and no SHA-256)
 * - datasets: `training_dataset_v1` (id 0), `evaluation_dataset_v1` (id 1), `withdrawn_dataset_v1` (id 2, removed)
 */
export function seedSample(devnet: Devnet, sizes: DevnetOptions['sizes'] = {}): void {
  const chosen: Sizes = { model: 2 * MIB, adapter: 256 * 1024, dataset: 128 * 1024, ...sizes }
  seedModels(devnet, chosen)
  seedAdapters(devnet, chosen)
  seedDatasets(devnet, chosen)
}

function seedModels(devnet: Devnet, sizes: Sizes): void {
  // Only the active model has the size that was asked for: gigabytes are hashed once, not three times.
  const small = Math.min(sizes.model, MIB)
  const old = devnet.addContent('model 0.9.0', small)
  const active = devnet.addContent('model 1.0.0', sizes.model)
  seedModelOfOneFile(devnet, { modelId: 0n, versionNumber: 1n, version: '0.9.0', status: 'deprecated' }, old)
  seedModelOfOneFile(devnet, { modelId: 1n, versionNumber: 2n, version: '1.0.0', status: 'active' }, active)
  seedModelOfTwoFiles(devnet, small)
  setActive(devnet, { versionNumber: 2n, modelVersion: '1.0.0', cid: active.cid })
}

function seedModelOfOneFile(
  devnet: Devnet,
  model: { modelId: bigint; versionNumber: bigint; version: string; status: string },
  content: Content,
): void {
  const path = `v${model.version}/model.gguf`
  publish(devnet, MODELS, path, content, 'model')
  approveModel(devnet, {
    modelId: model.modelId,
    config: {
      ...commonConfig(model.version),
      fileName: 'model.gguf',
      downloadSource: `hf://${MODELS}@main/${path}`,
      verificationSha256: content.sha256,
      requiredDiskSpaceGb: content.size / 1e9,
      ipfsFallbackHash: content.cid,
    },
  })
  approveVersion(devnet, {
    versionNumber: model.versionNumber,
    modelId: model.modelId,
    modelHash: content.cid,
    status: model.status,
  })
}

function seedModelOfTwoFiles(devnet: Devnet, size: number): void {
  const tokenizer = { version: '1.0', model: { type: 'BPE', vocab: { '<s>': 0, '</s>': 1 } } }
  const files = [
    { path: 'model.gguf', content: devnet.addContent('model 2.0.0', size) },
    {
      path: 'tokenizer.json',
      content: devnet.addContent('tokenizer 2.0.0', Buffer.from(JSON.stringify(tokenizer))),
    },
  ]
  const manifest = artifactManifest(files)
  const all = [...files, { path: MANIFEST_NAME, content: manifest }]
  const cid = directoryCid(all)
  for (const { path, content } of all) {
    publish(devnet, MODELS, `v2.0.0/${path}`, content, 'model')
    devnet.publishToGateway(content, { cid, path })
  }
  approveModel(devnet, {
    modelId: 2n,
    config: {
      ...commonConfig('2.0.0'),
      downloadSource: `hf://${MODELS}@main/v2.0.0`,
      verificationSha256: `manifest:${manifest.sha256}`,
      requiredDiskSpaceGb: size / 1e9,
      ipfsFallbackHash: cid,
    },
  })
  approveVersion(devnet, { versionNumber: 3n, modelId: 2n, modelHash: cid })
}

function commonConfig(version: string) {
  return {
    modelType: ModelType.BITNET,
    modelVersion: version,
    modelName: 'bitnet',
    architectureConfig: '{"hidden_size":2560,"num_layers":30}',
    containerHash: `sha256:${'c0ffee'.padStart(64, '0')}`,
  }
}

function seedAdapters(devnet: Devnet, sizes: Sizes): void {
  const forFirst = { compatibleModelVersions: ['1.0.0'] }
  const approve = (fields: AdapterFields): void => {
    const { adapterId } = fields
    const content = devnet.addContent(`adapter ${adapterId}`, sizes.adapter)
    const fileName = `${adapterId}.safetensors`
    publish(devnet, ADAPTERS, fileName, content, 'model')
    approveAdapter(devnet, {
      checksum: content.sha256,
      sizeBytes: BigInt(content.size),
      fileName,
      downloadSource: `hf://${ADAPTERS}@main/${fileName}`,
      loraRank: 16,
      loraAlpha: 32,
      ...fields,
    })
  }
  const cidOf = (adapterId: string) => devnet.addContent(`adapter ${adapterId}`, sizes.adapter).cid

  approve({
    adapterId: 'general_dora',
    adapterType: 'dora',
    domain: 'general',
    ipfsHash: cidOf('general_dora'),
    targetModules: ['q_proj', 'v_proj'],
    ...forFirst,
  })
  approve({
    adapterId: 'coder',
    version: '1.2.0',
    domain: 'code',
    targetModules: ['gate_proj', 'up_proj'],
    minModelVersion: '1.0.0',
    maxModelVersion: '1.9.9',
  })
  approve({
    adapterId: 'writer',
    domain: 'prose',
    targetModules: ['model.layers.0.mlp.up_proj', 'down_proj'],
    ...forFirst,
  })
  approve({
    adapterId: 'future_lora',
    domain: 'general',
    targetModules: ['embed_tokens'],
    minModelVersion: '2.0.0',
  })
  approve({ adapterId: 'retired_lora', status: 'revoked', targetModules: ['lm_head'], ...forFirst })
  approve({ adapterId: 'undigested', checksum: '', targetModules: ['o_proj'], ...forFirst })
  approve({
    adapterId: 'cid_only',
    checksum: '',
    ipfsHash: cidOf('cid_only'),
    targetModules: ['k_proj'],
    ...forFirst,
  })
}

function seedDatasets(devnet: Devnet, sizes: Sizes): void {
  const datasets = [
    { datasetId: 0n, name: 'training_dataset_v1', status: 'active' },
    { datasetId: 1n, name: 'evaluation_dataset_v1', status: 'active' },
    { datasetId: 2n, name: 'withdrawn_dataset_v1', status: 'removed' },
  ]
  for (const { datasetId, name, status } of datasets) {
    const content = devnet.addContent(`dataset ${name}`, sizes.dataset)
    const path = `${name}.jsonl`
    publish(devnet, DATASETS, path, content, 'dataset')
    approveDataset(devnet, {
      datasetId,
      datasetIpfsHash: content.cid,
      metadata: {
        name,
        description: 'Pseudo-random bytes of the devnet',
        sizeBytes: BigInt(content.size),
        license: 'CC0-1.0',
        source: `hf://datasets/${DATASETS}@main/${path}`,
        checksum: content.sha256,
      },
      status,
      isOfficialTrainingData: datasetId === 0n,
    })
  }
}

function publish(
  devnet: Devnet,
  repo: string,
  path: string,
  content: Content,
  repoType: 'model' | 'dataset',
): void {
  devnet.publishToHub(repo, path, content, repoType)
  devnet.publishToGateway(content)
  devnet.publishToMirror(`${repo}/${path}`, content)
}
