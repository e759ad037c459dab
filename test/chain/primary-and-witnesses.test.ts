import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ChainEvidence, ProvenChainOptions } from '../../src/chain/index.ts'
import { ForkDetected } from '../../src/chain/index.ts'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { type LyingProxy, lyingProxy, proxyFor } from '../../src/devnet/lies/proxy.ts'
import { anchorOf, keyOf, lightClient, prove, QUORUM } from '../support/proven-reads.ts'
import { failureOf, keepingReporter } from '../support/rpc-node.ts'

/** Nothing listens there. */
const NOBODY = 'http://127.0.0.1:1'

let devnet: Devnet
beforeEach(async () => {
  devnet = await startDevnet({ sample: false })
  onTestFinished(() => devnet.close())
})

function ended<T extends LyingProxy>(proxy: T): string {
  onTestFinished(() => proxy.close())
  return proxy.url
}

const world = (...urls: readonly string[]) => ({
  chainId: devnet.chainId,
  urls: urls.map((url) => new URL(url)),
})

async function anchored() {
  return lightClient(await anchorOf(world(devnet.urls.rpc), devnet.height - 30n))
}

/** What a read stood on; it reads a key, so that the primary has to prove something. */
function evidenceOf(
  urls: readonly string[],
  options: Partial<ProvenChainOptions> = {},
): Promise<ChainEvidence> {
  const read = async (reader: Parameters<Parameters<typeof prove>[1]>[0], evidence: ChainEvidence) => {
    await reader.get('staking', keyOf('x'))
    return evidence
  }
  return prove(world(...urls), read, { patienceMs: 1000, ...options })
}

describe('a primary that cannot answer', () => {
  it.each([
    ['is not there', async () => NOBODY],
    ['sends half an answer', async () => ended(await lyingProxy(devnet.urls.rpc, 'truncated-json'))],
    ['answers with other ids', async () => ended(await lyingProxy(devnet.urls.rpc, 'wrong-rpc-id'))],
    ['pages without end', async () => ended(await lyingProxy(devnet.urls.rpc, 'endless-pages'))],
  ])('gives its place to the next one: it %s', async (_how, url) => {
    const reporter = keepingReporter()
    const first = await url()
    const { primary, witnesses } = await evidenceOf([first, devnet.urls.rpc, devnet.urls.rpc2], { reporter })
    expect(primary).toBe(devnet.urls.rpc)
    expect(witnesses.find(({ endpoint }) => endpoint === devnet.urls.rpc2)?.verdict).toBe('agrees')
    expect(reporter.warnings.some((warning) => warning.includes(first))).toBe(true)
  })

  it('is no witness for the next one either, and the refusal tells of both', async () => {
    const failure = await failureOf(evidenceOf([NOBODY, devnet.urls.rpc]))
    expect(failure.code).toBe('WITNESS_MISSING')
    expect(failure.message).toContain('CHAIN_UNREACHABLE')
    expect(failure.message).toContain(NOBODY)
    expect(failure.message).toContain(devnet.urls.rpc)
  })

  it('is replaced when it is stale and others are not', async () => {
    const stale = ended(await lyingProxy(devnet.urls.rpc, 'stale-height'))
    const { primary, witnesses } = await evidenceOf([stale, devnet.urls.rpc, devnet.urls.rpc2])
    expect(primary).toBe(devnet.urls.rpc)
    expect(witnesses.map(({ verdict }) => verdict)).toEqual(['lagging', 'agrees'])
  })

  it('that is behind the only other endpoint is named once, although neither can be the primary', async () => {
    const stale = ended(await lyingProxy(devnet.urls.rpc, 'stale-height'))
    const failure = await failureOf(evidenceOf([stale, devnet.urls.rpc]))
    expect(failure.code).toBe('CHAIN_STALE')
    expect(failure.message.split('Behind the others')).toHaveLength(2)
    expect(failure.message).toContain(`Behind the others: ${stale}`)
  })

  it('is replaced when it lacks the block that trust starts from', async () => {
    const basis = await anchored()
    const young = await startDevnet({ sample: false, keepBlocks: 5 })
    onTestFinished(() => young.close())
    const { primary } = await evidenceOf([young.urls.rpc, devnet.urls.rpc, devnet.urls.rpc2], { basis })
    expect(primary).toBe(devnet.urls.rpc)
  })
})

describe('a primary that lies', () => {
  it('ends the read although honest endpoints are left', async () => {
    const forger = ended(await lyingProxy(devnet.urls.rpc, 'forged-proof'))
    devnet.setRecord(keyOf('k'), keyOf('ab'.repeat(32)))
    const urls = world(forger, devnet.urls.rpc, devnet.urls.rpc2)
    const failure = await failureOf(prove(urls, (reader) => reader.get('remes', keyOf('k'))))
    expect(failure.code).toBe('PROOF_INVALID')
    expect(failure.message).toContain(forger)
  })
})

