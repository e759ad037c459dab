import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeIndependentClient } from '../support/independent-client.ts'
import {
  anchorOf,
  describeProvenReads,
  keyOf,
  lightClient,
  type ProvingWorld,
  prove,
} from '../support/proven-reads.ts'
import { CHAIN_BUILD_MS, goIsThere, type RealChain, realChain } from '../support/real-chain.ts'

/** What the first entries are is of no matter, but the keys of other claims must lie between some. */
const REGISTRY = ['adp_coder', 'adp_writer', 'gms_'].map((key) => [keyOf(key), keyOf(`of ${key}`)] as const)

function worldOf(chain: RealChain, oldHeight: bigint): ProvingWorld {
  return {
    chainId: chain.chainId,
    urls: chain.rpcUrls.map((url) => new URL(url)),
    oldHeight,
    async put(entries) {
      await chain.write(entries.map(([key, value]) => [keyOf(key), value] as const))
    },
  }
}

describe.skipIf(!goIsThere())('a real chain', () => {
  describe('of one validator and a node that follows it', () => {
    let chain: RealChain
    beforeAll(async () => {
      chain = await realChain({ powers: [10, 0], registry: REGISTRY })
      await chain.reach(6n)
    }, CHAIN_BUILD_MS)
    afterAll(() => chain?.close())

    describeProvenReads('it', () => worldOf(chain, 2n))
    describeIndependentClient('it', () => worldOf(chain, 2n))
  })

  describe('of four validators that rotate', () => {
    let chain: RealChain
    beforeAll(async () => {
      chain = await realChain({ powers: [10, 10, 10, 0], registry: REGISTRY })
      // Step by step to a set that has little in common with the first one.
      for (const powers of [
        [10, 10, 10, 10],
        [40, 10, 10, 10],
        [40, 10, 10, 200],
        [10, 1, 1, 200],
      ]) {
        const height = await chain.setPowers(powers)
        await chain.reach(height + 3n)
      }
    }, CHAIN_BUILD_MS)
    afterAll(() => chain?.close())

    describeProvenReads('it', () => worldOf(chain, 2n))
    describeIndependentClient('it', () => worldOf(chain, 2n))

    it('is followed over headers between', async () => {
      const world = worldOf(chain, 2n)
      const basis = lightClient(await anchorOf(world, 2n))
      const { trace } = await prove(world, async (_reader, evidence) => evidence, { basis })
      expect(trace.length).toBeGreaterThan(2)
    })
  })
})
