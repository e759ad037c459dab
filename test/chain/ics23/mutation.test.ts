import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkStoreProof } from '../../../src/chain/ics23/store-proof.ts'
import { FIXTURES } from '../../support/conformance.ts'
import { answerTo, bytes, iavlTree, multistore } from '../../support/ics23.ts'
import { refusalOf, VECTORS, type Vector, vector } from '../../support/ics23-vectors.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const MUTANTS = 4_000

/** One change of a byte string. `at` and `to` are parts of its length. */
interface Edit {
  readonly how: 'flip' | 'set' | 'insert' | 'delete' | 'repeat' | 'cut' | 'swap' | 'zero'
  readonly at: number
  readonly to: number
  readonly byte: number
}

const edit: fc.Arbitrary<Edit> = fc.record({
  how: fc.constantFrom('flip', 'set', 'insert', 'delete', 'repeat', 'cut', 'swap', 'zero'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  to: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  byte: fc.integer({ min: 0, max: 255 }),
})

const edits = fc.array(edit, { minLength: 1, maxLength: 3 })

function apply(source: Uint8Array, { how, at, to, byte }: Edit): Uint8Array {
  const [from, end] = [at, to].map((part) => Math.floor(part * source.length)).sort((a, b) => a - b)
  const [start, stop] = [from ?? 0, end ?? 0]
  const before = source.subarray(0, start)
  const between = source.subarray(start, stop)
  const after = source.subarray(start + 1)
  const old = source[start] ?? 0
  const parts: Readonly<Record<Edit['how'], readonly Uint8Array[]>> = {
    flip: [before, Uint8Array.of(old ^ (1 << (byte % 8))), after],
    set: [before, Uint8Array.of(byte), after],
    insert: [before, Uint8Array.of(byte), source.subarray(start)],
    delete: [before, after],
    repeat: [before, between, between, source.subarray(stop)],
    cut: [before, source.subarray(stop)],
    swap: [between, before, source.subarray(stop)],
    zero: [before, new Uint8Array(between.length), source.subarray(stop)],
  }
  return new Uint8Array(Buffer.concat(parts[how]))
}

function same(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return Buffer.compare(one ?? new Uint8Array(), other ?? new Uint8Array()) === 0
}

function sample<T>(arbitrary: fc.Arbitrary<T>): T[] {
  return fc.sample(arbitrary, { numRuns: MUTANTS, seed: SEED })
}

describe(`a bent proof (SEED=${SEED})`, () => {
  it.skipIf(FIXTURES === undefined).each(VECTORS)('of %s proves nothing', (name) => {
    const original = vector(name)
    const bent = sample(
      fc.record({ target: fc.constantFrom('proof', 'proof', 'proof', 'key', 'value', 'root'), edits }),
    )
      .map(({ target, edits }): Vector => ({ ...original, [target]: edits.reduce(apply, original[target]) }))
      .filter(
        (each) =>
          !(['proof', 'key', 'value', 'root'] as const).every((part) => same(each[part], original[part])),
      )
    expect(bent.length).toBeGreaterThan(MUTANTS / 2)
    expect(bent.filter((each) => refusalOf(each) === undefined)).toEqual([])
  })

  it.skipIf(FIXTURES === undefined)('of one vector proves nothing about another', () => {
    const all = VECTORS.map(vector)
    const mixed = all.flatMap((one) =>
      all
        .filter((other) => other !== one)
        .flatMap((other) =>
          (['proof', 'key', 'root'] as const)
            .filter((part) => !same(one[part], other[part]))
            .map((part) => ({ ...one, [part]: other[part] })),
        ),
    )
    expect(mixed.filter((each) => refusalOf(each) === undefined)).toEqual([])
  })

  const entries = ['ada', 'bob', 'cid', 'dot', 'eve'].map((key) => ({
    key: bytes(key),
    value: bytes(`v-${key}`),
  }))
  const chain = multistore({
    bank: iavlTree(entries.slice(1)),
    remes: iavlTree(entries, { versions: [3n, 700n, 90_000n] }),
    staking: iavlTree(entries.slice(2)),
  })

  it.each([
    ['a value', 'cid'],
    ['an absence between entries', 'bub'],
    ['an absence before the first entry', 'a'],
    ['an absence behind the last entry', 'zoe'],
  ])('of a whole answer about %s proves nothing', (_, key) => {
    const original = answerTo(chain, 'remes', bytes(key))
    expect(checkStoreProof(original).ok).toBe(true)
    const [iavl, simple] = original.proofOps
    if (iavl === undefined || simple === undefined) throw new Error('an answer has two operations')
    const targets = ['iavl', 'simple', 'iavlKey', 'simpleKey', 'appHash', 'key', 'value'] as const
    const bent = sample(fc.record({ target: fc.constantFrom(...targets), edits }))
      .map(({ target, edits }) => {
        const change = (part: (typeof targets)[number], source: Uint8Array) =>
          part === target ? edits.reduce(apply, source) : source
        return {
          ...original,
          appHash: change('appHash', original.appHash),
          key: change('key', original.key),
          value: change('value', original.value ?? new Uint8Array()),
          proofOps: [
            { ...iavl, key: change('iavlKey', iavl.key), data: change('iavl', iavl.data) },
            { ...simple, key: change('simpleKey', simple.key), data: change('simple', simple.data) },
          ],
        }
      })
      .filter(
        (each) =>
          !(
            same(each.appHash, original.appHash) &&
            same(each.key, original.key) &&
            same(each.value, original.value) &&
            each.proofOps.every(
              (op, index) =>
                same(op.key, original.proofOps[index]?.key) && same(op.data, original.proofOps[index]?.data),
            )
          ),
      )
    expect(bent.length).toBeGreaterThan(MUTANTS / 2)
    expect(bent.filter((each) => checkStoreProof(each).ok)).toEqual([])
  })
})
