import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkStoreProof } from '../../../src/chain/ics23/store-proof.ts'
import {
  type Absence,
  absenceIn,
  answerTo,
  bytes,
  type Entry,
  type Existence,
  iavlTree,
  multistore,
} from '../../support/ics23.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const RUNS = { seed: SEED, numRuns: 200 }

/** Few letters, so that keys are often each other's prefixes. */
const key = fc
  .array(fc.constantFrom(0, 1, 0x20, 0x61, 0xff), { minLength: 1, maxLength: 6 })
  .map((each) => Uint8Array.from(each))
const value = fc.uint8Array({ minLength: 1, maxLength: 40 })

function entriesOf(least: number): fc.Arbitrary<Entry[]> {
  return fc.uniqueArray(fc.record({ key, value }), {
    minLength: least,
    maxLength: 24,
    selector: (entry) => Buffer.from(entry.key).toString('hex'),
  })
}

const shape = fc.record({
  splits: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
  versions: fc.array(fc.bigInt({ min: 0n, max: 2n ** 31n }), { minLength: 1, maxLength: 6 }),
})

const tree = fc.tuple(entriesOf(0), shape).map(([entries, how]) => iavlTree(entries, how))

const chain = fc
  .tuple(tree, fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tree, { maxKeys: 9, noNullPrototype: true }))
  .map(([remes, others]) => multistore({ ...others, remes }))

function treeOf(world: ReturnType<typeof multistore>) {
  const found = world.stores.get('remes')
  if (found === undefined) throw new Error('every chain here has the store')
  return found
}

function entryOf(proof: Existence | undefined) {
  return proof && { key: proof.key, value: proof.value }
}

describe(`the proofs of any chain (SEED=${SEED})`, () => {
  it('prove the value of every key that is there', () => {
    fc.assert(
      fc.property(chain, (world) => {
        for (const entry of treeOf(world).entries) {
          expect(checkStoreProof(answerTo(world, 'remes', entry.key))).toEqual({
            ok: true,
            proof: { kind: 'existence', value: entry.value },
          })
        }
      }),
      RUNS,
    )
  })

  it('prove the absence of every key that is not there, between its true neighbours', () => {
    fc.assert(
      fc.property(chain, fc.array(key, { minLength: 1, maxLength: 8 }), (world, keys) => {
        const entries = treeOf(world).entries
        for (const absent of keys.filter((each) =>
          entries.every((entry) => Buffer.compare(entry.key, each) !== 0),
        )) {
          const { left, right } = absenceIn(treeOf(world), absent)
          expect(checkStoreProof(answerTo(world, 'remes', absent))).toEqual({
            ok: true,
            proof: { kind: 'absence', left: entryOf(left), right: entryOf(right) },
          })
        }
      }),
      RUNS,
    )
  })

  it('prove no key by the proof of another', () => {
    fc.assert(
      fc.property(chain, (world) => {
        const { entries } = treeOf(world)
        for (const asked of entries) {
          for (const other of entries.filter((each) => each !== asked)) {
            const answer = answerTo(world, 'remes', asked.key, other)
            expect(checkStoreProof(answer).ok).toBe(false)
            expect(checkStoreProof({ ...answer, value: other.value }).ok).toBe(false)
          }
        }
      }),
      RUNS,
    )
  })

  it('prove no other value', () => {
    fc.assert(
      fc.property(chain, value, (world, other) => {
        for (const entry of treeOf(world).entries.filter((each) => Buffer.compare(each.value, other) !== 0)) {
          const lie = answerTo(world, 'remes', entry.key, { ...entry, value: other })
          expect(checkStoreProof({ ...lie, value: other }).ok).toBe(false)
          expect(checkStoreProof({ ...answerTo(world, 'remes', entry.key), value: other }).ok).toBe(false)
        }
      }),
      RUNS,
    )
  })

  it('prove no absence of a key that is there, whichever entries are shown as its neighbours', () => {
    fc.assert(
      fc.property(chain, (world) => {
        const { entries } = treeOf(world)
        const shown = [undefined, ...entries]
        for (const present of entries) {
          for (const left of shown) {
            for (const right of shown.slice(0, 9)) {
              const lie: Absence = { key: present.key, left, right }
              const answer = { ...answerTo(world, 'remes', present.key, lie), value: undefined }
              expect(checkStoreProof(answer).ok).toBe(false)
            }
          }
        }
      }),
      { ...RUNS, numRuns: 40 },
    )
  })

  it('prove an absence by its true neighbours only', () => {
    fc.assert(
      fc.property(chain, key, (world, absent) => {
        const { entries } = treeOf(world)
        fc.pre(entries.every((entry) => Buffer.compare(entry.key, absent) !== 0))
        const truth = absenceIn(treeOf(world), absent)
        const shown = [undefined, ...entries]
        const accepted = shown.flatMap((left) =>
          shown
            .map((right): Absence => ({ key: absent, left, right }))
            .filter((each) => checkStoreProof(answerTo(world, 'remes', absent, each)).ok),
        )
        expect(accepted).toEqual([truth])
      }),
      { ...RUNS, numRuns: 40 },
    )
  })

  it('prove nothing in another store, or under another app hash', () => {
    fc.assert(
      fc.property(chain, tree, (world, elsewhere) => {
        const other = multistore({ ...Object.fromEntries(world.stores), elsewhere })
        for (const entry of treeOf(world).entries) {
          const answer = answerTo(world, 'remes', entry.key)
          const [iavl] = answer.proofOps
          const [, simple] = answerTo(other, 'elsewhere', bytes('any')).proofOps
          if (iavl === undefined || simple === undefined) throw new Error('an answer has two operations')
          expect(checkStoreProof({ ...answer, appHash: other.appHash }).ok).toBe(false)
          const moved = { ...answer, appHash: other.appHash, store: 'elsewhere', proofOps: [iavl, simple] }
          const isSameTree = Buffer.compare(treeOf(world).root, elsewhere.root) === 0
          expect(checkStoreProof(moved).ok).toBe(isSameTree)
        }
      }),
      { ...RUNS, numRuns: 60 },
    )
  })
})
