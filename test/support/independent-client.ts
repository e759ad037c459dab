/** What a client that is not ours reads of a chain, beside what ours proves of it: the two have to agree. */
import { StargateClient } from '@cosmjs/stargate'
import { describe, expect, it } from 'vitest'
import { withCometClient } from './comet-client.ts'
import { keyOf, type ProvingWorld, prove } from './proven-reads.ts'

const upperHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase()

/** @param start called once, before the first claim */
export function describeIndependentClient(name: string, start: () => ProvingWorld): void {
  describe(`@cosmjs/stargate on ${name}`, () => {
    const url = () => start().urls[0]?.origin ?? ''
    const evidence = () => prove(start(), async (_reader, found) => found)

    it('reads the same chain id, and the proven height or a later one', async () => {
      const { target } = await evidence()
      const client = await StargateClient.connect(url())
      try {
        expect(await client.getChainId()).toBe(start().chainId)
        expect(BigInt(await client.getHeight())).toBeGreaterThanOrEqual(target.height)
      } finally {
        client.disconnect()
      }
    })

    it('reads the block that ours verified: the same hash, time and app hash', async () => {
      const { target } = await evidence()
      const height = Number(target.height)
      const [block, appHash] = await Promise.all([
        StargateClient.connect(url()).then(async (client) => {
          try {
            return await client.getBlock(height)
          } finally {
            client.disconnect()
          }
        }),
        withCometClient(url(), async (client) => (await client.commit(height)).header.appHash),
      ])
      expect(block.id).toBe(target.hash)
      expect(new Date(block.header.time)).toEqual(target.time)
      expect(upperHex(appHash)).toMatch(/^[0-9A-F]{64}$/)
    })

    it('reads the same validators on all pages, and the value that ours proved', async () => {
      const world = start()
      await world.put([['zw_both', keyOf('read by both')]])
      const [record, height] = await prove(world, async (reader) => [
        await reader.get('remes', keyOf('zw_both')),
        Number(reader.height),
      ])
      await withCometClient(url(), async (client) => {
        const { validators, total } = await client.validatorsAll(height)
        expect(validators).toHaveLength(total)
        const answer = await client.abciQuery({
          path: '/store/remes/key',
          data: keyOf('zw_both'),
          height,
          prove: true,
        })
        expect(new Uint8Array(answer.value)).toEqual(record.value)
        expect(answer.proof?.ops.map(({ type }) => type)).toEqual(['ics23:iavl', 'ics23:simple'])
      })
    })
  })
}
