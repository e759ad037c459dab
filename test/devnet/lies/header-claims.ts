import { expect } from 'vitest'
import { hashHeader } from '../../../src/chain/light/header-hash.ts'
import { nanosecondsOf } from '../../../src/chain/light/time.ts'
import { verifySelf } from '../../../src/chain/light/verify.ts'
import type { LieMode } from '../../../src/devnet/index.ts'
import { askNode, lightBlockAt, provenRead, signedHeaderAt, validatorsAt } from '../../support/devnet-node.ts'
import {
  type Claim,
  CODER,
  expectFork,
  hex,
  MINUTE_NS,
  nowNs,
  stepInto,
  timeOf,
} from '../../support/lying-devnet.ts'

/** Lies about headers: how new they are, who signed them, of which chain they are. */
export const HEADER_CLAIMS = {
  'stale-height': [
    'ends hours ago, while the other node goes on',
    async (devnet) => {
      const { rpc, rpc2 } = devnet.urls
      expect(nowNs() - (await timeOf(rpc))).toBeGreaterThan(90n * MINUTE_NS)
      expect(nowNs() - (await timeOf(rpc2))).toBeLessThan(MINUTE_NS)
      const { height } = (await signedHeaderAt(rpc)).header
      const status = { sync_info: { latest_block_height: String(height) } }
      expect(await askNode(rpc, 'status')).toMatchObject(status)
      await expect(signedHeaderAt(rpc, height + 1n)).rejects.toThrow('must be less than or equal')
      expect((await provenRead(rpc, CODER, height + 1n)).code).toBe(7)
      expect(await signedHeaderAt(rpc, height)).toEqual(await signedHeaderAt(rpc2, height))
    },
  ],
  'frozen-tip': [
    'ends hours ago on both nodes, with what is honest',
    async (devnet) => {
      const { rpc, rpc2 } = devnet.urls
      expect(nowNs() - (await timeOf(rpc))).toBeGreaterThan(90n * MINUTE_NS)
      expect(await signedHeaderAt(rpc)).toEqual(await signedHeaderAt(rpc2))
      const { height } = (await signedHeaderAt(rpc)).header
      expect(await stepInto(devnet, height - 1n, height)).toEqual({ ok: true })
    },
  ],
  'lagging-witness': [
    'is three blocks behind, and has caught up after some calls',
    async (devnet) => {
      const { rpc2 } = devnet.urls
      const tip = devnet.height
      const seen: bigint[] = []
      for (let call = 0; call < 6; call += 1) seen.push((await signedHeaderAt(rpc2)).header.height)
      expect(seen).toEqual([tip - 3n, tip - 3n, tip - 3n, tip - 3n, tip, tip])
    },
  ],
  'lying-witness': [
    'shows a newest header that hashes right and is not signed',
    async (devnet) => {
      const { rpc, rpc2 } = devnet.urls
      const lied = await lightBlockAt(rpc2, devnet.height)
      const { header, commit } = lied.signedHeader
      expect(commit.blockId.hash).toEqual(hashHeader(header))
      expect(hashHeader(header)).not.toEqual(hashHeader((await signedHeaderAt(rpc, devnet.height)).header))
      expect(verifySelf(devnet.chainId, lied, 0n, nowNs())).toMatchObject({ ok: false })
      expect(await askNode(rpc2, 'status')).toMatchObject({
        sync_info: { latest_block_hash: hex(commit.blockId.hash).toUpperCase() },
      })
      const older = devnet.height - 20n
      expect(await signedHeaderAt(rpc2, older)).toEqual(await signedHeaderAt(rpc, older))
    },
  ],
  'other-chain': [
    'is signed throughout, under another chain id',
    async (devnet) => {
      const { rpc } = devnet.urls
      const { header } = (await lightBlockAt(rpc, devnet.height)).signedHeader
      expect(header.chainId).not.toBe(devnet.chainId)
      expect(await askNode(rpc, 'status')).toMatchObject({ node_info: { network: header.chainId } })
      const block = await lightBlockAt(rpc, devnet.height)
      expect(verifySelf(header.chainId, block, 0n, nowNs())).toEqual({ ok: true })
      expect(verifySelf(devnet.chainId, block, 0n, nowNs())).toMatchObject({ ok: false })
    },
  ],
  'fork-full': [
    'convinces a light client that asks nobody else',
    async (devnet) => {
      await expectFork(devnet)
      const common = devnet.height - 5n
      for (const further of [1n, 3n, 5n]) {
        expect(await stepInto(devnet, common, common + further)).toEqual({ ok: true })
      }
      devnet.advance(3)
      await expectFork(devnet)
    },
  ],
  'fork-third': [
    'has two thirds of what it claims, and not enough of the real power',
    async (devnet) => {
      await expectFork(devnet)
      const tip = devnet.height
      const claimed = await lightBlockAt(devnet.urls.rpc, tip)
      expect(verifySelf(devnet.chainId, claimed, 0n, nowNs())).toEqual({ ok: true })
      expect(await stepInto(devnet, tip - 8n, tip)).toMatchObject({ ok: false, kind: 'not-enough-trust' })
      expect(await stepInto(devnet, tip - 5n, tip - 4n)).toMatchObject({ ok: false, kind: 'invalid' })
      const real = await validatorsAt(devnet.urls.rpc2, tip - 5n)
      const known = new Map(real.validators.map(({ address, votingPower }) => [hex(address), votingPower]))
      const traitors = claimed.validators.validators.map(({ address }) => known.get(hex(address)) ?? 0n)
      const power = traitors.reduce((sum, each) => sum + each, 0n)
      expect(power).toBeGreaterThan(0n)
      expect(power * 3n).toBeLessThanOrEqual(real.totalVotingPower)
    },
  ],
  'expired-header': [
    'has an anchor that is sixty days old, on a chain that ends now',
    async (devnet) => {
      const { rpc } = devnet.urls
      const anchor = devnet.anchor()
      const { header } = await signedHeaderAt(rpc, anchor.height)
      expect(hex(hashHeader(header)).toUpperCase()).toBe(anchor.hash)
      expect(nowNs() - nanosecondsOf(header.time)).toBeGreaterThan(50n * 24n * 60n * MINUTE_NS)
      expect(nowNs() - (await timeOf(rpc))).toBeLessThan(MINUTE_NS)
      expect(await stepInto(devnet, anchor.height, anchor.height + 1n)).toMatchObject({ kind: 'expired' })
    },
  ],
  'future-header': [
    'is signed by the real validators, ten minutes from now',
    async (devnet) => {
      const { rpc, rpc2 } = devnet.urls
      expect(await timeOf(rpc)).toBeGreaterThan(nowNs() + 9n * MINUTE_NS)
      expect(await signedHeaderAt(rpc)).toEqual(await signedHeaderAt(rpc2))
      const block = await lightBlockAt(rpc, devnet.height)
      expect(verifySelf(devnet.chainId, block, 11n * MINUTE_NS, nowNs())).toEqual({ ok: true })
      expect(verifySelf(devnet.chainId, block, 0n, nowNs())).toMatchObject({ ok: false })
    },
  ],
} as const satisfies Partial<Record<LieMode, Claim>>
