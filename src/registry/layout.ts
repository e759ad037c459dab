/** Where the registry's records lie in the chain's `remes` store. Facts of that chain. */
import { isSafeName } from '../core/index.ts'

export const REGISTRY_STORE = 'remes'

const utf8 = new TextEncoder()

export const GLOBAL_MODEL_STATE_KEY = utf8.encode('gms_')
export const ACTIVE_VERSIONS_KEY = utf8.encode('amv_')
export const MODEL_PREFIX = utf8.encode('modreg_')
export const VERSION_PREFIX = utf8.encode('modver_')
export const DATASET_PREFIX = utf8.encode('ad_')
export const ADAPTER_PREFIX = utf8.encode('adp_')

function join(prefix: Uint8Array, rest: Uint8Array): Uint8Array {
  return new Uint8Array([...prefix, ...rest])
}

/** `prefix` + the id as 8 bytes big-endian. */
function numbered(prefix: Uint8Array, id: bigint): Uint8Array {
  const rest = new Uint8Array(8)
  new DataView(rest.buffer).setBigUint64(0, id)
  return join(prefix, rest)
}

export const modelKey = (modelId: bigint) => numbered(MODEL_PREFIX, modelId)
export const versionKey = (versionNumber: bigint) => numbered(VERSION_PREFIX, versionNumber)
export const datasetKey = (datasetId: bigint) => numbered(DATASET_PREFIX, datasetId)
export const adapterKey = (adapterId: string) => join(ADAPTER_PREFIX, utf8.encode(adapterId))

export function startsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return Buffer.from(key.subarray(0, prefix.byteLength)).equals(prefix)
}

/** The number after the prefix, or undefined when the key has none of 8 bytes. */
export function numberInKey(prefix: Uint8Array, key: Uint8Array): bigint | undefined {
  if (key.byteLength !== prefix.byteLength + 8 || !startsWith(key, prefix)) return undefined
  return new DataView(key.buffer, key.byteOffset + prefix.byteLength, 8).getBigUint64(0)
}

/** A key for people, safe to print anywhere: `modreg_3`, `adp_coder`, or the rest in hex. */
export function printableKey(prefix: Uint8Array, key: Uint8Array): string {
  const name = new TextDecoder().decode(prefix)
  const number = numberInKey(prefix, key)
  if (number !== undefined && prefix !== ADAPTER_PREFIX) return `${name}${number}`
  const rest = Buffer.from(key.subarray(prefix.byteLength))
  const text = rest.toString('utf8')
  return isSafeName(text) ? `${name}${text}` : `${name}0x${rest.toString('hex').slice(0, 64)}`
}
