/** Byte strings. Nothing here is secret, so the time a comparison takes may depend on it. */

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return equalBytes(bytes.subarray(0, prefix.length), prefix)
}

/** Lower-case hex: the key of these bytes in a Map or Set. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Upper-case hex, as CometBFT writes hashes. */
export function upperHexOf(bytes: Uint8Array): string {
  return hexOf(bytes).toUpperCase()
}
