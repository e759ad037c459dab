/** The same runs and the same lies before a real chain: its registry is the devnet's, the bytes come from the devnet's hosts. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { type Devnet, KEYLESS_LIES, type KeylessLie, startDevnet } from '../../src/devnet/index.ts'
import { lyingProxy, proxyFor } from '../../src/devnet/lies/proxy.ts'
import { ensureFromInputs, type RawInputs } from '../../src/ensure/index.ts'
import { forgingLiar } from '../support/forging-liar.ts'
import { expectEnd, LIE_ENDS, type LieEnd } from '../support/lies.ts'
import { anchorOf } from '../support/proven-reads.ts'
import { CHAIN_BUILD_MS, goIsThere, type RealChain, realChain } from '../support/real-chain.ts'
import { registryOf } from '../support/real-registry.ts'
import { MAIN_JOB } from '../support/scenario.ts'

/** A real chain's tip is younger than this, and what a stale node shows is older. */
const MAX_AGE_SECONDS = 4

/** What differs on a chain that goes on while it is read. */
const ENDS_HERE: Partial<Record<KeylessLie, LieEnd>> = {
  // The second node follows the chain, but the proxy shows the first height that can be proven: below the anchor.
  'stale-height': { survived: false, code: 'CHAIN_STALE', names: ['rpc'] },
  'frozen-tip': { survived: false, code: 'CHAIN_STALE', names: ['rpc'] },
}

describe.skipIf(!goIsThere())('a run against a real chain of four validators (needs Go)', () => {
  let devnet: Devnet
  let chain: RealChain
  beforeAll(async () => {
    devnet = await startDevnet({ sizes: { model: 50_000, adapter: 5_000, dataset: 5_000 } })
    chain = await realChain({ powers: [10, 10, 10, 10], registry: await registryOf(devnet) })
    const height = await chain.setPowers([30, 10, 10, 10])
    await chain.reach(height + 3n)
  }, CHAIN_BUILD_MS)
  afterAll(async () => {
    await chain?.close()
    await devnet?.close()
  })

  /** From an anchor that the first node gave, unless the inputs say otherwise. */
  async function run(rpcUrls: readonly string[], inputs: RawInputs = {}) {
    const home = await mkdtemp(join(tmpdir(), 'r3mes-real-'))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    const urls = chain.rpcUrls.map((url) => new URL(url))
    const { height, hash } = await anchorOf({ urls }, 3n)
    devnet.requests.clear()
    return await ensureFromInputs(
      {
        ...devnet.inputs(),
        'chain-id': chain.chainId,
        'rpc-urls': rpcUrls.join('\n'),
        'trusted-height': height.toString(),
        'trusted-hash': Buffer.from(hash).toString('hex'),
        home,
        ...MAIN_JOB,
        ...inputs,
      },
      { reporter: silentReporter, environment: {} },
    )
  }

  const node = (index: number): string => chain.rpcUrls[index] ?? ''

  it('ends with a verified store, proven from the anchor with three witnesses', async () => {
    const result = await run(chain.rpcUrls)
    expect(result.error).toBeUndefined()
    expect(result.trust).toBe('light-client')
    expect(result.artifacts.map(({ id }) => id)).toEqual([
      '1.0.0',
      'general_dora',
      'coder',
      'training_dataset_v1',
    ])
  })

  it.each(Object.keys(KEYLESS_LIES) as KeylessLie[])('ends under the lie %s as it must', async (mode) => {
    const { teller } = KEYLESS_LIES[mode]
    const proxies = await Promise.all([0, 1].map((index) => lyingProxy(node(index), mode)))
    onTestFinished(async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()))
    })
    const lies = { rpc: teller !== 'rpc2', rpc2: teller !== 'rpc' }
    const origins = {
      rpc: (lies.rpc ? proxies[0]?.url : undefined) ?? node(0),
      rpc2: (lies.rpc2 ? proxies[1]?.url : undefined) ?? node(1),
    }
    const result = await run([origins.rpc, origins.rpc2], { 'max-header-age': `${MAX_AGE_SECONDS}s` })
    expectEnd(ENDS_HERE[mode] ?? LIE_ENDS[mode].anchored, result, origins, devnet.requests.content().length)
  })

  it.each([
    ['all validators: a fork that only a witness reveals', 4, 'FORK_DETECTED'],
    ['one validator of four: no header at all', 1, 'HEADER_INVALID'],
    ['half of the power: no header at all', 2, 'HEADER_INVALID'],
  ])('refuses another app hash signed by %s', async (_claim, signers, code) => {
    const height = await chain.advance(2)
    const weakest = chain.validators.slice(-signers)
    const fork = await proxyFor(node(0), forgingLiar(chain.chainId, height, weakest))
    onTestFinished(() => fork.close())
    const result = await run([fork.url, node(1)])
    expectEnd(
      { survived: false, code, names: ['rpc'] },
      result,
      { rpc: fork.url, rpc2: node(1) },
      devnet.requests.content().length,
    )
  })

  it('drops a witness that cannot prove what it says, while another one agrees', async () => {
    const height = await chain.advance(2)
    const liar = await proxyFor(node(1), forgingLiar(chain.chainId, height, chain.validators.slice(-1)))
    onTestFinished(() => liar.close())
    const result = await run([node(0), liar.url, node(2)])
    expect(result.error).toBeUndefined()
  })
})
