import { afterEach, describe, expect, it } from 'vitest'
import { checkStoreProof } from '../../src/chain/ics23/store-proof.ts'
import { hashCommit } from '../../src/chain/light/commit.ts'
import { hashHeader } from '../../src/chain/light/header-hash.ts'
import { nanosecondsOf } from '../../src/chain/light/time.ts'
import { hashValidatorSet } from '../../src/chain/light/validator-set.ts'
import { type VerifyOptions, verify } from '../../src/chain/light/verify.ts'
import {
  adapterKey,
  type Devnet,
  type DevnetOptions,
  revokeAdapter,
  startDevnet,
} from '../../src/devnet/index.ts'
import { withCometClient } from '../support/comet-client.ts'
import { askNode, lightBlockAt, signedHeaderAt, validatorsAt } from '../support/devnet-node.ts'

const DAY_NS = 24n * 60n * 60n * 1_000_000_000n
const KEY = Buffer.from('any_key')

let devnet: Devnet
const running: Devnet[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()))
})

async function start(options: DevnetOptions = { sample: false }): Promise<string> {
  devnet = await startDevnet(options)
  running.push(devnet)
  return devnet.urls.rpc
}

/** Whether a light client that trusts one height would trust another. */
async function step(url: string, from: bigint, to: bigint, changes: Partial<VerifyOptions> = {}) {
  const { signedHeader } = await lightBlockAt(url, from)
  return verify({
    trusted: { signedHeader, nextValidators: await validatorsAt(url, from + 1n) },
    untrusted: await lightBlockAt(url, to),
    trustingPeriodNs: 14n * DAY_NS,
    maxClockDriftNs: 0n,
    nowNs: BigInt(Date.now()) * 1_000_000n + 1_000_000n,
    ...changes,
  })
}

describe('every block', () => {
  it('follows from the one before: hash, votes, validators', async () => {
    const url = await start({ sample: false, history: 40 })
    let before = await lightBlockAt(url, devnet.anchor().height)
    for (let height = devnet.anchor().height + 1n; height <= devnet.height; height += 1n) {
      const block = await lightBlockAt(url, height)
      const { header, commit } = block.signedHeader
      const below = before.signedHeader
      expect(header.lastBlockId).toEqual(below.commit.blockId)
      expect(header.lastBlockId.hash).toEqual(hashHeader(below.header))
      expect(header.lastCommitHash).toEqual(hashCommit(below.commit))
      expect(header.validatorsHash).toEqual(below.header.nextValidatorsHash)
      expect(header.validatorsHash).toEqual(hashValidatorSet(block.validators))
      expect(nanosecondsOf(header.time)).toBeGreaterThan(nanosecondsOf(below.header.time))
      expect(commit.blockId.hash).toEqual(hashHeader(header))
      before = block
    }
  })

  it('is enough for a light client to step to the next one', async () => {
    const url = await start({ sample: false, history: 40 })
    for (let height = devnet.anchor().height; height < devnet.height; height += 1n) {
      expect(await step(url, height, height + 1n)).toEqual({ ok: true })
    }
  })

  it('now and then lacks a vote or has one for nil, and stays signed by two thirds', async () => {
    const url = await start({ sample: false, history: 40 })
    const flags = new Set<number>()
    for (let height = devnet.anchor().height; height <= devnet.height; height += 1n) {
      const { commit } = await signedHeaderAt(url, height)
      for (const { blockIdFlag } of commit.signatures) flags.add(blockIdFlag)
    }
    expect(flags).toEqual(new Set([1, 2, 3]))
  })
})

