/**
 * Small strict readers for fields of a node's JSON. Each gives undefined for what is not in the one form that CometBFT
 * writes; the caller says which field it was.
 */

export type Fields = Readonly<Record<string, unknown>>

const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/
const HEX = /^(?:[0-9A-Fa-f]{2})*$/
const MAX_INT64 = 2n ** 63n - 1n
const MAX_UINT64 = 2n ** 64n - 1n

/** A JSON object; not an array, not null. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** 0 to 2^64−1. CometBFT writes 64-bit numbers as decimal text. */
export function readUint64(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !DECIMAL.test(value)) return undefined
  const parsed = BigInt(value)
  return parsed <= MAX_UINT64 ? parsed : undefined
}

/** A height, a power or a count: 0 to 2^63−1, as decimal text. */
export function readHeight(value: unknown): bigint | undefined {
  const parsed = readUint64(value)
  return parsed !== undefined && parsed <= MAX_INT64 ? parsed : undefined
}

/** A whole JSON number from 0 to `max`. */
export function readInteger(value: unknown, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
    ? value
    : undefined
}

/** Base64 in its one canonical spelling; null or absent is empty, as Go writes an empty byte slice. */
export function readBase64(value: unknown): Uint8Array | undefined {
  if (value === undefined || value === null) return new Uint8Array()
  if (typeof value !== 'string') return undefined
  const decoded = Buffer.from(value, 'base64')
  return decoded.toString('base64') === value ? new Uint8Array(decoded) : undefined
}

/** Hex of an even number of digits, upper or lower case. Empty text is no bytes. */
export function readHex(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' && HEX.test(value) ? new Uint8Array(Buffer.from(value, 'hex')) : undefined
}

/** Text; null or absent is empty. */
export function readText(value: unknown): string | undefined {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : undefined
}
