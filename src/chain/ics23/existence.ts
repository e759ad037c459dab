/**
 * Existence proofs: a leaf made of key and value, and the nodes above it up to the root. After cosmos/ics23 `go/proof.go`
 * (`ExistenceProof.CheckAgainstSpec`, `Verify`) and `go/ops.go`. Every byte of a proof is the node's to choose.
 */
import { hash } from 'node:crypto'
import type { ExistenceProof, InnerOp, LeafOp } from '../../gen/cosmos/ics23/v1/proofs_pb.js'
import { equalBytes, startsWith } from '../bytes.ts'
import { checkIavlInner, checkIavlLeafPrefix, checkSimpleInner, checkSimpleLeafPrefix } from './node-form.ts'
import { invalid, type Refusal, unprovable } from './refusal.ts'
import type { ProofSpec } from './specs.ts'
import { lengthVarint } from './varint.ts'

/** Where a child hangs below its parent. */
export type Side = 'left' | 'right'

/**
 * Whether leaf and inner nodes have the form that the tree's nodes have, so that the hashed bytes can be read in one way only.
 * It says nothing about hashes.
 */
export function checkAgainstSpec(spec: ProofSpec, proof: ExistenceProof): Refusal | undefined {
  if (proof.leaf === undefined) return invalid('it has no leaf')
  const leafRefusal = checkLeafOp(spec, proof.leaf)
  if (leafRefusal !== undefined) return leafRefusal
  if (proof.path.length > spec.maxDepth) {
    return invalid(`it is ${proof.path.length} nodes deep, more than ${spec.maxDepth}`)
  }
  for (const [index, step] of proof.path.entries()) {
    const refusal = checkInnerOp(spec, step, index + 1)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function checkLeafOp({ tree, leaf }: ProofSpec, op: LeafOp): Refusal | undefined {
  if (op.hash !== leaf.hash) return invalid(`its leaf is hashed by operation ${op.hash}`)
  if (op.prehashKey !== leaf.prehashKey) return invalid(`its key is hashed by operation ${op.prehashKey}`)
  if (op.prehashValue !== leaf.prehashValue) {
    return invalid(`its value is hashed by operation ${op.prehashValue}`)
  }
  if (op.length !== leaf.length) return invalid(`its leaf writes lengths by operation ${op.length}`)
  if (!startsWith(op.prefix, leaf.prefix)) return invalid('its leaf is not marked as a leaf')
  return tree === 'iavl' ? checkIavlLeafPrefix(op.prefix) : checkSimpleLeafPrefix(op.prefix)
}

function checkInnerOp({ tree, leaf, inner }: ProofSpec, op: InnerOp, layer: number): Refusal | undefined {
  const node = `node ${layer} above its leaf`
  if (op.hash !== inner.hash) return invalid(`${node} is hashed by operation ${op.hash}`)
  if (startsWith(op.prefix, leaf.prefix)) return invalid(`${node} is marked as a leaf`)
  const { length } = op.prefix
  // At most one child stands before the one that the proof is about.
  if (length < inner.minPrefixLength || length > inner.maxPrefixLength + inner.childSize) {
    return invalid(`${node} has a prefix of ${length} bytes`)
  }
  if (op.suffix.length % inner.childSize !== 0) {
    return invalid(`${node} has a suffix of ${op.suffix.length} bytes, not a whole number of children`)
  }
  return tree === 'iavl' ? checkIavlInner(op, layer) : checkSimpleInner(op, layer)
}

/**
 * On which side of its parent the child hangs, by the room before and after it (`orderFromPadding` of the reference). Undefined
 * when there is room for no sibling or for more than one.
 */
export function sideOf({ inner }: ProofSpec, { prefix, suffix }: InnerOp): Side | undefined {
  const { childSize, minPrefixLength: min, maxPrefixLength: max } = inner
  if (suffix.length === childSize && isBetween(prefix.length, min, max)) return 'left'
  if (suffix.length === 0 && isBetween(prefix.length, min + childSize, max + childSize)) return 'right'
  return undefined
}

function isBetween(value: number, min: number, max: number): boolean {
  return min <= value && value <= max
}

/**
 * Whether the entry that the proof carries stands in the tree of this root. All entries but those with an empty value: ICS23
 * refuses them, and so they are called `unprovable` when all else about their proof holds.
 */
export function checkExistence(
  spec: ProofSpec,
  root: Uint8Array,
  proof: ExistenceProof,
): Refusal | undefined {
  const refusal = checkAgainstSpec(spec, proof)
  if (refusal !== undefined) return refusal
  if (proof.key.length === 0) return invalid('it is about an empty key')
  // Beyond the reference, which asks this of absences only: inner nodes of both trees have two children, always.
  const lonely = proof.path.findIndex((step) => sideOf(spec, step) === undefined)
  if (lonely !== -1) return invalid(`node ${lonely + 1} above its leaf does not have two children`)
  if (!equalBytes(rootOf(proof), root)) return invalid('it does not hash to the expected root')
  return proof.value.length === 0 ? unprovable('it shows an entry with an empty value') : undefined
}

/** Whether `key` holds `value` in the tree of this root (`ExistenceProof.Verify`). */
export function checkMembership(
  spec: ProofSpec,
  root: Uint8Array,
  proof: ExistenceProof,
  key: Uint8Array,
  value: Uint8Array,
): Refusal | undefined {
  if (!equalBytes(proof.key, key)) return invalid('it is about another key')
  if (!equalBytes(proof.value, value)) return invalid('it is about another value')
  return checkExistence(spec, root, proof)
}

/** It means something only for a proof that has the form of its tree. */
function rootOf({ key, value, leaf, path }: ExistenceProof): Uint8Array {
  const valueHash = sha256([value])
  const leafHash = sha256([
    leaf?.prefix ?? new Uint8Array(),
    lengthVarint(key.length),
    key,
    lengthVarint(valueHash.length),
    valueHash,
  ])
  return path.reduce<Uint8Array>((child, { prefix, suffix }) => sha256([prefix, child, suffix]), leafHash)
}

function sha256(parts: readonly Uint8Array[]): Uint8Array {
  return hash('sha256', Buffer.concat(parts), 'buffer')
}
