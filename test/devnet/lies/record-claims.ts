import { expect } from 'vitest'
import { adapterKey, type LieMode } from '../../../src/devnet/index.ts'
import { provenRead, verdictOn } from '../../support/devnet-node.ts'
import { ABSENT, adapterIn, bothRead, type Claim, CODER } from '../../support/lying-devnet.ts'

/** Lies about records and their proofs, and what the chain itself does to them. */
export const RECORD_CLAIMS = {
  'forged-value': [
    'gives another digest than its honest proof shows',
    async (devnet) => {
      const { lied, honest, verdict } = await bothRead(devnet, CODER)
      expect(lied.proofOps).toEqual(honest.proofOps)
      expect(adapterIn(lied.value).checksum).toMatch(/^[0-9a-f]{64}$/)
      expect(adapterIn(lied.value).checksum).not.toBe(adapterIn(honest.value).checksum)
      expect(verdict).toMatchObject({ ok: false, kind: 'invalid' })
    },
  ],
  'forged-proof': [
    'fits in itself, and misses the app hash alone',
    async (devnet) => {
      const { lied, honest, verdict } = await bothRead(devnet, CODER)
      expect(adapterIn(lied.value).checksum).not.toBe(adapterIn(honest.value).checksum)
      expect(lied.proofOps).not.toEqual(honest.proofOps)
      expect(verdict).toMatchObject({ ok: false, why: expect.stringContaining('app hash') })
    },
  ],
  'other-key-proof': [
    'gives the record of another key with the honest proof of that key',
    async (devnet) => {
      const { lied, verdict } = await bothRead(devnet, CODER)
      const { adapterId } = adapterIn(lied.value)
      expect(adapterId).not.toBe('coder')
      expect(Buffer.from(lied.key)).toEqual(Buffer.from(CODER))
      const other = await provenRead(devnet.urls.rpc2, adapterKey(adapterId), devnet.height - 1n)
      expect(lied.value).toEqual(other.value)
      expect(lied.proofOps.map(({ data }) => data)).toEqual(other.proofOps.map(({ data }) => data))
      expect(verdict).toMatchObject({ ok: false, kind: 'invalid' })
    },
  ],
  'other-height-proof': [
    'gives a proof that an older header proves, and the asked one does not',
    async (devnet) => {
      const { lied, verdict } = await bothRead(devnet, CODER)
      expect(verdict).toMatchObject({ ok: false, kind: 'invalid' })
      const proving: bigint[] = []
      for (let height = devnet.anchor().height; height < devnet.height; height += 1n) {
        if ((await verdictOn(devnet.urls.rpc2, CODER, height, lied)).ok) proving.push(height)
      }
      expect(proving.length).toBeGreaterThan(0)
    },
  ],
  'hidden-key': [
    'denies a record between two honest neighbours that are none',
    async (devnet) => {
      const { lied, verdict } = await bothRead(devnet, CODER)
      expect(lied.value).toHaveLength(0)
      expect(verdict).toMatchObject({ ok: false, why: expect.stringContaining('between') })
    },
  ],
  'wrong-neighbours': [
    'passes over the entry beside an absent key',
    async (devnet) => {
      const { lied, verdict } = await bothRead(devnet, ABSENT)
      expect(lied.value).toHaveLength(0)
      expect(verdict).toMatchObject({ ok: false, why: expect.stringContaining('between') })
      expect((await bothRead(devnet, CODER)).verdict).toMatchObject({ ok: true })
    },
  ],
  'empty-neighbour': [
    'makes absences of adapters unprovable, and nothing else',
    async (devnet) => {
      const height = devnet.height - 1n
      const { rpc } = devnet.urls
      for (const id of ['nobody', '!', '~', 'coder1']) {
        const key = adapterKey(id)
        const verdict = await verdictOn(rpc, key, height, await provenRead(rpc, key, height))
        expect(verdict).toMatchObject({ ok: false, kind: 'unprovable' })
      }
      expect((await bothRead(devnet, CODER)).verdict).toMatchObject({ ok: true })
      expect((await bothRead(devnet, Buffer.from('zzz'))).verdict).toMatchObject({ ok: true })
    },
  ],
  'revoked-after-lock': [
    'is a new block that revokes what was approved, proven on both nodes',
    async (devnet) => {
      const { honest, verdict } = await bothRead(devnet, CODER)
      expect(adapterIn(honest.value).status).toBe('revoked')
      expect(verdict).toMatchObject({ ok: true })
      const before = await provenRead(devnet.urls.rpc, CODER, devnet.height - 20n)
      expect(adapterIn(before.value).status).toBe('active')
    },
  ],
} as const satisfies Partial<Record<LieMode, Claim>>
