/** The Merkle tree of RFC 6962 with SHA-256: CometBFT 0.38, `crypto/merkle/tree.go` and `hash.go`. */
import { createHash } from 'node:crypto'

/** Leaves and inner nodes have prefixes of their own, so that no inner node can pass for a leaf. */
const LEAF_PREFIX = Uint8Array.of(0)
const INNER_PREFIX = Uint8Array.of(1)

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** The largest power of two that is smaller than `count`, for `count` ≥ 2. */
function splitPoint(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1))
}

function rootOf(leafHashes: readonly Uint8Array[]): Uint8Array {
  const [first] = leafHashes
  if (first === undefined) return sha256()
  if (leafHashes.length === 1) return first
  const split = splitPoint(leafHashes.length)
  return sha256(INNER_PREFIX, rootOf(leafHashes.slice(0, split)), rootOf(leafHashes.slice(split)))
}

/** `HashFromByteSlices`: the root over leaves in their order, 32 bytes. Of no leaves: SHA-256 of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return rootOf(leaves.map((leaf) => sha256(LEAF_PREFIX, leaf)))
}