describe('a witness', () => {
  it('that shows another header and cannot prove it is named and dropped', async () => {
    const reporter = keepingReporter()
    const liar = ended(await lyingProxy(devnet.urls.rpc, 'lying-witness'))
    const basis = await anchored()
    const { witnesses } = await evidenceOf([devnet.urls.rpc, liar, devnet.urls.rpc2], { basis, reporter })
    expect(witnesses.map(({ verdict }) => verdict)).toEqual(['conflicting', 'agrees'])
    expect(reporter.warnings.join('\n')).toContain(liar)
  })

  it('that proves another header reveals a fork, and both are kept as evidence', async () => {
    const basis = await anchored()
    // What the fork differs in.
    devnet.setRecord(keyOf('k'), keyOf('ab'.repeat(32)))
    devnet.lie('fork-full')
    const failure = await failureOf(evidenceOf([devnet.urls.rpc, devnet.urls.rpc2], { basis }))
    expect(failure).toBeInstanceOf(ForkDetected)
    expect(failure).toMatchObject({
      code: 'FORK_DETECTED',
      evidence: {
        height: devnet.height.toString(),
        trusted: { header: { height: basis.anchors[0].height.toString() } },
        primary: { endpoint: devnet.urls.rpc, block: { signedHeader: { header: {} } } },
        witness: { endpoint: devnet.urls.rpc2, block: { signedHeader: { header: {} } } },
      },
    })
    // Plain JSON, so that it can be written down.
    const { evidence } = failure as ForkDetected
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence)
  })

  it.each([
    ['is not there', async () => NOBODY],
    ['is stale', async () => ended(await lyingProxy(devnet.urls.rpc2, 'stale-height'))],
  ])('reveals a fork that a first primary which %s cannot play down', async (_how, url) => {
    const basis = await anchored()
    devnet.setRecord(keyOf('k'), keyOf('ab'.repeat(32)))
    const first = await url()
    devnet.lie('fork-full')
    const failure = await failureOf(evidenceOf([first, devnet.urls.rpc, devnet.urls.rpc2], { basis }))
    expect(failure.code).toBe('FORK_DETECTED')
    expect(failure).toBeInstanceOf(ForkDetected)
  })

  it('that contradicts the anchor itself is dropped', async () => {
    const liar = ended(await lyingProxy(devnet.urls.rpc, 'lying-witness'))
    const basis = lightClient(await anchorOf(world(devnet.urls.rpc), devnet.height))
    const { witnesses, trace } = await evidenceOf([devnet.urls.rpc, liar, devnet.urls.rpc2], { basis })
    expect(witnesses.map(({ verdict }) => verdict)).toEqual(['conflicting', 'agrees'])
    expect(trace).toEqual([devnet.height])
  })

  it('that is behind is waited for, and agrees when it has caught up', async () => {
    devnet.lag('rpc2', 3)
    // Two witnesses are needed, so the target is as low as the one that is behind; a third one makes it higher.
    const third = ended(await proxyFor(devnet.urls.rpc, {}))
    const reporter = keepingReporter()
    const reading = evidenceOf([devnet.urls.rpc, third, devnet.urls.rpc2], { reporter, patienceMs: 30_000 })
    devnet.lag('rpc2', 0)
    const { witnesses } = await reading
    expect(witnesses.map(({ verdict }) => verdict)).toEqual(['agrees', 'agrees'])
  })

  it('that stays behind is called lagging, not a liar', async () => {
    devnet.lag('rpc2', 3)
    const third = ended(await proxyFor(devnet.urls.rpc, {}))
    const { witnesses, target } = await evidenceOf([devnet.urls.rpc, third, devnet.urls.rpc2], {
      patienceMs: 200,
    })
    expect(target.height).toBe(devnet.height)
    expect(witnesses.map(({ verdict }) => verdict)).toEqual(['agrees', 'lagging'])
  })

  it('that is needed and a few blocks behind sets the height', async () => {
    devnet.lag('rpc2', 3)
    const { target } = await evidenceOf([devnet.urls.rpc, devnet.urls.rpc2], { patienceMs: 200 })
    expect(target.height).toBe(devnet.height - 3n)
  })

  it('of another chain is silent', async () => {
    const other = await startDevnet({ sample: false, chainId: 'other-1' })
    onTestFinished(() => other.close())
    const { witnesses } = await evidenceOf([devnet.urls.rpc, other.urls.rpc, devnet.urls.rpc2])
    expect(witnesses[0]).toMatchObject({ verdict: 'silent', endpoint: other.urls.rpc })
    expect(witnesses[0]?.why).toContain('CHAIN_ID_MISMATCH')
  })
})

