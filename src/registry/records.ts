/**
 * From record bytes to records. A chain holds what its governance let in, so every field may be anything: what
 * cannot be a record is said to be malformed, with the reason in our own words, and fails only who selects it.
 */
import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import type { StoreEntry } from '../chain/index.ts'
import {
  ActiveModelVersionsSchema,
  ApprovedAdapterSchema,
  ApprovedDatasetSchema,
  GlobalModelStateSchema,
  ModelRegistrySchema,
  ModelType,
  ModelVersionSchema,
} from '../gen/remes/remes/v1/registry_pb.js'
import {
  ACTIVE_VERSIONS_KEY,
  ADAPTER_PREFIX,
  adapterKey,
  DATASET_PREFIX,
  datasetKey,
  GLOBAL_MODEL_STATE_KEY,
  MODEL_PREFIX,
  modelKey,
  printableKey,
  VERSION_PREFIX,
  versionKey,
} from './layout.ts'
import type { AdapterRecord, DatasetRecord, Decoded, ModelRecord, VersionRecord } from './types.ts'

const MAX_TEXT = 4096
const MAX_LIST = 256
const MAX_LIST_TEXT = 256
const MAX_DISK_GB = 1e9

type Field = string | bigint | number | boolean | readonly string[]

function whyTextAbsurd(text: string, limit: number): string | undefined {
  // What was no UTF-8 arrives as U+FFFD.
  if (text.includes('\uFFFD')) return 'is no valid UTF-8'
  if (text.length > limit) return `is longer than ${limit} characters`
  return undefined
}

function whyAbsurd(value: Field): string | undefined {
  if (typeof value === 'string') return whyTextAbsurd(value, MAX_TEXT)
  if (typeof value === 'bigint') return value < 0n ? 'is negative' : undefined
  if (typeof value === 'number') {
    return value >= 0 && value <= MAX_DISK_GB ? undefined : 'is no sensible number'
  }
  if (typeof value === 'boolean') return undefined
  if (value.length > MAX_LIST) return `has more than ${MAX_LIST} entries`
  return value.map((text) => whyTextAbsurd(text, MAX_LIST_TEXT)).find((why) => why !== undefined)
}

function whySizeAbsurd(size: bigint): string | undefined {
  return size > BigInt(Number.MAX_SAFE_INTEGER) ? 'its size is larger than any file' : undefined
}

/** The first field of a record that cannot be meant, in our own words. */
function firstAbsurdity(record: Readonly<Record<string, Field>>): string | undefined {
  for (const [name, value] of Object.entries(record)) {
    const why = whyAbsurd(value)
    if (why !== undefined) return `its field ${name} ${why}`
  }
  return undefined
}

interface Reading<S extends DescMessage, R> {
  readonly schema: S
  readonly prefix: Uint8Array
  readonly build: (message: MessageShape<S>) => R
  /** The key that this record belongs under. */
  readonly keyOf: (record: R) => Uint8Array
  readonly why: (record: R) => string | undefined
  /** What a request could still select the record by, were it malformed. */
  readonly knownAs: (record: R) => string
}

function tryDecode<S extends DescMessage>(schema: S, bytes: Uint8Array): MessageShape<S> | undefined {
  try {
    return fromBinary(schema, bytes)
  } catch {
    return undefined
  }
}

function decode<S extends DescMessage, R>(reading: Reading<S, R>, entry: StoreEntry): Decoded<R> {
  const key = printableKey(reading.prefix, entry.key)
  const message = tryDecode(reading.schema, entry.value)
  if (message === undefined) return { ok: false, key, reason: 'its bytes are no such record' }
  const record = reading.build(message)
  const reason = Buffer.from(reading.keyOf(record)).equals(entry.key)
    ? reading.why(record)
    : 'it stands under the key of another record'
  return reason === undefined
    ? { ok: true, record }
    : { ok: false, key, reason, knownAs: reading.knownAs(record) }
}

