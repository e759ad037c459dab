/** Raw entries of a `remes` store, as a chain lays them out. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  ActiveModelVersionsSchema,
  ApprovedAdapterSchema,
  ApprovedDatasetSchema,
  type ModelConfigSchema,
  ModelRegistrySchema,
  ModelVersionSchema,
} from '../../src/gen/remes/remes/v1/registry_pb.js'
import { ACTIVE_VERSIONS_KEY, datasetKey, modelKey, versionKey } from '../../src/registry/layout.ts'
import { sha256Of } from './digest.ts'

export type StoreEntry = readonly [key: Uint8Array, value: Uint8Array]

/** An approved adapter under its key. */
export function adapterEntry(
  adapterId: string,
  fields: MessageInitShape<typeof ApprovedAdapterSchema> = {},
): StoreEntry {
  const record = create(ApprovedAdapterSchema, { adapterId, status: 'active', ...fields })
  return [Buffer.from(`adp_${adapterId}`), toBinary(ApprovedAdapterSchema, record)]
}

/** A model, active unless the fields say otherwise. */
export function modelEntry(
  modelId: bigint,
  config: MessageInitShape<typeof ModelConfigSchema>,
  isActive = true,
): StoreEntry {
  const record = create(ModelRegistrySchema, { modelId, config, isActive, approvedAtHeight: 10n })
  return [modelKey(modelId), toBinary(ModelRegistrySchema, record)]
}

export function versionEntry(
  versionNumber: bigint,
  fields: MessageInitShape<typeof ModelVersionSchema>,
): StoreEntry {
  const record = create(ModelVersionSchema, { versionNumber, status: 'active', ...fields })
  return [versionKey(versionNumber), toBinary(ModelVersionSchema, record)]
}

/** The pointer to the active version. */
export function activeVersionsEntry(primaryVersion: bigint): StoreEntry {
  const record = create(ActiveModelVersionsSchema, { primaryVersion })
  return [ACTIVE_VERSIONS_KEY, toBinary(ActiveModelVersionsSchema, record)]
}

export function datasetEntry(
  datasetId: bigint,
  name: string,
  fields: { readonly status?: string } = {},
): StoreEntry {
  const record = create(ApprovedDatasetSchema, {
    datasetId,
    metadata: { name, checksum: sha256Of(name) },
    status: 'active',
    ...fields,
  })
  return [datasetKey(datasetId), toBinary(ApprovedDatasetSchema, record)]
}
