/** How real validators sign, change and fail. */
import type { Comet38Client } from '@cosmjs/tendermint-rpc'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withCometClient } from '../support/comet-client.ts'
import { callNode } from '../support/node-answers.ts'
import { CHAIN_BUILD_MS, goIsThere, type RealChain, realChain } from '../support/real-chain.ts'
import { adapterEntry } from '../support/store-entries.ts'

const base64 = (content: Uint8Array): string => Buffer.from(content).toString('base64')

describe.skipIf(!goIsThere())('a real chain of four validators (needs Go)', () => {
  let chain: RealChain
  beforeAll(async () => {
    chain = await realChain({ powers: [10, 10, 1, 1], registry: [adapterEntry('coder')] })
  }, CHAIN_BUILD_MS)
  afterAll(() => chain?.close())

  /** Addresses and powers of a height's validators, by the chain's own numbering. */
  async function powersAt(height: bigint): Promise<Record<number, bigint>> {
    const { validators } = await withCometClient(chain.rpcUrls[0] ?? '', (client) =>
      client.validatorsAll(Number(height)),
    )
    const places = validators.map(({ address, votingPower }) => {
      const name = Buffer.from(address).toString('hex').toUpperCase()
      return [chain.validators.findIndex((each) => each.address === name), votingPower] as const
    })
    return Object.fromEntries(places)
  }

  const commitsAt = (height: bigint): Promise<Awaited<ReturnType<Comet38Client['commit']>>[]> =>
    Promise.all(chain.rpcUrls.map((url) => withCometClient(url, (client) => client.commit(Number(height)))))

  it('is one chain: every node has the same header', async () => {
    const height = (await chain.advance(2)) - 1n
    const hashes = (await commitsAt(height)).map(({ commit }) => base64(commit.blockId.hash))
    expect(hashes).toHaveLength(4)
    expect(new Set(hashes).size).toBe(1)
  })

  it('passes its power on two blocks after a change', async () => {
    const height = await chain.setPowers([1, 1, 10, 10])
    await chain.reach(height + 2n)
    expect(await powersAt(height + 1n)).toEqual({ 0: 10n, 1: 10n, 2: 1n, 3: 1n })
    expect(await powersAt(height + 2n)).toEqual({ 0: 1n, 1: 1n, 2: 10n, 3: 10n })
  })

  it('lets a validator leave and come back', async () => {
    const left = await chain.setPowers([0, 10, 10, 10])
    await chain.reach(left + 2n)
    expect(await powersAt(left + 2n)).toEqual({ 1: 10n, 2: 10n, 3: 10n })
    const back = await chain.setPowers([10, 10, 10, 10])
    await chain.reach(back + 2n)
    expect(await powersAt(back + 2n)).toEqual({ 0: 10n, 1: 10n, 2: 10n, 3: 10n })
  })

  it('goes on without one of four, whose place in the commit then is empty', async () => {
    await chain.stopNode(3)
    const height = (await chain.advance(3)) - 1n
    const { body } = await callNode(chain.rpcUrls[0] ?? '', 'commit', { height: String(height) })
    const { result } = body as { result: { signed_header: { commit: { signatures: unknown[] } } } }
    expect(result.signed_header.commit.signatures).toContainEqual({
      block_id_flag: 1,
      validator_address: '',
      timestamp: '0001-01-01T00:00:00Z',
      signature: null,
    })
    const present = expect.objectContaining({ block_id_flag: 2 })
    expect(
      result.signed_header.commit.signatures.filter((each) => present.asymmetricMatch(each)),
    ).toHaveLength(3)
  })
})