export function decodeModel(entry: StoreEntry): Decoded<ModelRecord> {
  return decode(
    {
      schema: ModelRegistrySchema,
      prefix: MODEL_PREFIX,
      build: ({ modelId, config, approvedAtHeight, isActive }): ModelRecord => ({
        modelId,
        modelType: ModelType[config?.modelType ?? 0] ?? `type ${config?.modelType}`,
        version: config?.modelVersion ?? '',
        name: config?.modelName ?? '',
        fileName: config?.fileName ?? '',
        downloadSource: config?.downloadSource ?? '',
        checksum: config?.verificationSha256 ?? '',
        cid: config?.ipfsFallbackHash ?? '',
        containerHash: config?.containerHash ?? '',
        requiredDiskSpaceGb: config?.requiredDiskSpaceGb ?? 0,
        isActive,
        approvedAtHeight,
      }),
      keyOf: (record) => modelKey(record.modelId),
      why: (record) =>
        record.version.trim() === '' ? 'it names no model version' : firstAbsurdity({ ...record }),
      knownAs: (record) => record.version,
    },
    entry,
  )
}

export function decodeVersion(entry: StoreEntry): Decoded<VersionRecord> {
  return decode(
    {
      schema: ModelVersionSchema,
      prefix: VERSION_PREFIX,
      build: ({ versionNumber, modelId, modelHash, status, activationHeight }): VersionRecord => ({
        versionNumber,
        modelId,
        cid: modelHash,
        status,
        activationHeight,
      }),
      keyOf: (record) => versionKey(record.versionNumber),
      why: (record) => firstAbsurdity({ ...record }),
      knownAs: (record) => record.modelId.toString(),
    },
    entry,
  )
}

export function decodeAdapter(entry: StoreEntry): Decoded<AdapterRecord> {
  return decode(
    {
      schema: ApprovedAdapterSchema,
      prefix: ADAPTER_PREFIX,
      build: (message): AdapterRecord => ({
        id: message.adapterId,
        name: message.name,
        adapterType: message.adapterType,
        version: message.version,
        cid: message.ipfsHash,
        checksum: message.checksum,
        sizeBytes: message.sizeBytes,
        compatibleModelVersions: message.compatibleModelVersions,
        minModelVersion: message.minModelVersion,
        maxModelVersion: message.maxModelVersion,
        domain: message.domain,
        targetModules: message.targetModules,
        approvedAtHeight: message.approvedAt,
        status: message.status,
        fileName: message.fileName,
        downloadSource: message.downloadSource,
      }),
      keyOf: (record) => adapterKey(record.id),
      why: (record) => whySizeAbsurd(record.sizeBytes) ?? firstAbsurdity({ ...record }),
      knownAs: (record) => record.id,
    },
    entry,
  )
}

export function decodeDataset(entry: StoreEntry): Decoded<DatasetRecord> {
  return decode(
    {
      schema: ApprovedDatasetSchema,
      prefix: DATASET_PREFIX,
      build: ({ datasetId, datasetIpfsHash, metadata, status, approvalHeight }): DatasetRecord => ({
        datasetId,
        name: metadata?.name ?? '',
        cid: datasetIpfsHash,
        checksum: metadata?.checksum ?? '',
        sizeBytes: metadata?.sizeBytes ?? 0n,
        source: metadata?.source ?? '',
        status,
        approvalHeight,
      }),
      keyOf: (record) => datasetKey(record.datasetId),
      why: (record) => whySizeAbsurd(record.sizeBytes) ?? firstAbsurdity({ ...record }),
      knownAs: (record) => record.name,
    },
    entry,
  )
}

/** @param value the value under `gms_` */
export function decodeGlobalModelState(
  value: Uint8Array,
): Decoded<{ readonly version: string; readonly cid: string }> {
  return decode(
    {
      schema: GlobalModelStateSchema,
      prefix: GLOBAL_MODEL_STATE_KEY,
      build: ({ modelVersion, modelIpfsHash }) => ({ version: modelVersion, cid: modelIpfsHash }),
      keyOf: () => GLOBAL_MODEL_STATE_KEY,
      why: firstAbsurdity,
      knownAs: (record) => record.version,
    },
    { key: GLOBAL_MODEL_STATE_KEY, value },
  )
}

/** @param value the value under `amv_` */
export function decodeActiveVersions(value: Uint8Array): Decoded<{ readonly versionNumber: bigint }> {
  return decode(
    {
      schema: ActiveModelVersionsSchema,
      prefix: ACTIVE_VERSIONS_KEY,
      build: ({ primaryVersion }) => ({ versionNumber: primaryVersion }),
      keyOf: () => ACTIVE_VERSIONS_KEY,
      why: firstAbsurdity,
      knownAs: (record) => record.versionNumber.toString(),
    },
    { key: ACTIVE_VERSIONS_KEY, value },
  )
}
