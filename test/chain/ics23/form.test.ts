/**
 * Each rule about the form of a node, alone: the root is always the one that the bent proof hashes to, so that nothing but the
 * rule stands against it.
 */
import { describe, expect, it } from 'vitest'
import {
  bytes,
  type Existence,
  encodeProof,
  existenceIn,
  hashOf,
  iavlTree,
  join,
  leafHash,
  type Step,
  sha256,
  simpleTree,
  type Tree,
  uvarint,
  varint,
} from '../../support/ics23.ts'
import { refusalOf } from '../../support/ics23-vectors.ts'

const ENTRIES = ['ada', 'bob', 'cid', 'dot'].map((key) => ({ key: bytes(key), value: bytes(`v-${key}`) }))
const HASH = sha256(bytes('a sibling'))
const LENGTH = Uint8Array.of(32)

function proofIn(tree: Tree, key: string): Existence {
  const found = existenceIn(tree, bytes(key))
  if (found === undefined) throw new Error(`the tree holds no ${key}`)
  return found
}

const inIavl = proofIn(iavlTree(ENTRIES), 'bob')
const inSimple = proofIn(simpleTree(ENTRIES), 'bob')

function verdictOn(tree: 'iavl' | 'tendermint', proof: Existence, root = hashOf(proof)): string {
  const { key, value } = proof
  return refusalOf({ tree, proof: encodeProof(proof), root, key, value })?.why ?? 'accepted'
}

function withStep(proof: Existence, change: Partial<Step>, index = 0): Existence {
  return { ...proof, path: proof.path.map((step, at) => (at === index ? { ...step, ...change } : step)) }
}

function withLeaf(proof: Existence, change: Partial<Existence['leaf']>): Existence {
  return { ...proof, leaf: { ...proof.leaf, ...change } }
}

const header = (height: number | bigint, size: number | bigint, version: number | bigint) =>
  join(varint(height), varint(size), varint(version))
const leftOf = (head: Uint8Array): Step => ({
  hash: 1,
  prefix: join(head, LENGTH),
  suffix: join(LENGTH, HASH),
})
const rightOf = (head: Uint8Array): Step => ({
  hash: 1,
  prefix: join(head, LENGTH, HASH, LENGTH),
  suffix: new Uint8Array(),
})

