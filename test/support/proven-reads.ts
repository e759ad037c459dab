/** What proven reads must do against any chain: run against the devnet and against a real one. */
import { Agent } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import {
  type ChainEvidence,
  isProven,
  type ProvenChainOptions,
  type ProvenTrust,
  readProvenChain,
  type StoreReader,
  type TrustBasis,
} from '../../src/chain/index.ts'
import { silentReporter } from '../../src/core/index.ts'
import { failureOf } from './rpc-node.ts'

/** A chain with two nodes or more. */
export interface ProvingWorld {
  readonly chainId: string
  readonly urls: readonly URL[]
  /** Heights that headers can be had of, and that do not change any more. */
  readonly oldHeight: bigint
  /** Writes to the `remes` store, undefined deletes; returns when it can be proven. */
  put(entries: readonly (readonly [string, Uint8Array | undefined])[]): Promise<void>
}

export const DAY_MS = 86_400_000
const utf8 = new TextEncoder()
export const keyOf = (text: string): Uint8Array => utf8.encode(text)

/** The header hash that the first node gives: what a user would have written down once. */
export async function anchorOf({ urls }: Pick<ProvingWorld, 'urls'>, height: bigint) {
  const response = await fetch(`${urls[0]?.origin}/commit?height=${height}`)
  const { result } = (await response.json()) as {
    result: { signed_header: { commit: { block_id: { hash: string } } } }
  }
  const hash = new Uint8Array(Buffer.from(result.signed_header.commit.block_id.hash, 'hex'))
  return { height, hash, origin: 'the test' }
}

export function lightClient(
  anchor: Awaited<ReturnType<typeof anchorOf>>,
): Extract<TrustBasis, { kind: 'light-client' }> {
  return { kind: 'light-client', anchors: [anchor], trustingPeriodMs: 14 * DAY_MS }
}

export const QUORUM: TrustBasis = { kind: 'quorum' }

const dispatcher = new Agent()
afterAll(() => dispatcher.close())

/** Proven reads as a run makes them, but less patient. */
export function proofOptions(
  world: Pick<ProvingWorld, 'chainId' | 'urls'>,
  options: Partial<ProvenChainOptions> = {},
): ProvenChainOptions {
  return {
    urls: world.urls,
    chainId: world.chainId,
    dispatcher,
    reporter: silentReporter,
    basis: QUORUM,
    minWitnesses: 1,
    maxHeaderAgeMs: 3_600_000,
    pauseMs: 50,
    ...options,
  }
}

type Read<T> = (reader: StoreReader<ProvenTrust>, evidence: ChainEvidence) => Promise<T>

export function prove<T>(
  world: Pick<ProvingWorld, 'chainId' | 'urls'>,
  read: Read<T>,
  options: Partial<ProvenChainOptions> = {},
): Promise<T> {
  return readProvenChain(proofOptions(world, options), read)
}

const get =
  (key: string): Read<Uint8Array | undefined> =>
  async (reader) => {
    const record = await reader.get('remes', keyOf(key))
    expect(isProven(record)).toBe(true)
    expect(record.key).toEqual(keyOf(key))
    return record.value
  }

const list =
  (prefix: string): Read<{ readonly names: string[]; readonly proven: boolean }> =>
  async (reader) => {
    const { entries, proven } = await reader.list('remes', keyOf(prefix))
    expect(entries.every(isProven)).toBe(true)
    return { names: entries.map(({ key }) => Buffer.from(key).toString()), proven }
  }

const value = (text: string): Uint8Array => keyOf(`value ${text}`)

/**
 * @param start called once, before the first claim
 */
