/**
 * Non-existence proofs: the entries left and right of the key, and that nothing hangs between them. After cosmos/ics23
 * `go/proof.go` (`NonExistenceProof.Verify`, `IsLeftMost`, `IsRightMost`, `IsLeftNeighbor`).
 */
import type { InnerOp, NonExistenceProof } from '../../gen/cosmos/ics23/v1/proofs_pb.js'
import { equalBytes } from '../bytes.ts'
import { checkExistence, type Side, sideOf } from './existence.ts'
import { invalid, type Refusal } from './refusal.ts'
import type { ProofSpec } from './specs.ts'

type Path = readonly InnerOp[]

/** Whether the tree of this root holds nothing under `key`. */
export function checkNonMembership(
  spec: ProofSpec,
  root: Uint8Array,
  proof: NonExistenceProof,
  key: Uint8Array,
): Refusal | undefined {
  const { left, right } = proof
  // The reference ignores this field. A chain writes the asked key into it, so anything else was made for another question.
  if (!equalBytes(proof.key, key)) return invalid('it is about another key')
  if (left === undefined && right === undefined) return invalid('it shows no neighbour')
  if (left !== undefined && Buffer.compare(left.key, key) >= 0) {
    return invalid('its left neighbour is not left of the key')
  }
  if (right !== undefined && Buffer.compare(right.key, key) <= 0) {
    return invalid('its right neighbour is not right of the key')
  }
  const refusals = [left, right].map((each) => each && checkExistence(spec, root, each))
  return (
    refusals.find((refusal) => refusal?.kind === 'invalid') ??
    checkNeighbours(spec, left?.path, right?.path) ??
    // Last, so that only a proof in which all else holds is called unprovable.
    refusals.find((refusal) => refusal !== undefined)
  )
}

function checkNeighbours(
  spec: ProofSpec,
  left: Path | undefined,
  right: Path | undefined,
): Refusal | undefined {
  if (left === undefined) {
    return right !== undefined && hangsAlways(spec, right, 'left')
      ? undefined
      : invalid('it shows no left neighbour, and its right one is not the first entry')
  }
  if (right === undefined) {
    return hangsAlways(spec, left, 'right')
      ? undefined
      : invalid('it shows no right neighbour, and its left one is not the last entry')
  }
  return areNeighbours(spec, left, right) ? undefined : invalid('other entries stand between its neighbours')
}

function hangsAlways(spec: ProofSpec, path: Path, side: Side): boolean {
  return path.every((step) => sideOf(spec, step) === side)
}

/**
 * Walks down from the root while both paths are the same. Where they part, the left one must go left and the right one right;
 * below, the left one must keep right and the right one left. Both paths lead to one root, so equal steps lead to the same node.
 */
function areNeighbours(spec: ProofSpec, left: Path, right: Path): boolean {
  const shared = sharedSteps(left, right)
  const leftParting = left.at(-1 - shared)
  const rightParting = right.at(-1 - shared)
  return (
    // A path that ends here is that of an inner node of the other one: no leaf, or no proof of this tree.
    leftParting !== undefined &&
    rightParting !== undefined &&
    sideOf(spec, leftParting) === 'left' &&
    sideOf(spec, rightParting) === 'right' &&
    hangsAlways(spec, left.slice(0, -1 - shared), 'right') &&
    hangsAlways(spec, right.slice(0, -1 - shared), 'left')
  )
}

/** Steps that both paths share, counted from the root. */
function sharedSteps(left: Path, right: Path): number {
  const depth = Math.min(left.length, right.length)
  for (let shared = 0; shared < depth; shared += 1) {
    const [one, other] = [left.at(-1 - shared), right.at(-1 - shared)]
    if (one === undefined || other === undefined || !isSameStep(one, other)) return shared
  }
  return depth
}

function isSameStep(one: InnerOp, other: InnerOp): boolean {
  return equalBytes(one.prefix, other.prefix) && equalBytes(one.suffix, other.suffix)
}