describe('the form of an IAVL proof', () => {
  const under = (...path: Step[]): Existence => ({ ...inIavl, path })

  it.each<[string, Existence]>([
    ['as the tree makes it', inIavl],
    ['of a tree with one entry', under()],
    [
      'with large sizes and versions',
      under(leftOf(header(1, 2n ** 30n, 2n ** 33n)), rightOf(header(9, 2n ** 33n, 7))),
    ],
    ['as deep as it may be', under(...Array.from({ length: 128 }, (_, i) => rightOf(header(i + 1, 1, 1))))],
  ])('is right %s', (_, proof) => {
    expect(verdictOn('iavl', proof)).toBe('accepted')
  })

  it.each<[string, Existence, RegExp]>([
    ['a leaf hashed by nothing', withLeaf(inIavl, { hash: 0 }), /leaf is hashed by operation 0/],
    ['a leaf hashed by SHA-512', withLeaf(inIavl, { hash: 2 }), /leaf is hashed by operation 2/],
    ['a hashed key', withLeaf(inIavl, { prehashKey: 1 }), /key is hashed by operation 1/],
    ['a value that is not hashed', withLeaf(inIavl, { prehashValue: 0 }), /value is hashed by operation 0/],
    ['lengths left out', withLeaf(inIavl, { length: 0 }), /lengths by operation 0/],
    ['lengths of an unknown kind', withLeaf(inIavl, { length: 99 }), /lengths by operation 99/],
    ['a leaf without prefix', withLeaf(inIavl, { prefix: new Uint8Array() }), /not marked as a leaf/],
    ['a leaf of height 1', withLeaf(inIavl, { prefix: header(1, 1, 1) }), /not marked as a leaf/],
    ['a leaf prefix cut off', withLeaf(inIavl, { prefix: bytes('0x0002') }), /does not start with height/],
    ['a leaf of negative size', withLeaf(inIavl, { prefix: header(0, -1, 1) }), /negative/],
    ['a leaf of negative version', withLeaf(inIavl, { prefix: header(0, 1, -1) }), /negative/],
    ['a long zero as height', withLeaf(inIavl, { prefix: bytes('0x80000202') }), /not marked as a leaf/],
    ['a long one as size', withLeaf(inIavl, { prefix: bytes('0x00820002') }), /does not start with height/],
    ['bytes before the key', withLeaf(inIavl, { prefix: join(header(0, 1, 1), LENGTH) }), /bytes between/],
    ['no key', { ...inIavl, key: new Uint8Array() }, /empty key/],
    [
      'a node hashed by nothing',
      withStep(inIavl, { hash: 0 }),
      /node 1 above its leaf is hashed by operation 0/,
    ],
    [
      'a node hashed by SHA-512',
      withStep(inIavl, { hash: 2 }, 1),
      /node 2 above its leaf is hashed by operation 2/,
    ],
    ['a node of height 0', under(leftOf(header(0, 2, 1))), /marked as a leaf/],
    ['a node of height 0 in two bytes', under(leftOf(bytes('0x80000402'))), /does not start with height/],
    ['a node of negative height', under(leftOf(header(-1, 2, 1))), /negative/],
    ['a node of negative size', under(leftOf(header(1, -2, 1))), /negative/],
    ['a node of negative version', under(leftOf(header(1, 2, -1))), /negative/],
    ['two nodes of height 1', under(leftOf(header(1, 2, 1)), leftOf(header(1, 3, 1))), /height below 2/],
    [
      'a number cut off',
      under({ ...leftOf(header(1, 2, 1)), prefix: bytes('0x02048080') }),
      /does not start with height/,
    ],
    [
      'too short a prefix',
      under({ ...leftOf(header(1, 2, 1)), prefix: bytes('0x020402') }),
      /prefix of 3 bytes/,
    ],
    ['too long a prefix', under(rightOf(header(1, 2n ** 60n, 2n ** 60n))), /prefix of 53 bytes/],
    ['a prefix that fits no place', under(leftOf(header(1, 2n ** 41n, 2n ** 41n))), /two children/],
    [
      'a byte too many before the child',
      under(leftOf(join(header(1, 2, 1), LENGTH))),
      /2 bytes before its child/,
    ],
    [
      'two siblings on the left',
      under({
        ...rightOf(header(1, 2, 1)),
        prefix: join(header(1, 2, 1), LENGTH, HASH, LENGTH, HASH, LENGTH),
      }),
      /prefix of 70 bytes/,
    ],
    [
      'another length than 32 for the child',
      under({ ...leftOf(header(1, 2, 1)), prefix: join(header(1, 2, 1), bytes('0x21')) }),
      /no SHA-256/,
    ],
    [
      'another length than 32 for the left sibling',
      under({ ...rightOf(header(1, 2, 1)), prefix: join(header(1, 2, 1), bytes('0x21'), HASH, LENGTH) }),
      /no SHA-256/,
    ],
    [
      'another length than 32 for the right sibling',
      under({ ...leftOf(header(1, 2, 1)), suffix: join(bytes('0x21'), HASH) }),
      /no SHA-256/,
    ],
    [
      'a byte too many behind the child',
      under({ ...leftOf(header(1, 2, 1)), suffix: join(LENGTH, HASH, LENGTH) }),
      /suffix of 34 bytes/,
    ],
    [
      'two siblings on the right',
      under({ ...leftOf(header(1, 2, 1)), suffix: join(LENGTH, HASH, LENGTH, HASH) }),
      /two children/,
    ],
    [
      'siblings on both sides',
      under({ ...rightOf(header(1, 2, 1)), suffix: join(LENGTH, HASH) }),
      /two children/,
    ],
    ['no sibling', under({ ...leftOf(header(1, 2, 1)), suffix: new Uint8Array() }), /two children/],
    [
      '129 nodes',
      under(...Array.from({ length: 129 }, (_, i) => rightOf(header(i + 1, 1, 1)))),
      /129 nodes deep/,
    ],
  ])('is wrong with %s', (_, proof, why) => {
    expect(verdictOn('iavl', proof)).toMatch(why)
  })
})

