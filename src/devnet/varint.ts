/** Integers as Go's `encoding/binary` writes them, which is what IAVL hashes. */

/** `binary.PutUvarint`: seven bits a byte, lowest first. */
export function uvarint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

/** `binary.PutVarint`: signed, zigzag. Values fit 64 bits. */
export function varint(value: bigint): Uint8Array {
  return uvarint(value < 0n ? -2n * value - 1n : 2n * value)
}

/** Bytes after their length as a uvarint. */
export function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([uvarint(BigInt(bytes.length)), bytes])
}
