/** Random histories of a real store: every proof is checked, and compared with the one that our own tree gives. */
import { toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkStoreProof } from '../../src/chain/ics23/store-proof.ts'
import type { ProofVerdict } from '../../src/chain/ics23/types.ts'
import { type IavlTree, iavlGet, iavlRemove, iavlSet } from '../../src/devnet/iavl.ts'
import { iavlProof } from '../../src/devnet/iavl-proof.ts'
import { CommitmentProofSchema } from '../../src/gen/cosmos/ics23/v1/proofs_pb.js'
import { callNode, readStore } from '../support/node-answers.ts'
import { CHAIN_BUILD_MS, goIsThere, type RealChain, realChain } from '../support/real-chain.ts'

type Write = readonly [key: Uint8Array, value: Uint8Array | undefined]

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))
const keyName = (key: Uint8Array): string => Buffer.from(key).toString('hex')

/** Few keys, so that they are set again, removed and missed; some are the beginning of others. */
const aKey = fc
  .array(fc.constantFrom(0, 1, 0x61, 0xff), { minLength: 1, maxLength: 4 })
  .map((numbers) => Uint8Array.from(numbers))
const aValue = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined, freq: 4 })
const aBlock: fc.Arbitrary<Write[]> = fc
  .array(fc.tuple(aKey, aValue), { minLength: 1, maxLength: 40 })
  // Of one key a block keeps one write, and the chain writes in the order of the keys.
  .map((writes) => [...new Map(writes.map((write) => [keyName(write[0]), write])).values()])
  .map((writes) => writes.sort(([one], [other]) => Buffer.compare(one, other)))

interface ProvenAnswer {
  readonly value: string | null
  readonly proofOps: {
    readonly ops: readonly { readonly type: string; readonly key: string; readonly data: string }[]
  }
}

describe.skipIf(!goIsThere())('proofs of a real chain (needs Go)', () => {
  let chain: RealChain
  let url: string
  beforeAll(async () => {
    chain = await realChain({ blockTimeMs: 50 })
    url = chain.rpcUrls[0] ?? ''
  }, CHAIN_BUILD_MS)
  afterAll(() => chain?.close())

  /** The app hash of the state at a height stands in the next header. */
  async function appHashOf(height: bigint): Promise<Uint8Array> {
    const { body } = await callNode(url, 'commit', { height: String(height + 1n) })
    const { result } = body as { result: { signed_header: { header: { app_hash: string } } } }
    return new Uint8Array(Buffer.from(result.signed_header.header.app_hash, 'hex'))
  }

  const ask = async (key: Uint8Array, height: bigint): Promise<ProvenAnswer> =>
    (await readStore(url, { key, height, prove: true })) as ProvenAnswer

  function verdictOn(answer: ProvenAnswer, key: Uint8Array, appHash: Uint8Array): ProofVerdict {
    return checkStoreProof({
      appHash,
      store: 'remes',
      key,
      value: answer.value === null ? undefined : fromBase64(answer.value),
      proofOps: answer.proofOps.ops.map((op) => ({
        type: op.type,
        key: fromBase64(op.key),
        data: fromBase64(op.data),
      })),
    })
  }

  /** What a key's proof shows in a tree: its value, its absence, or nothing where an empty value is involved. */
  function expectedOf(tree: IavlTree, key: Uint8Array): unknown {
    const { proof } = iavlProof(tree, key)
    if (proof.case === 'exist') {
      return proof.value.value.length === 0 ? 'unprovable' : { kind: 'existence', value: proof.value.value }
    }
    if (proof.case !== 'nonexist') return undefined
    const [left, right] = [proof.value.left, proof.value.right].map(
      (each) => each && { key: each.key, value: each.value },
    )
    const isProvable = [left, right].every((each) => each === undefined || each.value.length > 0)
    return isProvable ? { kind: 'absence', left, right } : 'unprovable'
  }

  it('show what the store holds at every height, and are those of our own tree, byte by byte', async () => {
    const trees: { readonly height: bigint; readonly tree: IavlTree; readonly appHash: Uint8Array }[] = []
    const seen = { existence: 0, absence: 0, unprovable: 0 }

    async function apply(writes: readonly Write[]): Promise<void> {
      const height = await chain.write(writes)
      const before = trees.at(-1)?.tree
      const tree = writes.reduce<IavlTree>(
        (now, [key, value]) =>
          value === undefined ? iavlRemove(now, key, height) : iavlSet(now, key, value, height),
        before,
      )
      trees.push({ height, tree, appHash: await appHashOf(height) })
    }

    async function compare(place: number, key: Uint8Array): Promise<void> {
      const at = trees[place % trees.length]
      if (at === undefined) return
      const answer = await ask(key, at.height)
      const value = iavlGet(at.tree, key)
      expect(answer.value).toBe(value === undefined ? null : Buffer.from(value).toString('base64'))
      expect(answer.proofOps.ops[0]?.data).toBe(
        Buffer.from(toBinary(CommitmentProofSchema, iavlProof(at.tree, key))).toString('base64'),
      )
      const verdict = verdictOn(answer, key, at.appHash)
      const found = verdict.ok ? verdict.proof : verdict.kind
      expect(found).toEqual(expectedOf(at.tree, key))
      if (verdict.ok) seen[verdict.proof.kind] += 1
      else seen.unprovable += 1
    }

    await fc.assert(
      fc.asyncProperty(
        aBlock,
        fc.array(fc.tuple(fc.nat(), aKey), { minLength: 40, maxLength: 40 }),
        async (writes, questions) => {
          await apply(writes)
          for (const [place, key] of questions) await compare(place, key)
        },
      ),
      // The chain goes on from one run to the next, so a failure is repeated by its seed alone, and cannot be made smaller.
      { numRuns: 12, endOnFailure: true },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
  }, 120_000)
})
