/**
 * A versioned AVL tree shaped and hashed as cosmos/iavl v1 does it. Trees are values: a change gives a new tree that shares
 * what did not change with the old one, so every version stays readable.
 */
import { createHash } from 'node:crypto'
import { lengthPrefixed, varint } from './varint.ts'

/** A leaf holds an entry, an inner node only the way to its leaves. `version`: at which the node was made. */
export type IavlNode = IavlLeaf | IavlInner

interface NodeFacts {
  readonly version: bigint
  /** Leaves at or below this node. */
  readonly size: number
  readonly height: number
}

export interface IavlLeaf extends NodeFacts {
  readonly kind: 'leaf'
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface IavlInner extends NodeFacts {
  readonly kind: 'inner'
  /** The smallest key on the right, once it was set: what sorts before it goes left. */
  readonly key: Uint8Array
  readonly left: IavlNode
  readonly right: IavlNode
}

/** The tree of a store; undefined is the empty one. */
export type IavlTree = IavlNode | undefined

const hashes = new WeakMap<IavlNode, Uint8Array>()

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** Height, size and version, as they start what is hashed of a node. */
export function nodePrefix({ height, size, version }: NodeFacts): Uint8Array {
  return Buffer.concat([varint(BigInt(height)), varint(BigInt(size)), varint(version)])
}

/** 32 bytes; of the empty tree, SHA-256 of nothing. */
export function iavlHash(tree: IavlTree): Uint8Array {
  if (tree === undefined) return sha256()
  const known = hashes.get(tree)
  if (known !== undefined) return known
  const content =
    tree.kind === 'leaf'
      ? [lengthPrefixed(tree.key), lengthPrefixed(sha256(tree.value))]
      : [lengthPrefixed(iavlHash(tree.left)), lengthPrefixed(iavlHash(tree.right))]
  const hash = sha256(nodePrefix(tree), ...content)
  hashes.set(tree, hash)
  return hash
}

/** The tree with one entry set at `version`. */
export function iavlSet(tree: IavlTree, key: Uint8Array, value: Uint8Array, version: bigint): IavlNode {
  const leaf: IavlLeaf = { kind: 'leaf', key, value, version, size: 1, height: 0 }
  return tree === undefined ? leaf : setBelow(tree, leaf, version)
}

function setBelow(node: IavlNode, leaf: IavlLeaf, version: bigint): IavlNode {
  const order = Buffer.compare(leaf.key, node.key)
  if (node.kind === 'leaf') {
    if (order === 0) return leaf
    return order < 0 ? inner(node.key, leaf, node, version) : inner(leaf.key, node, leaf, version)
  }
  return balanced(
    order < 0
      ? inner(node.key, setBelow(node.left, leaf, version), node.right, version)
      : inner(node.key, node.left, setBelow(node.right, leaf, version), version),
    version,
  )
}

/** The tree without a key: the same tree when it has none. */
export function iavlRemove(tree: IavlTree, key: Uint8Array, version: bigint): IavlTree {
  if (tree === undefined || iavlGet(tree, key) === undefined) return tree
  return removeBelow(tree, key, version).node
}

/** `smallest`: the new smallest key below, when that changed and a key above must follow. */
function removeBelow(
  node: IavlNode,
  key: Uint8Array,
  version: bigint,
): { readonly node: IavlTree; readonly smallest: Uint8Array | undefined } {
  if (node.kind === 'leaf') return { node: undefined, smallest: undefined }
  if (Buffer.compare(key, node.key) < 0) {
    const left = removeBelow(node.left, key, version)
    if (left.node === undefined) return { node: node.right, smallest: node.key }
    return {
      node: balanced(inner(node.key, left.node, node.right, version), version),
      smallest: left.smallest,
    }
  }
  const right = removeBelow(node.right, key, version)
  if (right.node === undefined) return { node: node.left, smallest: undefined }
  const kept = inner(right.smallest ?? node.key, node.left, right.node, version)
  return { node: balanced(kept, version), smallest: undefined }
}

function inner(key: Uint8Array, left: IavlNode, right: IavlNode, version: bigint): IavlInner {
  const height = Math.max(left.height, right.height) + 1
  return { kind: 'inner', key, left, right, version, height, size: left.size + right.size }
}

function balanced(node: IavlInner, version: bigint): IavlInner {
  const balance = balanceOf(node)
  if (balance > 1 && node.left.kind === 'inner') {
    const left = balanceOf(node.left) >= 0 ? node.left : rotatedLeft(node.left, version)
    return rotatedRight(inner(node.key, left, node.right, version), version)
  }
  if (balance < -1 && node.right.kind === 'inner') {
    const right = balanceOf(node.right) <= 0 ? node.right : rotatedRight(node.right, version)
    return rotatedLeft(inner(node.key, node.left, right, version), version)
  }
  return node
}

function balanceOf({ left, right }: IavlInner): number {
  return left.height - right.height
}

function rotatedRight(node: IavlInner, version: bigint): IavlInner {
  const { left } = node
  if (left.kind === 'leaf') return node
  return inner(left.key, left.left, inner(node.key, left.right, node.right, version), version)
}

function rotatedLeft(node: IavlInner, version: bigint): IavlInner {
  const { right } = node
  if (right.kind === 'leaf') return node
  return inner(right.key, inner(node.key, node.left, right.left, version), right.right, version)
}

/** The value of a key; undefined when it has none. */
export function iavlGet(tree: IavlTree, key: Uint8Array): Uint8Array | undefined {
  const leaf = leafFor(tree, key)
  return leaf !== undefined && Buffer.compare(leaf.key, key) === 0 ? leaf.value : undefined
}

/** The leaf at the end of the way to a key, whatever key it holds. */
function leafFor(tree: IavlTree, key: Uint8Array): IavlLeaf | undefined {
  let node = tree
  while (node?.kind === 'inner') node = Buffer.compare(key, node.key) < 0 ? node.left : node.right
  return node
}

/** All entries whose key starts with `prefix`, in byte order of their keys. */
export function iavlEntries(tree: IavlTree, prefix: Uint8Array): readonly IavlLeaf[] {
  if (tree === undefined) return []
  if (tree.kind === 'leaf') return startsWith(tree.key, prefix) ? [tree] : []
  const isLeftOut = Buffer.compare(prefix, tree.key) >= 0
  const isRightOut = Buffer.compare(tree.key, prefix) > 0 && !startsWith(tree.key, prefix)
  return [
    ...(isLeftOut ? [] : iavlEntries(tree.left, prefix)),
    ...(isRightOut ? [] : iavlEntries(tree.right, prefix)),
  ]
}

function startsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return key.length >= prefix.length && Buffer.compare(key.subarray(0, prefix.length), prefix) === 0
}
