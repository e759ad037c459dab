/**
 * What may stand around a key or a child in a node. ICS23 lets a proof choose the bytes before and after each hash, so all that
 * keeps a leaf from posing as an inner node, or a part of a key as a prefix, are these rules (cosmos/ics23 `go/ops.go`,
 * `validateIavlOps` and `validateTendermintOps`). Whether a node is marked as a leaf has been checked before.
 */
import type { InnerOp } from '../../gen/cosmos/ics23/v1/proofs_pb.js'
import { invalid, type Refusal } from './refusal.ts'
import { readSignedVarint, type Varint } from './varint.ts'

/** What IAVL writes between a node's numbers and a child's hash: the length of that hash, before it perhaps a left sibling. */
const LEFT_REST = 1
const RIGHT_REST = 34
/** The length of a SHA-256, as IAVL writes it before each child. */
const HASH_LENGTH = 0x20
const SIMPLE_INNER_MARK = 1

/** Height, size and version, and nothing else. The mark of a leaf is its height, 0. */
export function checkIavlLeafPrefix(prefix: Uint8Array): Refusal | undefined {
  const numbers = readNumbers(prefix)
  if (numbers === undefined) return invalid('its leaf does not start with height, size and version')
  if (numbers.all.some(isNegative)) return invalid('its leaf has a negative size or version')
  return numbers.end === prefix.length
    ? undefined
    : invalid('its leaf has bytes between its version and its key')
}

/** `layer` is 1 for the node above a leaf, 2 for the next, and so on. A node's height is at least its layer. */
export function checkIavlInner({ prefix, suffix }: InnerOp, layer: number): Refusal | undefined {
  const node = `node ${layer} above its leaf`
  const numbers = readNumbers(prefix)
  if (numbers === undefined) return invalid(`${node} does not start with height, size and version`)
  if (numbers.all.some(isNegative)) return invalid(`${node} has a negative height, size or version`)
  if (numbers.all[0].value < BigInt(layer)) return invalid(`${node} has a height below ${layer}`)
  const rest = prefix.subarray(numbers.end)
  if (rest.length !== LEFT_REST && rest.length !== RIGHT_REST) {
    return invalid(`${node} has ${rest.length} bytes before its child instead of 1 or 34`)
  }
  // The lengths of the left sibling and of the child, which are one byte where there is no left sibling; then the right one's.
  const lengths = [rest[0], rest.at(-1), suffix[0] ?? HASH_LENGTH]
  return lengths.every((length) => length === HASH_LENGTH)
    ? undefined
    : invalid(`${node} has a child that is no SHA-256`)
}

/** The mark of a leaf alone. */
export function checkSimpleLeafPrefix(prefix: Uint8Array): Refusal | undefined {
  return prefix.length === 1 ? undefined : invalid('its leaf has bytes between its mark and its key')
}

export function checkSimpleInner({ prefix }: InnerOp, layer: number): Refusal | undefined {
  return prefix[0] === SIMPLE_INNER_MARK
    ? undefined
    : invalid(`node ${layer} above its leaf is not marked as an inner node`)
}

interface Numbers {
  /** Height, size, version. */
  readonly all: readonly [Varint, Varint, Varint]
  readonly end: number
}

function readNumbers(prefix: Uint8Array): Numbers | undefined {
  const height = readSignedVarint(prefix, 0)
  const size = height && readSignedVarint(prefix, height.end)
  const version = size && readSignedVarint(prefix, size.end)
  if (height === undefined || size === undefined || version === undefined) return undefined
  return { all: [height, size, version], end: version.end }
}

function isNegative({ value }: Varint): boolean {
  return value < 0n
}