export function describeProvenReads(name: string, start: () => ProvingWorld): void {
  describe(`proven reads of ${name}`, () => {
    it('prove a value, then that it is gone', async () => {
      const world = start()
      await world.put([['zz_here', value('here')]])
      expect(await prove(world, get('zz_here'))).toEqual(value('here'))
      await world.put([['zz_here', undefined]])
      expect(await prove(world, get('zz_here'))).toBeUndefined()
    })

    it('prove that a key was never there: between others, before the first and after the last', async () => {
      const world = start()
      for (const key of ['adp_~', '\u0000', '~~~~']) expect(await prove(world, get(key))).toBeUndefined()
    })

    it('list all entries of a prefix, and say that it is all of them', async () => {
      const world = start()
      const names = Array.from({ length: 23 }, (_, n) => `zy_${String(n).padStart(2, '0')}`)
      await world.put(names.map((name) => [name, value(name)]))
      expect(await prove(world, list('zy_'))).toEqual({ names, proven: true })
      expect(await prove(world, list('zy_1'))).toEqual({
        names: names.filter((name) => name.startsWith('zy_1')),
        proven: true,
      })
      expect(await prove(world, list('zy_none'))).toEqual({ names: [], proven: true })
    })

    it('list a key that is the prefix itself', async () => {
      const world = start()
      await world.put([
        ['zx', value('short')],
        ['zx_', value('long')],
      ])
      expect(await prove(world, list('zx'))).toEqual({ names: ['zx', 'zx_'], proven: true })
    })

    it('start from an old header and follow the validators to the newest', async () => {
      const world = start()
      const basis = lightClient(await anchorOf(world, world.oldHeight))
      const evidence = await prove(world, async (_reader, found) => found, { basis })
      expect(evidence.trust).toBe('light-client')
      expect(evidence.anchor?.height).toBe(world.oldHeight)
      expect(evidence.trace[0]).toBe(world.oldHeight)
      expect(evidence.trace.at(-1)).toBe(evidence.target.height)
      expect(evidence.witnesses.map(({ verdict }) => verdict)).toEqual(
        world.urls.slice(1).map(() => 'agrees'),
      )
    })

    it('read one below the header that proves them', async () => {
      const world = start()
      const [height, target] = await prove(world, async (reader, evidence) => [
        reader.height,
        evidence.target.height,
      ])
      expect(height).toBe((target ?? 0n) - 1n)
    })

    it('hold two anchors, the older one leading to the newer', async () => {
      const world = start()
      const [older, newer] = [
        await anchorOf(world, world.oldHeight),
        await anchorOf(world, world.oldHeight + 2n),
      ]
      const basis: TrustBasis = {
        kind: 'light-client',
        anchors: [older, newer],
        trustingPeriodMs: 14 * DAY_MS,
      }
      const evidence = await prove(world, async (_reader, found) => found, { basis })
      expect(evidence.anchor?.height).toBe(newer.height)
      const wrong = { ...older, hash: older.hash.with(0, (older.hash[0] ?? 0) ^ 1) }
      const broken: TrustBasis = { ...basis, anchors: [wrong, newer] }
      expect((await failureOf(prove(world, get('x'), { basis: broken }))).code).toBe('HEADER_INVALID')
    })

    it('refuse a chain whose header is not the anchor', async () => {
      const world = start()
      const anchor = await anchorOf(world, world.oldHeight)
      const basis = lightClient({ ...anchor, hash: anchor.hash.with(31, (anchor.hash[31] ?? 0) ^ 1) })
      const failure = await failureOf(prove(world, get('x'), { basis }))
      expect(failure.code).toBe('HEADER_INVALID')
      expect(failure.message).toContain(world.urls[0]?.origin)
    })

    it('refuse an anchor that is too old to vouch for anything, unless its owner waives that', async () => {
      const world = start()
      const anchor = await anchorOf(world, world.oldHeight)
      const aged = { kind: 'light-client', anchors: [anchor], trustingPeriodMs: 1 } as const
      expect((await failureOf(prove(world, get('x'), { basis: aged }))).code).toBe('TRUST_EXPIRED')
      expect(await prove(world, get('x'), { basis: { ...aged, waiveAge: true } })).toBeUndefined()
      const alone = { chainId: world.chainId, urls: world.urls.slice(0, 1) }
      const waived = prove(alone, get('x'), { basis: { ...aged, waiveAge: true }, minWitnesses: 0 })
      expect((await failureOf(waived)).code).toBe('WITNESS_MISSING')
    })

    it('refuse an anchor that is too old although it is the newest block itself', async () => {
      const world = start()
      const { target } = await prove(world, async (_reader, found) => found)
      const anchor = { height: target.height, hash: Buffer.from(target.hash, 'hex'), origin: 'the test' }
      const aged = { kind: 'light-client', anchors: [anchor], trustingPeriodMs: 1 } as const
      expect((await failureOf(prove(world, get('x'), { basis: aged }))).code).toBe('TRUST_EXPIRED')
    })

    it('refuse another chain', async () => {
      const world = start()
      const failure = await failureOf(prove({ ...world, chainId: 'another-chain-1' }, get('x')))
      expect(failure.code).toBe('CHAIN_ID_MISMATCH')
    })

    it('refuse a tip that is older than is allowed', async () => {
      const world = start()
      const failure = await failureOf(prove(world, get('x'), { maxHeaderAgeMs: -60_000 }))
      expect(failure.code).toBe('CHAIN_STALE')
    })

    it('do without witnesses when none is demanded, and not when one is', async () => {
      const world = start()
      const alone = { chainId: world.chainId, urls: world.urls.slice(0, 1) }
      const basis = lightClient(await anchorOf(world, world.oldHeight))
      expect(await prove(alone, get('x'), { basis, minWitnesses: 0 })).toBeUndefined()
      expect((await failureOf(prove(alone, get('x'), { basis }))).code).toBe('WITNESS_MISSING')
      expect((await failureOf(prove(alone, get('x'), { minWitnesses: 0 }))).code).toBe('WITNESS_MISSING')
    })

    it('prove what other modules hold', async () => {
      const world = start()
      const params = await prove(world, (reader) => reader.get('staking', Uint8Array.of(0x51)))
      expect(params.value?.byteLength).toBeGreaterThan(0)
    })

    it('refuse a store that the chain does not have', async () => {
      const world = start()
      const failure = await failureOf(prove(world, (reader) => reader.get('nowhere', keyOf('x'))))
      expect(failure.code).toBe('CHAIN_RESPONSE_INVALID')
    })
  })
}
