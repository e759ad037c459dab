/**
 * From record bytes to records. A chain holds what its governance let in, so every field may be anything: what
 * cannot be a record is said to be malformed, with the reason in our own words, and fails only who selects it.
 */
import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import type { ReadTrust, StoreRecord } from '../chain/index.ts'
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
import { MAX_LIST, MAX_LIST_TEXT, MAX_TEXT } from './limits.ts'
import type {
  ActiveVersion,
  AdapterRecord,
  DatasetRecord,
  Decoded,
  GlobalModelState,
  ModelRecord,
  VersionRecord,
} from './types.ts'

/** Bytes that a chain holds under a key. */
export type Stored<T extends ReadTrust = ReadTrust> = StoreRecord<T, Uint8Array>

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

function decode<S extends DescMessage, R, T extends ReadTrust>(
  reading: Reading<S, R>,
  source: Stored<T>,
): Decoded<R, T> {
  const key = printableKey(reading.prefix, source.key)
  const message = tryDecode(reading.schema, source.value)
  if (message === undefined) return { ok: false, key, reason: 'its bytes are no such record', source }
  const record = reading.build(message)
  const reason = Buffer.from(reading.keyOf(record)).equals(source.key)
    ? reading.why(record)
    : 'it stands under the key of another record'
  return reason === undefined
    ? { ok: true, record, source }
    : { ok: false, key, reason, knownAs: reading.knownAs(record), source }
}

export function decodeModel<T extends ReadTrust>(source: Stored<T>): Decoded<ModelRecord, T> {
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
    source,
  )
}

export function decodeVersion<T extends ReadTrust>(source: Stored<T>): Decoded<VersionRecord, T> {
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
    source,
  )
}

export function decodeAdapter<T extends ReadTrust>(source: Stored<T>): Decoded<AdapterRecord, T> {
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
    source,
  )
}

export function decodeDataset<T extends ReadTrust>(source: Stored<T>): Decoded<DatasetRecord, T> {
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
    source,
  )
}

/** @param source what stands under `gms_` */
export function decodeGlobalModelState<T extends ReadTrust>(source: Stored<T>): Decoded<GlobalModelState, T> {
  return decode(
    {
      schema: GlobalModelStateSchema,
      prefix: GLOBAL_MODEL_STATE_KEY,
      build: ({ modelVersion, modelIpfsHash }) => ({ version: modelVersion, cid: modelIpfsHash }),
      keyOf: () => GLOBAL_MODEL_STATE_KEY,
      why: (record) => firstAbsurdity({ ...record }),
      knownAs: (record) => record.version,
    },
    source,
  )
}

/** @param source what stands under `amv_` */
export function decodeActiveVersions<T extends ReadTrust>(source: Stored<T>): Decoded<ActiveVersion, T> {
  return decode(
    {
      schema: ActiveModelVersionsSchema,
      prefix: ACTIVE_VERSIONS_KEY,
      build: ({ primaryVersion }) => ({ versionNumber: primaryVersion }),
      keyOf: () => ACTIVE_VERSIONS_KEY,
      why: (record) => firstAbsurdity({ ...record }),
      knownAs: (record) => record.versionNumber.toString(),
    },
    source,
  )
}
