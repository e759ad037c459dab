import { Agent } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import { ForkDetected } from '../../src/chain/index.ts'
import type { SignedHeader } from '../../src/chain/light/types.ts'
import { type Endpoint, openEndpoint } from '../../src/chain/node/endpoint.ts'
import { Patience } from '../../src/chain/patience.ts'
import { type Examination, examineWitnesses } from '../../src/chain/witnesses.ts'
import { silentReporter } from '../../src/core/index.ts'
import { CHAIN_ID, fourSeats, type LightChain, lightChain } from '../support/light-chain.ts'
import { DAY_MS } from '../support/proven-reads.ts'
import { failureOf } from '../support/rpc-node.ts'

const dispatcher = new Agent()
afterAll(() => dispatcher.close())

const SEATS = { seatsAt: fourSeats(100_000n) }
const FORGED = 'https://forged.example.org'
const HONEST = 'https://honest.example.org'

/** The same validators, 500 blocks further at the same time: what their keys can make of nothing. */
const forged = () => lightChain({ ...SEATS, endpoint: FORGED, latest: 10_500n, appHash: 'forged' })
const honest = (latest = 10_000n) => lightChain({ ...SEATS, endpoint: HONEST, latest })

const endpointOf = (provider: LightChain): Endpoint => ({
  ...openEndpoint(new URL(provider.endpoint), { dispatcher }),
  provider,
})

async function examine(primary: LightChain, witness: LightChain, root: 'quorum' | 'block', height = 10_500n) {
  const examination: Examination = {
    chainId: CHAIN_ID,
    primary: endpointOf(primary),
    target: await primary.lightBlock(height),
    root: root === 'quorum' ? root : primary.root(9000n),
    rules: {
      trustingPeriodNs: BigInt(DAY_MS) * 1_000_000n,
      nowNs: () => BigInt(Date.now()) * 1_000_000n,
    },
    patience: new Patience(0, 10),
    reporter: silentReporter,
    signal: new AbortController().signal,
  }
  const { latestHeight } = await witness.status()
  return await examineWitnesses(examination, [{ endpoint: endpointOf(witness), height: latestHeight }])
}

describe('a witness whose newest block is lower than the target and no older', () => {
  it('reveals a fork when it proves it: nobody hides one above the tip of the chain', async () => {
    const primary = forged()
    const failure = await failureOf(examine(primary, honest(), 'block'))
    expect(failure).toBeInstanceOf(ForkDetected)
    expect(failure.message).toContain('block 10500 of the first is no newer than block 10000 of the second')
    expect(failure).toMatchObject({
      evidence: { primary: { endpoint: FORGED }, witness: { endpoint: HONEST } },
    })
  })

  it('disagrees under quorum', async () => {
    const primary = forged()
    const failure = await failureOf(examine(primary, honest(), 'quorum'))
    expect(failure.code).toBe('QUORUM_DISAGREES')
    expect(failure.message).toContain('block 10500 of the first is no newer than block 10000 of the second')
  })

  it('is a liar when it cannot prove it', async () => {
    const primary = forged()
    const strangers = lightChain({ seatsAt: () => [90, 91, 92, 93], endpoint: HONEST })
    const [report] = await examine(primary, strangers, 'block')
    expect(report).toMatchObject({ verdict: 'conflicting' })
    expect(report?.why).toContain('its block 10000 is no older than block 10500')
  })
})

describe('a witness that is behind', () => {
  it('and older than the target is lagging', async () => {
    const primary = honest(10_500n)
    const behind: LightChain = {
      ...primary,
      endpoint: HONEST,
      status: async () => ({ ...(await primary.status()), latestHeight: 10_400n }),
    }
    expect(await examine(primary, behind, 'block')).toMatchObject([{ verdict: 'lagging' }])
    expect(await examine(primary, behind, 'quorum')).toMatchObject([{ verdict: 'lagging' }])
  })
})

describe('a witness that answers one question in two ways', () => {
  it.each(['block', 'quorum'] as const)(
    'makes no fork of the very block that the primary has: %s',
    async (root) => {
      const primary = honest()
      let asked = 0
      const other = (shown: SignedHeader): SignedHeader => ({
        ...shown,
        header: { ...shown.header, appHash: new Uint8Array(32) },
      })
      const fickle: LightChain = {
        ...primary,
        endpoint: 'https://fickle.example.org',
        async signedHeader(height) {
          asked += 1
          const shown = await primary.signedHeader(height)
          return asked === 1 ? other(shown) : shown
        },
      }
      const [report] = await examine(primary, fickle, root, 10_000n)
      expect(report).toMatchObject({ verdict: 'conflicting' })
      expect(report?.why).toContain('shows another header at height 10000')
    },
  )
})