describe('the validators', () => {
  it('rotate, so that no step leads over all of the history', async () => {
    const url = await start()
    const [oldest, newest] = [devnet.anchor().height, devnet.height]
    const first = await validatorsAt(url, oldest)
    const last = await validatorsAt(url, newest)
    const known = new Set(first.validators.map(({ address }) => Buffer.from(address).toString('hex')))
    expect(last.validators.some(({ address }) => known.has(Buffer.from(address).toString('hex')))).toBe(false)
    expect(await step(url, oldest, newest)).toMatchObject({ ok: false, kind: 'not-enough-trust' })
    expect(await step(url, oldest, oldest + 20n)).toEqual({ ok: true })
  })

  it('have powers that differ, and no one of them has a third', async () => {
    const url = await start()
    const { validators, totalVotingPower } = await validatorsAt(url, devnet.height)
    const powers = validators.map(({ votingPower }) => votingPower)
    expect(new Set(powers).size).toBe(4)
    for (const power of powers) expect(power * 3n).toBeLessThan(totalVotingPower)
  })

  it('can be one or hundreds, on pages', async () => {
    const url = await start({ sample: false, validators: 130, history: 4 })
    const page = (more: object) => askNode(url, 'validators', { height: String(devnet.height), ...more })
    expect(await page({})).toMatchObject({ count: '30', total: '130' })
    expect(await page({ page: '2', per_page: '500' })).toMatchObject({ count: '30', total: '130' })
    expect(await page({ page: '1', per_page: '0' })).toMatchObject({ count: '30', total: '130' })
    await expect(page({ page: '3', per_page: '100' })).rejects.toThrow(
      'page should be within [1, 2] range, given 3',
    )
    await expect(page({ page: '0' })).rejects.toThrow('page should be within [1, 5] range, given 0')
    const alone = await start({ sample: false, validators: 1 })
    expect((await validatorsAt(alone, devnet.height)).validators).toHaveLength(1)
  })

  it('of the next block are known, and no further', async () => {
    const url = await start()
    const { header } = await signedHeaderAt(url)
    expect(hashValidatorSet(await validatorsAt(url, header.height + 1n))).toEqual(header.nextValidatorsHash)
    await expect(validatorsAt(url, header.height + 2n)).rejects.toThrow(
      `height ${header.height + 2n} must be less than or equal to the current blockchain height ${header.height + 1n}`,
    )
  })

  it.each([
    ['no validator', { validators: 0 }],
    ['half a validator', { validators: 1.5 }],
    ['no history', { history: 0 }],
  ])('%s is refused before anything listens', async (_name, options) => {
    await expect(startDevnet({ sample: false, ...options })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})

describe('a write', () => {
  it('is proven by the header above it, and only by that one', async () => {
    const url = await start()
    devnet.setRecord(KEY, Buffer.from('written'))
    const written = devnet.height - 1n
    const query = {
      path: '/store/remes/key',
      data: KEY.toString('hex'),
      height: String(written),
      prove: true,
    }
    const { response } = (await askNode(url, 'abci_query', query)) as {
      response: { proofOps: { ops: { type: string; key: string; data: string }[] } }
    }
    const proofOps = response.proofOps.ops.map(({ type, key, data }) => ({
      type,
      key: Buffer.from(key, 'base64'),
      data: Buffer.from(data, 'base64'),
    }))
    const against = async (height: bigint) => {
      const { appHash } = (await signedHeaderAt(url, height)).header
      return checkStoreProof({ appHash, store: 'remes', key: KEY, value: Buffer.from('written'), proofOps })
    }
    expect(await against(written + 1n)).toMatchObject({ ok: true, proof: { kind: 'existence' } })
    expect(await against(written)).toMatchObject({ ok: false, kind: 'invalid' })
  })

  it('may go to the store of another module', async () => {
    await start()
    devnet.setStoreRecord('group', Buffer.from('0000', 'hex'), Buffer.from('a group'))
    const query = { path: '/store/group/key', data: Buffer.from('0000', 'hex'), prove: true }
    const answer = await withCometClient(devnet.urls.rpc, (client) => client.abciQuery(query))
    expect(Buffer.from(answer.value).toString()).toBe('a group')
    expect(devnet.getRecord(Buffer.from('0000', 'hex'))).toBeUndefined()
  })

  it('takes an approval back in a block of its own', async () => {
    await start({})
    const before = devnet.getRecord(adapterKey('coder'))
    const { height } = devnet
    revokeAdapter(devnet, 'coder')
    expect(devnet.height).toBe(height + 2n)
    expect(devnet.getRecord(adapterKey('coder'))).not.toEqual(before)
    expect(() => revokeAdapter(devnet, 'nobody')).toThrow(/no such record/)
  })
})

describe('time', () => {
  it('ends now, after a halt of two hours with the sample registry before it', async () => {
    const url = await start({})
    const timeAt = async (height: bigint) => nanosecondsOf((await signedHeaderAt(url, height)).header.time)
    const age = BigInt(Date.now()) * 1_000_000n - (await timeAt(devnet.height))
    expect(age).toBeLessThan(60n * 1_000_000_000n)
    const beforeHalt = devnet.height - 50n
    expect((await timeAt(beforeHalt + 1n)) - (await timeAt(beforeHalt))).toBe(DAY_NS / 12n)
    const query = { path: '/store/remes/key', data: adapterKey('coder'), height: Number(beforeHalt - 1n) }
    const answer = await withCometClient(url, (client) => client.abciQuery(query))
    expect(answer.value.length).toBeGreaterThan(0)
  })

  it('is that of the clock it is given', async () => {
    let now = Date.parse('2031-01-01T00:00:00Z')
    const url = await start({ sample: false, now: () => now })
    now += 1000
    devnet.advance()
    const { time } = (await signedHeaderAt(url)).header
    expect(new Date(Number(time.seconds) * 1000).toISOString()).toBe('2031-01-01T00:00:01.000Z')
  })

  it('brings blocks by itself when it is asked to', async () => {
    await start({ sample: false, blockTimeMs: 1 })
    const { height } = devnet
    await expect.poll(() => devnet.height).toBeGreaterThan(height + 2n)
  })

  it('stands still between writes otherwise, and goes on as far as it is told', async () => {
    await start()
    const { height } = devnet
    devnet.advance(7)
    expect(devnet.height).toBe(height + 7n)
    devnet.advance()
    expect(devnet.height).toBe(height + 8n)
  })
})

describe('a node', () => {
  it('is read by an independent client: blocks, commits, validators, proofs', async () => {
    const url = await start({})
    const height = Number(devnet.height) - 1
    await withCometClient(url, async (client) => {
      const { block, blockId } = await client.block(height)
      const { header, commit } = await client.commit(height)
      expect(header).toEqual(block.header)
      expect(commit.blockId).toEqual(blockId)
      expect(block.lastCommit?.blockId).toEqual(header.lastBlockId)
      const { validators } = await client.validatorsAll(height)
      expect(validators).toHaveLength(4)
      const { syncInfo } = await client.status()
      expect(syncInfo.latestBlockHeight).toBe(height + 1)
      const query = { path: '/store/staking/key', data: Uint8Array.of(0x51), height, prove: true }
      const { proof, value } = await client.abciQuery(query)
      expect(proof?.ops.map(({ type }) => type)).toEqual(['ics23:iavl', 'ics23:simple'])
      // unbonding_time 1: Duration {seconds 1: 1,814,400}
      expect(Buffer.from(value).toString('hex')).toMatch(/^0a040880df6e/)
    })
  })

  it('prunes what is older than it keeps, in the words of CometBFT and the SDK', async () => {
    const url = await start({ sample: false, keepBlocks: 10 })
    const lowest = devnet.height - 9n
    expect(devnet.anchor().height).toBe(lowest)
    await signedHeaderAt(url, lowest)
    for (const method of ['commit', 'block', 'header', 'validators']) {
      const asked = askNode(url, method, { height: String(lowest - 1n) })
      await expect(asked).rejects.toThrow(
        `Internal error: height ${lowest - 1n} is not available, lowest height is ${lowest}`,
      )
    }
    const query = { path: '/store/remes/key', data: '61', height: String(lowest - 1n), prove: true }
    expect(await askNode(url, 'abci_query', query)).toMatchObject({ response: { code: 7 } })
    devnet.advance()
    await expect(signedHeaderAt(url, lowest)).rejects.toThrow('is not available')
    expect(() => devnet.anchor(lowest)).toThrow(/from \d+ to \d+/)
  })

  it.each([
    ['0', 'height must be greater than 0, but got 0'],
    ['-5', 'height must be greater than 0, but got -5'],
    ['999999', 'height 999999 must be less than or equal to the current blockchain height 1200'],
  ])('refuses height %s as CometBFT does', async (height, text) => {
    const url = await start()
    await expect(askNode(url, 'commit', { height })).rejects.toThrow(text)
  })

  it('may lag behind the other, and shows an older tip in everything it says', async () => {
    await start()
    devnet.setRecord(KEY, Buffer.from('new'))
    const { height } = devnet
    devnet.lag('rpc2', 3)
    const { rpc, rpc2 } = devnet.urls
    expect((await signedHeaderAt(rpc2)).header.height).toBe(height - 3n)
    await expect(signedHeaderAt(rpc2, height)).rejects.toThrow('must be less than or equal')
    const read = (url: string) =>
      withCometClient(url, (client) => client.abciQuery({ path: '/store/remes/key', data: KEY }))
    expect((await read(rpc2)).value).toHaveLength(0)
    expect(Buffer.from((await read(rpc)).value).toString()).toBe('new')
    devnet.lag('rpc2', 0)
    expect((await signedHeaderAt(rpc2)).header).toEqual((await signedHeaderAt(rpc)).header)
  })

  it('says for the newest commit alone that it may still change', async () => {
    const url = await start()
    expect(await askNode(url, 'commit')).toMatchObject({ canonical: false })
    expect(await askNode(url, 'commit', { height: String(devnet.height - 1n) })).toMatchObject({
      canonical: true,
    })
  })

  it('gives the anchor that a light client can start from', async () => {
    const url = await start()
    const anchor = devnet.anchor(devnet.height - 5n)
    expect(anchor.hash).toMatch(/^[0-9A-F]{64}$/)
    const { header } = await signedHeaderAt(url, anchor.height)
    expect(Buffer.from(hashHeader(header)).toString('hex').toUpperCase()).toBe(anchor.hash)
  })
})
