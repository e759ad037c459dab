/**
 * What may stand at the start of a node. ICS23 lets a proof choose the bytes before (and after) each hash, so all that keeps a
 * leaf from posing as an inner node, or a part of a key as a prefix, are these rules (cosmos/ics23 `go/ops.go`,
 * `validateIavlOps` and `validateTendermintOps`).
 */
import { invalid, type Refusal } from './refusal.ts'
import { readSignedVarint, type Varint } from './varint.ts'

/** Bytes that IAVL writes before the child's hash: the length byte of the left child, or a whole left sibling and its own. */
const LEFT_REST = 1
const RIGHT_REST = 34
/** The length of a SHA-256, as IAVL writes it before each child. */
const HASH_LENGTH_BYTE = 0x20
const INNER_TAG = 1

/** `layer` 0 is a leaf, 1 the node above it, and so on. A node's height is at least its layer, and a leaf's is 0. */
export function checkIavlPrefix(prefix: Uint8Array, layer: number): Refusal | undefined {
  const height = readSignedVarint(prefix, 0)
  const size = height && readSignedVarint(prefix, height.end)
  const version = size && readSignedVarint(prefix, size.end)
  if (height === undefined || size === undefined || version === undefined) {
    return invalid(`node ${layer} above its leaf does not start with height, size and version`)
  }
  if ([height, size, version].some(isNegative)) {
    return invalid(`node ${layer} above its leaf has a negative height, size or version`)
  }
  const rest = prefix.subarray(version.end)
  if (layer === 0) {
    if (height.value !== 0n) return invalid('its leaf has a height above 0')
    return rest.length === 0 ? undefined : invalid('its leaf has bytes between its version and its key')
  }
  if (height.value < BigInt(layer)) {
    return invalid(`node ${layer} above its leaf has a height below ${layer}`)
  }
  return checkIavlRest(rest, layer)
}

function isNegative({ value }: Varint): boolean {
  return value < 0n
}

function checkIavlRest(rest: Uint8Array, layer: number): Refusal | undefined {
  if (rest.length !== LEFT_REST && rest.length !== RIGHT_REST) {
    return invalid(
      `node ${layer} above its leaf has ${rest.length} bytes before its child instead of 1 or 34`,
    )
  }
  // First and last byte: the lengths of the left sibling and of the child; without a sibling they are the same byte.
  if (rest[0] !== HASH_LENGTH_BYTE || rest[rest.length - 1] !== HASH_LENGTH_BYTE) {
    return invalid(`node ${layer} above its leaf has a child that is no SHA-256`)
  }
  return undefined
}

/** A leaf's prefix is the byte 0 and nothing else, an inner node's the byte 1 and perhaps its left child. */
export function checkSimplePrefix(prefix: Uint8Array, layer: number): Refusal | undefined {
  if (layer === 0) {
    return prefix.length === 1 && prefix[0] === 0
      ? undefined
      : invalid('its leaf has bytes between its tag and its key')
  }
  return prefix[0] === INNER_TAG
    ? undefined
    : invalid(`node ${layer} above its leaf is not marked as an inner node`)
}
