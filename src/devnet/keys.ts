/** Store keys of the R3MES module: a prefix, then an id as 8 bytes big-endian or as UTF-8. */
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

export const GLOBAL_MODEL_STATE_KEY = utf8('gms_')
export const NEXT_MODEL_ID_KEY = utf8('modid_')
export const ACTIVE_MODEL_VERSIONS_KEY = utf8('amv_')
export const NEXT_DATASET_ID_KEY = utf8('adid_')
export const DATASET_PREFIX = utf8('ad_')

/** Key of a ModelRegistry record. */
export const modelKey = (modelId: bigint): Uint8Array => withU64('modreg_', modelId)
/** Key of a ModelVersion record. */
export const versionKey = (versionNumber: bigint): Uint8Array => withU64('modver_', versionNumber)
/** Key of an ApprovedDataset record. */
export const datasetKey = (datasetId: bigint): Uint8Array => withU64('ad_', datasetId)
/** Key of an ApprovedAdapter record. */
export const adapterKey = (adapterId: string): Uint8Array => utf8(`adp_${adapterId}`)

/** 8 bytes, big-endian. */
export function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

function withU64(prefix: string, id: bigint): Uint8Array {
  return Uint8Array.from([...utf8(prefix), ...u64(id)])
}