describe('the height that is read', () => {
  it.each(['rpc', 'rpc2'] as const)('is not an old one unseen: %s holds back newer blocks', async (node) => {
    devnet.lag(node, 30)
    const reporter = keepingReporter()
    const { target } = await evidenceOf([devnet.urls.rpc, devnet.urls.rpc2], { reporter })
    expect(target.height).toBe(devnet.height - 30n)
    const [warning] = reporter.warnings
    expect(warning).toContain(`Approvals are read at block ${target.height}`)
    expect(warning).toContain(`Behind the others: ${devnet.urls[node]}.`)
  })

  it('is no news when it is a few blocks old', async () => {
    devnet.lag('rpc2', 3)
    const reporter = keepingReporter()
    await evidenceOf([devnet.urls.rpc, devnet.urls.rpc2], { reporter })
    expect(reporter.warnings).toEqual([])
  })

  it('is never below the anchor', async () => {
    const basis = lightClient(await anchorOf(world(devnet.urls.rpc), devnet.height))
    devnet.lag('rpc', 2)
    devnet.lag('rpc2', 2)
    const failure = await failureOf(evidenceOf([devnet.urls.rpc, devnet.urls.rpc2], { basis }))
    expect(failure.code).toBe('CHAIN_STALE')
    expect(failure.message).toContain('the test trusts')
  })

  it('is not one of the future, which may be this machine’s clock, also when somebody trusts that block', async () => {
    devnet.lie('future-header')
    const urls = [devnet.urls.rpc, devnet.urls.rpc2]
    const trusted = lightClient(await anchorOf(world(devnet.urls.rpc), devnet.height))
    for (const basis of [trusted, QUORUM]) {
      const failure = await failureOf(evidenceOf(urls, { basis }))
      expect(failure.code).toBe('CHAIN_STALE')
      expect(failure.message).toContain(`${devnet.urls.rpc} gives for height ${devnet.height}`)
      expect(failure.message).toContain("Check this machine's clock")
    }
  })

  it('is replaced by a newer one while it is pruned, three times at most', async () => {
    devnet.lie('pruned-height')
    const before = devnet.height
    const { target } = await evidenceOf([devnet.urls.rpc, devnet.urls.rpc2])
    expect(target.height).toBeGreaterThan(before)
  })

  it('ends the read when every height is pruned', async () => {
    const pruned = await proxyFor(devnet.urls.rpc, {
      async run(method, params, ask) {
        const answer = await ask(method, params)
        if (method !== 'abci_query') return answer
        const { response } = answer as { response: object }
        return { response: { ...response, value: null, proofOps: null, log: 'version does not exist' } }
      },
    })
    const url = ended(pruned)
    const failure = await failureOf(
      evidenceOf([url], { basis: await anchored(), minWitnesses: 0, pauseMs: 1 }),
    )
    expect(failure.code).toBe('HEIGHT_PRUNED')
    expect(failure.message).toContain(url)
  })
})

describe('an old anchor', () => {
  it('cannot pass for a fresh header by a first answer that looks newer', async () => {
    const height = devnet.height - 60n
    const basis = lightClient(await anchorOf(world(devnet.urls.rpc), height))
    let commits = 0
    const liar = await proxyFor(devnet.urls.rpc, {
      async run(method, params, ask) {
        const answer = JSON.parse(JSON.stringify(await ask(method, params)))
        if (method === 'status') answer.sync_info.latest_block_height = height.toString()
        if (method === 'commit' && commits === 0) {
          commits += 1
          answer.signed_header.header.time = new Date().toISOString()
        }
        return answer
      },
    })
    const failure = await failureOf(
      evidenceOf([ended(liar)], { basis, minWitnesses: 0, maxHeaderAgeMs: 60_000 }),
    )
    expect(commits).toBe(1)
    expect(failure.code).toBe('HEADER_INVALID')
  })
})

describe('a read that never ends', () => {
  it('ends when its time is over, and names the endpoint', async () => {
    const basis = await anchored()
    // Headers come, records do not; a request alone would be given up much later.
    const slow = await proxyFor(devnet.urls.rpc, {
      run: (method, params, ask) => (method === 'abci_query' ? new Promise(() => {}) : ask(method, params)),
    })
    const url = ended(slow)
    const failure = await failureOf(evidenceOf([url], { basis, minWitnesses: 0, limitMs: 300 }))
    expect(failure.code).toBe('CHAIN_UNREACHABLE')
    expect(failure.message).toContain(url)
  })

  it('is the caller’s to end', async () => {
    const silent = await proxyFor(devnet.urls.rpc, { run: () => new Promise(() => {}) })
    const stopped = new AbortController()
    const reading = evidenceOf([ended(silent)], { signal: stopped.signal })
    const reason = new Error('stopped')
    stopped.abort(reason)
    await expect(reading).rejects.toBe(reason)
  })
})
