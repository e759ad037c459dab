import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { R3mesError } from '../core/index.ts'
import {
  ActiveModelVersionsSchema,
  ApprovedAdapterSchema,
  ApprovedDatasetSchema,
  GlobalModelStateSchema,
  ModelRegistrySchema,
  ModelVersionSchema,
} from '../gen/remes/remes/v1/registry_pb.js'
import type { AdapterFields, DatasetFields, ModelFields, VersionFields } from './fields.ts'
import {
  ACTIVE_MODEL_VERSIONS_KEY,
  adapterKey,
  datasetKey,
  GLOBAL_MODEL_STATE_KEY,
  modelKey,
  NEXT_DATASET_ID_KEY,
  NEXT_MODEL_ID_KEY,
  u64,
  versionKey,
} from './keys.ts'
import type { Devnet } from './types.ts'

/** What the builders need of a devnet. */
export type Registry = Pick<Devnet, 'height' | 'getRecord' | 'setRecord'>

export type { AdapterFields, DatasetFields, ModelFields, VersionFields } from './fields.ts'

/**
 * Writes a ModelRegistry record, active unless the fields say otherwise, and moves the next model id past it. Fields
 * are the record's own; what is left out has a sensible value or the default of protobuf.
 */
export function approveModel(registry: Registry, fields: ModelFields): void {
  write(registry, modelKey(fields.modelId), ModelRegistrySchema, {
    isActive: true,
    approvedAtHeight: registry.height + 1n,
    createdAt: timestampFromDate(new Date()),
    ...fields,
  })
  moveNextId(registry, NEXT_MODEL_ID_KEY, fields.modelId)
}

/** Writes a ModelVersion record: `active` since this block, unless the fields say otherwise. */
export function approveVersion(registry: Registry, fields: VersionFields): void {
  write(registry, versionKey(fields.versionNumber), ModelVersionSchema, {
    status: 'active',
    activationHeight: registry.height + 1n,
    createdAt: timestampFromDate(new Date()),
    ...fields,
  })
}

/** Makes one version the active one: ActiveModelVersions and GlobalModelState. */
export function setActive(
  registry: Registry,
  active: { readonly versionNumber: bigint; readonly modelVersion: string; readonly cid?: string },
): void {
  write(registry, ACTIVE_MODEL_VERSIONS_KEY, ActiveModelVersionsSchema, {
    versionNumbers: [active.versionNumber],
    primaryVersion: active.versionNumber,
  })
  write(registry, GLOBAL_MODEL_STATE_KEY, GlobalModelStateSchema, {
    modelVersion: active.modelVersion,
    modelIpfsHash: active.cid ?? '',
    lastUpdatedHeight: registry.height + 1n,
    lastUpdatedTime: timestampFromDate(new Date()),
  })
}

/** Writes an ApprovedAdapter record: an active LoRA, unless the fields say otherwise. */
export function approveAdapter(registry: Registry, fields: AdapterFields): void {
  write(registry, adapterKey(fields.adapterId), ApprovedAdapterSchema, {
    name: fields.adapterId,
    adapterType: 'lora',
    version: '1.0.0',
    status: 'active',
    approvedAt: registry.height + 1n,
    ...fields,
  })
}

/** Writes an ApprovedDataset record, active unless the fields say otherwise, and moves the next dataset id past it. */
export function approveDataset(registry: Registry, fields: DatasetFields): void {
  write(registry, datasetKey(fields.datasetId), ApprovedDatasetSchema, {
    status: 'active',
    approvalHeight: registry.height + 1n,
    ...fields,
  })
  moveNextId(registry, NEXT_DATASET_ID_KEY, fields.datasetId)
}

/**
 * Revokes an adapter by a new block.
 *
 * @throws R3mesError `INPUT_INVALID` when the chain has no such adapter
 */
export function revokeAdapter(registry: Registry, adapterId: string): void {
  change(registry, adapterKey(adapterId), ApprovedAdapterSchema, { status: 'revoked' })
}

/** Removes a dataset by a new block. @throws R3mesError as `revokeAdapter` */
export function removeDataset(registry: Registry, datasetId: bigint): void {
  change(registry, datasetKey(datasetId), ApprovedDatasetSchema, { status: 'removed' })
}

/** Makes a model inactive by a new block. @throws R3mesError as `revokeAdapter` */
export function deactivateModel(registry: Registry, modelId: bigint): void {
  change(registry, modelKey(modelId), ModelRegistrySchema, { isActive: false })
}

function change<S extends DescMessage>(
  registry: Registry,
  key: Uint8Array,
  schema: S,
  fields: Partial<MessageShape<S>>,
): void {
  const recorded = registry.getRecord(key)
  if (recorded === undefined) {
    throw new R3mesError(
      'INPUT_INVALID',
      'The devnet has no such record. Approve it before it is taken back.',
    )
  }
  registry.setRecord(key, toBinary(schema, Object.assign(fromBinary(schema, recorded), fields)))
}

function write<S extends DescMessage>(
  registry: Registry,
  key: Uint8Array,
  schema: S,
  fields: MessageInitShape<S>,
): void {
  registry.setRecord(key, toBinary(schema, create(schema, fields)))
}

function moveNextId(registry: Registry, key: Uint8Array, id: bigint): void {
  const recorded = registry.getRecord(key)
  const next = recorded === undefined ? 0n : Buffer.from(recorded).readBigUInt64BE()
  if (id >= next) registry.setRecord(key, u64(id + 1n))
}
