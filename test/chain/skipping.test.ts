import { describe, expect, it } from 'vitest'
import type { LightBlock } from '../../src/chain/light/types.ts'
import { EndpointUnfit } from '../../src/chain/node/unfit.ts'
import { verifySkipping } from '../../src/chain/skipping.ts'
import { fourSeats, type LightChain, type LightChainOptions, lightChain } from '../support/light-chain.ts'
import { failureOf } from '../support/rpc-node.ts'

const DAY_NS = 86_400_000_000_000n

/** Verifies from height `from` to `to` with the headers that this chain serves. */
async function skip(chain: LightChain, from: bigint, to: bigint, period = DAY_NS) {
  const target = await chain.lightBlock(to)
  const rules = { trustingPeriodNs: period, nowNs: () => BigInt(Date.now()) * 1_000_000n }
  return await verifySkipping(chain, chain.root(from), target, rules)
}

const standing: LightChainOptions['seatsAt'] = () => [0, 1, 2, 3]

/** The block as if only the first `count` validators had voted. */
function signedBy(count: number, { signedHeader, validators }: LightBlock): LightBlock {
  const { header, commit } = signedHeader
  const signatures = commit.signatures.map((vote, index) =>
    index < count
      ? vote
      : {
          blockIdFlag: 1 as const,
          validatorAddress: new Uint8Array(),
          timestamp: { seconds: -62_135_596_800n, nanos: 0 },
          signature: new Uint8Array(),
        },
  )
  return { signedHeader: { header, commit: { ...commit, signatures } }, validators }
}

describe('skipping verification', () => {
  it('goes straight to the target while the validators stay', async () => {
    const chain = lightChain({ seatsAt: standing })
    expect(await skip(chain, 2n, 9_000n)).toEqual([2n, 9_000n])
    expect(chain.asked).toEqual([9_000n])
  })

  it('takes an adjacent header by its named validators alone', async () => {
    const chain = lightChain({ seatsAt: (height) => (height < 101n ? [0, 1, 2, 3] : [4, 5, 6, 7]) })
    expect(await skip(chain, 100n, 101n)).toEqual([100n, 101n])
  })

  it('goes over headers between when all validators have changed', async () => {
    const chain = lightChain({ seatsAt: fourSeats(1000n) })
    const trace = await skip(chain, 2n, 9_000n)
    expect(trace[0]).toBe(2n)
    expect(trace.at(-1)).toBe(9_000n)
    expect(trace.length).toBeGreaterThan(3)
    expect(trace).toEqual(trace.toSorted((a, b) => (a < b ? -1 : 1)))
    // Each header between was asked for once.
    expect(new Set(chain.asked).size).toBe(chain.asked.length)
  })

  it('finds the one block at which all validators changed at once', async () => {
    const chain = lightChain({ seatsAt: (height) => (height < 4_711n ? [0, 1, 2, 3] : [4, 5, 6, 7]) })
    const trace = await skip(chain, 2n, 9_000n)
    expect(trace).toContain(4_710n)
    expect(trace).toContain(4_711n)
    expect(chain.asked.length).toBeLessThan(20)
  })

  it('refuses a target that too few of its own validators signed', async () => {
    const chain = lightChain({ seatsAt: standing, spoil: (block) => signedBy(2, block) })
    const failure = await failureOf(skip(chain, 2n, 9_000n))
    expect(failure.code).toBe('HEADER_INVALID')
    expect(failure.message).toContain('https://rpc.example.org')
    expect(failure.message).toContain('height 9000')
  })

  it('refuses a header between that is none, however good the target is', async () => {
    const chain = lightChain({
      seatsAt: fourSeats(1000n),
      spoil: (block) => (block.signedHeader.header.height === 9_000n ? block : signedBy(2, block)),
    })
    expect((await failureOf(skip(chain, 2n, 9_000n))).code).toBe('HEADER_INVALID')
  })

  it('refuses validators that the header below does not name', async () => {
    const honest = lightChain({ seatsAt: fourSeats(1000n) })
    const chain = { ...honest, validators: async () => honest.root(9_999n).nextValidators }
    expect((await failureOf(skip(chain, 2n, 9_000n))).message).toContain('does not name')
  })

  it('refuses a target of another chain of validators', async () => {
    const honest = lightChain({ seatsAt: standing })
    const liar = lightChain({ seatsAt: () => [10, 11, 12, 13] })
    const target = await liar.lightBlock(9_000n)
    const rules = { trustingPeriodNs: DAY_NS, nowNs: () => BigInt(Date.now()) * 1_000_000n }
    const failure = await failureOf(verifySkipping(liar, honest.root(2n), target, rules))
    expect(failure.code).toBe('HEADER_INVALID')
  })

  it('refuses a trusted header older than the trusting period, and says what to do', async () => {
    const chain = lightChain({ seatsAt: standing })
    const failure = await failureOf(skip(chain, 2n, 9_000n, 3_600_000_000_000n))
    expect(failure.code).toBe('TRUST_EXPIRED')
    expect(failure.message).toContain('lock --renew')
  })

  it('calls an endpoint unfit that lacks a header between, and names the height', async () => {
    const chain = lightChain({
      seatsAt: fourSeats(1000n),
      isPruned: (height) => height < 8_000n,
    })
    const failure = await failureOf(skip(chain, 2n, 9_000n))
    expect(failure).toBeInstanceOf(EndpointUnfit)
    expect(failure.code).toBe('NOT_ENOUGH_TRUST')
    expect(failure.message).toContain('4501')
  })
})
