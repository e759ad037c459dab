/**
 * The Cosmos SDK's root multistore (`store/rootmulti`, `store/internal/maps`): the app hash is a simple Merkle map from
 * store names to the roots of their trees.
 */
import { create, toBinary } from '@bufbuild/protobuf'
import { merkleRoot } from '../chain/index.ts'
import { CommitmentProofSchema, HashOp, LengthOp } from '../gen/cosmos/ics23/v1/proofs_pb.js'
import { type IavlTree, iavlHash, sha256 } from './iavl.ts'
import { iavlProof } from './iavl-proof.ts'
import { lengthPrefixed } from './varint.ts'

/** The trees of all stores by name. */
export type Multistore = ReadonlyMap<string, IavlTree>

/** One step of `proofOps` in an `abci_query` answer. */
export interface ProofOpBytes {
  readonly type: 'ics23:iavl' | 'ics23:simple'
  readonly key: Uint8Array
  readonly data: Uint8Array
}

const roots = new WeakMap<Multistore, Uint8Array>()
const LEAF = Uint8Array.of(0)
const INNER = Uint8Array.of(1)

/** The app hash, 32 bytes. */
export function multistoreRoot(stores: Multistore): Uint8Array {
  const known = roots.get(stores)
  if (known !== undefined) return known
  const root = merkleRoot(leavesOf(stores))
  roots.set(stores, root)
  return root
}

/** The two proofs that the SDK returns for a key of an existing store, from the key to the app hash. */
export function proofOps(stores: Multistore, store: string, key: Uint8Array): readonly ProofOpBytes[] {
  const inner = iavlProof(stores.get(store), key)
  return [
    { type: 'ics23:iavl', key, data: toBinary(CommitmentProofSchema, inner) },
    { type: 'ics23:simple', key: Buffer.from(store), data: storeProof(stores, store) },
  ]
}

function storeProof(stores: Multistore, store: string): Uint8Array {
  const index = namesOf(stores).indexOf(store)
  const proof = create(CommitmentProofSchema, {
    proof: {
      case: 'exist',
      value: {
        key: Buffer.from(store),
        value: iavlHash(stores.get(store)),
        leaf: {
          hash: HashOp.SHA256,
          prehashKey: HashOp.NO_HASH,
          prehashValue: HashOp.SHA256,
          length: LengthOp.VAR_PROTO,
          prefix: LEAF,
        },
        path: pathOf(leavesOf(stores), index).map((step) => ({ hash: HashOp.SHA256, ...step })),
      },
    },
  })
  return toBinary(CommitmentProofSchema, proof)
}

function namesOf(stores: Multistore): readonly string[] {
  return [...stores.keys()].sort()
}

function leavesOf(stores: Multistore): readonly Uint8Array[] {
  return namesOf(stores).map((name) =>
    Buffer.concat([lengthPrefixed(Buffer.from(name)), lengthPrefixed(sha256(iavlHash(stores.get(name))))]),
  )
}

/** What stands around the hash at each step from a leaf up to the root. */
function pathOf(
  leaves: readonly Uint8Array[],
  index: number,
): readonly { readonly prefix: Uint8Array; readonly suffix: Uint8Array }[] {
  if (leaves.length < 2) return []
  // Parted as RFC 6962 parts it: at the largest power of two below the number of leaves.
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1))
  const left = leaves.slice(0, split)
  const right = leaves.slice(split)
  return index < split
    ? [...pathOf(left, index), { prefix: INNER, suffix: merkleRoot(right) }]
    : [
        ...pathOf(right, index - split),
        { prefix: Buffer.concat([INNER, merkleRoot(left)]), suffix: new Uint8Array() },
      ]
}
