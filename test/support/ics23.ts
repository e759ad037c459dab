/**
 * Merkle trees that prove, built here from the formats' descriptions and not from the code that checks them: an IAVL tree, the
 * tree over store roots, and a multistore of both. Proofs are plain data, so that a test can bend them before it encodes them.
 */
import { createHash } from 'node:crypto'

export interface Entry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface LeafStep {
  readonly hash: number
  readonly prehashKey: number
  readonly prehashValue: number
  readonly length: number
  readonly prefix: Uint8Array
}

export interface Step {
  readonly hash: number
  readonly prefix: Uint8Array
  readonly suffix: Uint8Array
}

/** How an entry leads to the root: its leaf, and the steps from there upwards. */
export interface Existence extends Entry {
  readonly leaf: LeafStep
  readonly path: readonly Step[]
}

/** What stands left and right of a key that is not there. */
export interface Absence {
  readonly key: Uint8Array
  readonly left: Existence | undefined
  readonly right: Existence | undefined
}

export interface Tree {
  readonly root: Uint8Array
  /** In key order. */
  readonly entries: readonly Existence[]
}

/** UTF-8, or hex after `0x`. */
export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/^0x/, ''), text.startsWith('0x') ? 'hex' : 'utf8'))
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    createHash('sha256')
      .update(join(...parts))
      .digest(),
  )
}

/** Unsigned varint. */
export function uvarint(value: bigint | number): Uint8Array {
  const groups: number[] = []
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return Uint8Array.from([...groups, Number(rest)])
    groups.push(Number(rest % 128n) + 128)
  }
}

/** Signed varint. */
export function varint(value: bigint | number): Uint8Array {
  const wide = BigInt(value)
  return uvarint(wide >= 0n ? 2n * wide : -2n * wide - 1n)
}

const SHA256_LENGTH = Uint8Array.of(32)
const NO_BYTES = new Uint8Array()

function leafStep(prefix: Uint8Array): LeafStep {
  return { hash: 1, prehashKey: 0, prehashValue: 1, length: 1, prefix }
}

export function leafHash({ key, value, leaf }: Omit<Existence, 'path'>): Uint8Array {
  return sha256(leaf.prefix, uvarint(key.length), key, SHA256_LENGTH, sha256(value))
}

/** Where a proof leads, whatever it is made of. */
export function hashOf(proof: Existence): Uint8Array {
  return proof.path.reduce((child, { prefix, suffix }) => sha256(prefix, child, suffix), leafHash(proof))
}

interface Subtree extends Tree {
  readonly height: number
}

function inOrder(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((one, other) => Buffer.compare(one.key, other.key))
}

function under(entries: readonly Existence[], step: Step): Existence[] {
  return entries.map((entry) => ({ ...entry, path: [...entry.path, step] }))
}

export interface IavlShape {
  /** Of each split, which part of the entries goes left: 0 to 1. Used round and round. */
  readonly splits?: readonly number[]
  /** Versions of the nodes, used round and round. */
  readonly versions?: readonly bigint[]
}

/** The IAVL tree of these entries. */
export function iavlTree(entries: readonly Entry[], shape: IavlShape = {}): Tree {
  if (entries.length === 0) return { root: sha256(), entries: [] }
  const { splits = [0.5], versions = [1n] } = shape
  let built = 0
  const next = <T>(list: readonly T[]): T => {
    const item = list[built % list.length]
    if (item === undefined) throw new Error('an IAVL tree needs a split and a version')
    return item
  }
  const build = (part: readonly Entry[]): Subtree => {
    built += 1
    const version = varint(next(versions))
    const [first] = part
    if (first === undefined) throw new Error('an IAVL tree needs an entry')
    if (part.length === 1) {
      const leaf = leafStep(join(varint(0), varint(1), version))
      return { root: leafHash({ ...first, leaf }), entries: [{ ...first, leaf, path: [] }], height: 0 }
    }
    const middle = Math.min(part.length - 1, Math.max(1, Math.round(part.length * next(splits))))
    const left = build(part.slice(0, middle))
    const right = build(part.slice(middle))
    const height = 1 + Math.max(left.height, right.height)
    const header = join(varint(height), varint(part.length), version)
    const leftStep = {
      hash: 1,
      prefix: join(header, SHA256_LENGTH),
      suffix: join(SHA256_LENGTH, right.root),
    }
    const rightStep = {
      hash: 1,
      prefix: join(header, SHA256_LENGTH, left.root, SHA256_LENGTH),
      suffix: NO_BYTES,
    }
    return {
      root: sha256(header, SHA256_LENGTH, left.root, SHA256_LENGTH, right.root),
      entries: [...under(left.entries, leftStep), ...under(right.entries, rightStep)],
      height,
    }
  }
  return build(inOrder(entries))
}

