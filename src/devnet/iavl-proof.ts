/** ICS23 proofs of the IAVL tree, as cosmos/iavl v1 makes them (`proof_ics23.go`). */
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import {
  type CommitmentProof,
  CommitmentProofSchema,
  type ExistenceProofSchema,
  HashOp,
  type InnerOpSchema,
  LengthOp,
} from '../gen/cosmos/ics23/v1/proofs_pb.js'
import { type IavlLeaf, type IavlNode, type IavlTree, iavlHash, nodePrefix } from './iavl.ts'

type ExistenceInit = MessageInitShape<typeof ExistenceProofSchema>
type InnerOpInit = MessageInitShape<typeof InnerOpSchema>

/** A child's hash is written after its length, 32. */
const HASH_LENGTH = Uint8Array.of(32)

/**
 * The proof that a key has a value in the tree, or that it has none: then with its neighbours, which is the one entry on its
 * left, on its right, or both. An absence in the empty tree comes without any: no verifier can be convinced of it.
 */
export function iavlProof(tree: IavlTree, key: Uint8Array): CommitmentProof {
  if (tree === undefined)
    return create(CommitmentProofSchema, { proof: { case: 'nonexist', value: { key } } })
  const index = rankOf(tree, key)
  const here = leafAt(tree, index)
  if (here !== undefined && Buffer.compare(here.key, key) === 0) {
    return create(CommitmentProofSchema, { proof: { case: 'exist', value: existenceAt(tree, index) } })
  }
  const left = index > 0 ? existenceAt(tree, index - 1) : undefined
  const right = index < tree.size ? existenceAt(tree, index) : undefined
  return create(CommitmentProofSchema, {
    proof: {
      case: 'nonexist',
      value: { key, ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) },
    },
  })
}

/** How many entries of the tree sort before the key. */
function rankOf(tree: IavlNode, key: Uint8Array): number {
  let before = 0
  let node = tree
  while (node.kind === 'inner') {
    if (Buffer.compare(key, node.key) < 0) node = node.left
    else {
      before += node.left.size
      node = node.right
    }
  }
  return Buffer.compare(node.key, key) < 0 ? before + 1 : before
}

function leafAt(tree: IavlNode, index: number): IavlLeaf | undefined {
  if (tree.kind === 'leaf') return index === 0 ? tree : undefined
  const { left, right } = tree
  return index < left.size ? leafAt(left, index) : leafAt(right, index - left.size)
}

/** The proof of the entry that `index` others precede. */
function existenceAt(tree: IavlNode, index: number): ExistenceInit {
  const path: InnerOpInit[] = []
  let node = tree
  let rest = index
  while (node.kind === 'inner') {
    const { left, right } = node
    const isLeft = rest < left.size
    const prefix = nodePrefix(node)
    path.unshift(
      isLeft
        ? {
            hash: HashOp.SHA256,
            prefix: Buffer.concat([prefix, HASH_LENGTH]),
            suffix: Buffer.concat([HASH_LENGTH, iavlHash(right)]),
          }
        : {
            hash: HashOp.SHA256,
            prefix: Buffer.concat([prefix, HASH_LENGTH, iavlHash(left), HASH_LENGTH]),
          },
    )
    node = isLeft ? left : right
    if (!isLeft) rest -= left.size
  }
  return {
    key: node.key,
    value: node.value,
    leaf: {
      hash: HashOp.SHA256,
      prehashKey: HashOp.NO_HASH,
      prehashValue: HashOp.SHA256,
      length: LengthOp.VAR_PROTO,
      prefix: nodePrefix(node),
    },
    path,
  }
}
