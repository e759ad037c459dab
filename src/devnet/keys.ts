/** Store keys of the R3MES module: a prefix, then an id as 8 bytes big-endian or as UTF-8. */
const ascii = (text: string): Uint8Array => Buffer.from(text, 'utf8')

export const GLOBAL_MODEL_STATE_KEY = ascii('gms_')
export const NEXT_MODEL_ID_KEY = ascii('modid_')
export const ACTIVE_MODEL_VERSIONS_KEY = ascii('amv_')
export const NEXT_DATASET_ID_KEY = ascii('adid_')
export const DATASET_PREFIX = ascii('ad_')

/** Key of a ModelRegistry record. */
export const modelKey = (modelId: bigint): Uint8Array => withU64('modreg_', modelId)
/** Key of a ModelVersion record. */
export const versionKey = (versionNumber: bigint): Uint8Array => withU64('modver_', versionNumber)
/** Key of an ApprovedDataset record. */
export const datasetKey = (datasetId: bigint): Uint8Array => withU64('ad_', datasetId)
/** Key of an ApprovedAdapter record. */
export const adapterKey = (adapterId: string): Uint8Array => ascii(`adp_${adapterId}`)

/** 8 bytes, big-endian. */
export function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

function withU64(prefix: string, id: bigint): Uint8Array {
  return Buffer.concat([ascii(prefix), u64(id)])
}