/** The tree that CometBFT builds over a map. */
export function simpleTree(entries: readonly Entry[]): Tree {
  const build = (part: readonly Entry[]): Tree => {
    const [first] = part
    if (first === undefined) return { root: sha256(), entries: [] }
    if (part.length === 1) {
      const leaf = leafStep(Uint8Array.of(0))
      return { root: leafHash({ ...first, leaf }), entries: [{ ...first, leaf, path: [] }] }
    }
    // The largest power of two below the count.
    const middle = 2 ** Math.floor(Math.log2(part.length - 1))
    const left = build(part.slice(0, middle))
    const right = build(part.slice(middle))
    const tag = Uint8Array.of(1)
    return {
      root: sha256(tag, left.root, right.root),
      entries: [
        ...under(left.entries, { hash: 1, prefix: tag, suffix: right.root }),
        ...under(right.entries, { hash: 1, prefix: join(tag, left.root), suffix: NO_BYTES }),
      ],
    }
  }
  return build(inOrder(entries))
}

/** How an entry is proven; undefined when the tree does not hold the key. */
export function existenceIn(tree: Tree, key: Uint8Array): Existence | undefined {
  return tree.entries.find((entry) => Buffer.compare(entry.key, key) === 0)
}

/** How the absence of a key is proven. Of a key that is there, it shows the entries beside it. */
export function absenceIn(tree: Tree, key: Uint8Array): Absence {
  return {
    key,
    left: tree.entries.findLast((entry) => Buffer.compare(entry.key, key) < 0),
    right: tree.entries.find((entry) => Buffer.compare(entry.key, key) > 0),
  }
}

/** A length-delimited protobuf field; a default is left out. */
export function field(number: number, content: Uint8Array, keepEmpty = false): Uint8Array {
  if (content.length === 0 && !keepEmpty) return NO_BYTES
  return join(uvarint(number * 8 + 2), uvarint(content.length), content)
}

function enumField(number: number, value: number): Uint8Array {
  return value === 0 ? NO_BYTES : join(uvarint(number * 8), uvarint(value))
}

function existenceBytes({ key, value, leaf, path }: Existence): Uint8Array {
  const leafBytes = join(
    enumField(1, leaf.hash),
    enumField(2, leaf.prehashKey),
    enumField(3, leaf.prehashValue),
    enumField(4, leaf.length),
    field(5, leaf.prefix),
  )
  const steps = path.map((step) =>
    field(4, join(enumField(1, step.hash), field(2, step.prefix), field(3, step.suffix)), true),
  )
  return join(field(1, key), field(2, value), field(3, leafBytes, true), ...steps)
}

/** The `CommitmentProof` of an existence or an absence, encoded as chains do. */
export function encodeProof(proof: Existence | Absence): Uint8Array {
  if ('path' in proof) return field(1, existenceBytes(proof), true)
  const left = proof.left ? field(2, existenceBytes(proof.left), true) : NO_BYTES
  const right = proof.right ? field(3, existenceBytes(proof.right), true) : NO_BYTES
  return field(2, join(field(1, proof.key), left, right), true)
}

export interface ProofOp {
  readonly type: string
  readonly key: Uint8Array
  readonly data: Uint8Array
}

/** An answer to a query, as it is put to the check. */
export interface Answer {
  readonly appHash: Uint8Array
  readonly store: string
  readonly key: Uint8Array
  readonly value: Uint8Array | undefined
  readonly proofOps: readonly ProofOp[]
}

export interface Multistore {
  readonly appHash: Uint8Array
  readonly stores: ReadonlyMap<string, Tree>
  /** The tree over the stores' roots. */
  readonly mounts: Tree
}

export function multistore(stores: Readonly<Record<string, Tree>>): Multistore {
  const trees = new Map(Object.entries(stores))
  const mounts = simpleTree([...trees].map(([name, { root }]) => ({ key: bytes(name), value: root })))
  return { appHash: mounts.root, stores: trees, mounts }
}

/** The true answer about a key, with its proof. `proof` replaces the one of the store's tree. */
export function answerTo(
  chain: Multistore,
  store: string,
  key: Uint8Array,
  proof?: Existence | Absence,
): Answer {
  const tree = chain.stores.get(store)
  const mount = existenceIn(chain.mounts, bytes(store))
  if (tree === undefined || mount === undefined) throw new Error(`there is no store ${store}`)
  const entry = existenceIn(tree, key)
  return {
    appHash: chain.appHash,
    store,
    key,
    value: entry?.value,
    proofOps: [
      { type: 'ics23:iavl', key, data: encodeProof(proof ?? entry ?? absenceIn(tree, key)) },
      { type: 'ics23:simple', key: bytes(store), data: encodeProof(mount) },
    ],
  }
}
