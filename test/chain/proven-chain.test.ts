import { afterAll, beforeAll } from 'vitest'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { describeIndependentClient } from '../support/independent-client.ts'
import { describeProvenReads, keyOf, type ProvingWorld } from '../support/proven-reads.ts'

let devnet: Devnet
let world: ProvingWorld

beforeAll(async () => {
  devnet = await startDevnet({ sizes: { model: 1000, adapter: 1000, dataset: 1000 } })
  world = {
    chainId: devnet.chainId,
    urls: [new URL(devnet.urls.rpc), new URL(devnet.urls.rpc2)],
    oldHeight: devnet.anchor().height,
    async put(entries) {
      for (const [key, value] of entries) devnet.setRecord(keyOf(key), value)
    },
  }
})
afterAll(() => devnet.close())

describeProvenReads('the devnet', () => world)
describeIndependentClient('the devnet', () => world)
