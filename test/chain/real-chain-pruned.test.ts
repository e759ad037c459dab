/** What a real node says of heights that it forgot. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callNode, internalError, readStore } from '../support/node-answers.ts'
import { CHAIN_BUILD_MS, goIsThere, type RealChain, realChain } from '../support/real-chain.ts'
import { adapterEntry } from '../support/store-entries.ts'

const base64 = (content: Uint8Array): string => Buffer.from(content).toString('base64')

describe.skipIf(!goIsThere())('a real chain that forgets (needs Go)', () => {
  const [key, value] = adapterEntry('coder')
  let chain: RealChain
  let url: string
  beforeAll(async () => {
    chain = await realChain({ keep: 5, registry: [[key, value]], blockTimeMs: 100 })
    url = chain.rpcUrls[0] ?? ''
    // States are forgotten at every tenth height.
    await chain.reach(21n)
  }, CHAIN_BUILD_MS)
  afterAll(() => chain?.close())

  it('answers a read at a forgotten height as if it held nothing, with a line in the log', async () => {
    expect(await readStore(url, { key, height: 3n })).toEqual({
      code: 0,
      log: 'version does not exist',
      info: '',
      index: '0',
      key: base64(key),
      value: null,
      proofOps: null,
      height: '3',
      codespace: '',
    })
  })

  it('refuses to prove a forgotten height', async () => {
    expect(await readStore(url, { key, height: 3n, prove: true })).toEqual({
      code: 7,
      log: 'proof is unexpectedly empty; ensure height has not been pruned: invalid request',
      info: '',
      index: '0',
      key: null,
      value: null,
      proofOps: null,
      height: '0',
      codespace: 'store',
    })
  })

  it('names the lowest height of which it has a commit, a block, validators', async () => {
    for (const method of ['commit', 'block', 'validators']) {
      expect(await callNode(url, method, { height: '3' })).toEqual(
        internalError(expect.stringMatching(/^height 3 is not available, lowest height is \d+$/)),
      )
    }
  })
})
