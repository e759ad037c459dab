import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkStoreProof } from '../../src/chain/ics23/store-proof.ts'
import { type IavlTree, iavlEntries, iavlGet, iavlHash, iavlRemove, iavlSet } from '../../src/devnet/iavl.ts'
import { iavlProof } from '../../src/devnet/iavl-proof.ts'
import { multistoreRoot, proofOps } from '../../src/devnet/multistore.ts'
import { CommitmentProofSchema } from '../../src/gen/cosmos/ics23/v1/proofs_pb.js'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const hex = (content: Uint8Array) => Buffer.from(content).toString('hex')
const digest = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

/** Lines of the vectors that start with a word, in their other words. */
function vectors(word: string): string[][] {
  return readFileSync(join(import.meta.dirname, 'iavl-vectors.txt'), 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([first]) => first === word)
    .map(([, ...words]) => words)
}

/** The trees that the vectors' writes make, by version. */
function grownTrees(): Map<string, IavlTree> {
  const trees = new Map<string, IavlTree>()
  let tree: IavlTree
  for (const [version = '', , ...writes] of vectors('version')) {
    for (const write of writes) {
      const [key = '', value = ''] = write.split('=')
      tree = write.startsWith('-')
        ? iavlRemove(tree, bytes(write.slice(1)), BigInt(version))
        : iavlSet(tree, bytes(key), bytes(value), BigInt(version))
    }
    trees.set(version, tree)
  }
  return trees
}

function storesOfVectors(): Map<string, IavlTree> {
  const trees = grownTrees()
  return new Map(vectors('store').map(([name = '', version = '']) => [name, trees.get(version)]))
}

describe('the state tree', () => {
  it('has the roots of cosmos/iavl, version by version', () => {
    const trees = grownTrees()
    const expected = vectors('version').map(([version, root]) => [version, root])
    expect(expected).toHaveLength(120)
    expect([...trees].map(([version, tree]) => [version, hex(iavlHash(tree))])).toEqual(expected)
  })

  it('gives the proofs of cosmos/iavl, of presence and of absence, byte for byte', () => {
    const trees = grownTrees()
    const expected = vectors('proof')
    const made = expected.map(([version = '', key = '']) => {
      const proof = iavlProof(trees.get(version), bytes(key))
      return [version, key, digest(toBinary(CommitmentProofSchema, proof))]
    })
    expect(expected.length).toBeGreaterThan(100)
    expect(made).toEqual(expected)
  })

  it('keeps every older version as it was', () => {
    const before = iavlSet(iavlSet(undefined, bytes('a'), bytes('1'), 1n), bytes('b'), bytes('2'), 1n)
    const root = hex(iavlHash(before))
    const after = iavlRemove(iavlSet(before, bytes('a'), bytes('other'), 2n), bytes('b'), 2n)
    expect(hex(iavlHash(after))).not.toBe(root)
    expect([iavlGet(before, bytes('a')), iavlGet(before, bytes('b'))]).toEqual([bytes('1'), bytes('2')])
    expect(hex(iavlHash(before))).toBe(root)
  })

  it('holds what a map holds, in key order, whatever was set and removed', () => {
    const key = fc.string({ minLength: 1, maxLength: 3 })
    const write = fc.tuple(key, fc.option(fc.string(), { nil: undefined }))
    fc.assert(
      fc.property(fc.array(write, { maxLength: 80 }), key, (writes, prefix) => {
        const map = new Map<string, string>()
        let tree: IavlTree
        for (const [index, [name, value]] of writes.entries()) {
          const version = BigInt(index)
          if (value === undefined) {
            map.delete(name)
            tree = iavlRemove(tree, bytes(name), version)
          } else {
            map.set(name, value)
            tree = iavlSet(tree, bytes(name), bytes(value), version)
          }
        }
        const sorted = [...map].sort(([a], [b]) => Buffer.compare(bytes(a), bytes(b)))
        const listed = (start: string) =>
          iavlEntries(tree, bytes(start)).map(({ key, value }) => [
            Buffer.from(key).toString(),
            Buffer.from(value).toString(),
          ])
        expect(listed('')).toEqual(sorted)
        expect(listed(prefix)).toEqual(sorted.filter(([name]) => name.startsWith(prefix)))
      }),
    )
  })
})

describe('the multistore', () => {
  it('has the app hash and the store proofs of the Cosmos SDK', () => {
    const stores = storesOfVectors()
    expect([hex(multistoreRoot(stores))]).toEqual(vectors('apphash')[0])
    const made = vectors('storeproof').map(([name = '']) => {
      const op = proofOps(stores, name, bytes('k00'))[1]
      return [op?.type, hex(op?.key ?? bytes('')), digest(op?.data ?? bytes(''))]
    })
    expect(made).toEqual(
      vectors('storeproof').map(([name = '', proof]) => ['ics23:simple', hex(bytes(name)), proof]),
    )
  })

  it('proves every key of a store, and every gap whose entries have values', () => {
    const stores = storesOfVectors()
    const appHash = multistoreRoot(stores)
    const verdict = (store: string, key: Uint8Array, value: Uint8Array | undefined) =>
      checkStoreProof({ appHash, store, key, value, proofOps: proofOps(stores, store, key) })
    for (const [store, tree] of stores) {
      const entries = iavlEntries(tree, bytes(''))
      expect(entries.length).toBeGreaterThan(0)
      for (const [index, { key, value }] of entries.entries()) {
        if (value.length > 0) {
          expect(verdict(store, key, value)).toEqual({ ok: true, proof: { kind: 'existence', value } })
        }
        const right = entries[index + 1]
        const isProvable = value.length > 0 && right?.value.length !== 0
        const gap = verdict(store, Buffer.concat([key, Uint8Array.of(0)]), undefined)
        expect(gap).toMatchObject(
          isProvable
            ? {
                ok: true,
                proof: { kind: 'absence', left: { key }, ...(right && { right: { key: right.key } }) },
              }
            : { ok: false, kind: 'unprovable' },
        )
      }
    }
  })
})
