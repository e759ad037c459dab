import { HashOp, LengthOp } from '../../gen/cosmos/ics23/v1/proofs_pb.js'

/**
 * What proofs of one kind of tree look like: `ProofSpec` of ICS23 with the values of the reference (cosmos/ics23,
 * `go/proof.go`), as far as the two trees of a Cosmos chain differ by it. Both are binary with the left child first, have no
 * empty children, and order their keys as they are, so the spec's `child_order`, `empty_child` and
 * `prehash_key_before_comparison` have nothing to say here. `min_depth` is 0.
 */
export interface ProofSpec {
  /** Which rules the bytes around a child obey: see `node-form.ts`. */
  readonly tree: 'iavl' | 'simple'
  readonly leaf: {
    readonly hash: HashOp
    readonly prehashKey: HashOp
    readonly prehashValue: HashOp
    readonly length: LengthOp
    readonly prefix: Uint8Array
  }
  readonly inner: {
    readonly hash: HashOp
    /** Bytes that one child takes inside its parent: 32 of its hash, and one before it where the tree writes its length. */
    readonly childSize: 32 | 33
    /** Bytes before the left child's hash. */
    readonly minPrefixLength: number
    readonly maxPrefixLength: number
  }
  /** Inner nodes above a leaf. The reference reads an unset limit as this one. */
  readonly maxDepth: number
}

const leaf: ProofSpec['leaf'] = {
  hash: HashOp.SHA256,
  prehashKey: HashOp.NO_HASH,
  prehashValue: HashOp.SHA256,
  length: LengthOp.VAR_PROTO,
  prefix: Uint8Array.of(0),
}

/** The tree of one module store (cosmos/iavl). A node's prefix is its height, size and version, each a signed varint. */
export const IAVL_SPEC: ProofSpec = {
  tree: 'iavl',
  leaf,
  inner: { hash: HashOp.SHA256, childSize: 33, minPrefixLength: 4, maxPrefixLength: 12 },
  maxDepth: 128,
}

/** The tree over the roots of all module stores (CometBFT `crypto/merkle`, RFC 6962 prefixes). Its root is the app hash. */
export const TENDERMINT_SPEC: ProofSpec = {
  tree: 'simple',
  leaf,
  inner: { hash: HashOp.SHA256, childSize: 32, minPrefixLength: 1, maxPrefixLength: 1 },
  maxDepth: 128,
}
