/** The widest varint: ten groups of seven bits hold 64. */
const MAX_BYTES = 10
const MAX_UINT64 = 2n ** 64n - 1n

/** A number and the offset behind it. */
export interface Varint {
  readonly value: bigint
  readonly end: number
}

/**
 * Reads the signed varint (zigzag, as Go's `binary.PutVarint` writes it) at `start`. Undefined when it is cut off, wider than
 * 64 bits, or longer than it must be: IAVL writes only the shortest form, so that no node has two encodings.
 */
export function readSignedVarint(bytes: Uint8Array, start: number): Varint | undefined {
  let unsigned = 0n
  for (let length = 1; length <= MAX_BYTES; length += 1) {
    const byte = bytes[start + length - 1]
    if (byte === undefined) return undefined
    unsigned |= BigInt(byte & 0x7f) << BigInt(7 * (length - 1))
    if (byte < 0x80) {
      if (unsigned > MAX_UINT64 || (byte === 0 && length > 1)) return undefined
      return { value: (unsigned & 1n) === 0n ? unsigned >> 1n : -(unsigned >> 1n) - 1n, end: start + length }
    }
  }
  return undefined
}

/** The unsigned varint of a length in bytes. */
export function lengthVarint(length: number): Uint8Array {
  const bytes: number[] = []
  let rest = length
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