describe('the form of a proof about a store', () => {
  const under = (...path: Step[]): Existence => ({ ...inSimple, path })
  const tag = Uint8Array.of(1)

  it.each<[string, Existence]>([
    ['as the tree makes it', inSimple],
    ['of a chain with one store', under()],
    [
      'as deep as it may be',
      under(...Array.from({ length: 128 }, () => ({ hash: 1, prefix: tag, suffix: HASH }))),
    ],
  ])('is right %s', (_, proof) => {
    expect(verdictOn('tendermint', proof)).toBe('accepted')
  })

  it.each<[string, Existence, RegExp]>([
    ['the leaf of an IAVL tree', withLeaf(inSimple, { prefix: header(0, 1, 1) }), /bytes between/],
    ['a leaf marked as an inner node', withLeaf(inSimple, { prefix: tag }), /not marked as a leaf/],
    [
      'a node without prefix',
      under({ hash: 1, prefix: new Uint8Array(), suffix: HASH }),
      /prefix of 0 bytes/,
    ],
    ['a node marked as a leaf', under({ hash: 1, prefix: bytes('0x00'), suffix: HASH }), /marked as a leaf/],
    [
      'a node marked by another byte',
      under({ hash: 1, prefix: bytes('0x02'), suffix: HASH }),
      /not marked as an inner/,
    ],
    [
      'a byte too many before the child',
      under({ hash: 1, prefix: join(tag, tag), suffix: HASH }),
      /two children/,
    ],
    [
      'a byte too few before the child',
      under({ hash: 1, prefix: join(tag, HASH.subarray(1)), suffix: new Uint8Array() }),
      /two children/,
    ],
    [
      'two siblings on the left',
      under({ hash: 1, prefix: join(tag, HASH, HASH), suffix: new Uint8Array() }),
      /prefix of 65 bytes/,
    ],
    ['two siblings on the right', under({ hash: 1, prefix: tag, suffix: join(HASH, HASH) }), /two children/],
    ['siblings on both sides', under({ hash: 1, prefix: join(tag, HASH), suffix: HASH }), /two children/],
    ['no sibling', under({ hash: 1, prefix: tag, suffix: new Uint8Array() }), /two children/],
    [
      'a byte too many behind the child',
      under({ hash: 1, prefix: tag, suffix: join(HASH, tag) }),
      /suffix of 33 bytes/,
    ],
    ['a node hashed by SHA-512', under({ hash: 2, prefix: tag, suffix: HASH }), /hashed by operation 2/],
    [
      '129 nodes',
      under(...Array.from({ length: 129 }, () => ({ hash: 1, prefix: tag, suffix: HASH }))),
      /129 nodes deep/,
    ],
  ])('is wrong with %s', (_, proof, why) => {
    expect(verdictOn('tendermint', proof)).toMatch(why)
  })
})

describe('a forgery that hashes to the true root', () => {
  it.each(['iavl', 'tendermint'] as const)('cannot move the start of a key into the prefix (%s)', (tree) => {
    // The key holds a length byte and, behind it, the key that the forger wants.
    const wanted = bytes('adp_evil')
    const long = join(bytes('x'), uvarint(wanted.length), wanted)
    const entries = [...ENTRIES, { key: long, value: bytes('poison') }]
    const built = tree === 'iavl' ? iavlTree(entries) : simpleTree(entries)
    const honest = built.entries.find((each) => Buffer.compare(each.key, long) === 0)
    if (honest === undefined) throw new Error('the tree holds every entry')
    const prefix = join(honest.leaf.prefix, uvarint(long.length), bytes('x'))
    const forged = withLeaf({ ...honest, key: wanted }, { prefix })
    expect(hashOf(forged)).toEqual(built.root)
    expect(verdictOn(tree, honest, built.root)).toBe('accepted')
    expect(verdictOn(tree, forged, built.root)).toMatch(/bytes between/)
  })

  it('cannot show an inner node of an IAVL tree as a leaf', () => {
    const left = { key: bytes('a'), value: bytes('1') }
    const right = { key: bytes('b'), value: bytes('2') }
    const built = iavlTree([left, right])
    const [first, second] = built.entries
    if (first === undefined || second === undefined) throw new Error('the tree has two entries')
    // The hash of the left child as key, and as value what the hash of the right child was made from.
    const forged: Existence = {
      key: leafHash(first),
      value: join(second.leaf.prefix, uvarint(1), second.key, LENGTH, sha256(second.value)),
      leaf: { ...first.leaf, prefix: header(1, 2, 1) },
      path: [],
    }
    expect(hashOf(forged)).toEqual(built.root)
    expect(verdictOn('iavl', forged, built.root)).toMatch(/not marked as a leaf/)
  })

  it.each(['iavl', 'tendermint'] as const)('cannot show a leaf as an inner node (%s)', (tree) => {
    const isIavl = tree === 'iavl'
    const target = isIavl ? inIavl : inSimple
    const fake: Existence = { ...target, key: bytes('adp_evil'), value: bytes('approved'), path: [] }
    // Whoever may write one value writes the preimage of a leaf: the value's hash is that leaf's hash.
    const planted = join(fake.leaf.prefix, uvarint(8), fake.key, LENGTH, sha256(fake.value))
    const carrier = { key: bytes('k'.repeat(30)), value: planted }
    const built = isIavl ? iavlTree([carrier]) : simpleTree([carrier])
    const [honest] = built.entries
    if (honest === undefined) throw new Error('the tree has one entry')
    const step = {
      hash: 1,
      prefix: join(honest.leaf.prefix, uvarint(30), carrier.key, LENGTH),
      suffix: new Uint8Array(),
    }
    const forged = { ...fake, path: [step] }
    expect(hashOf(forged)).toEqual(built.root)
    expect(verdictOn(tree, forged, built.root)).toMatch(/marked as a leaf/)
  })
})
