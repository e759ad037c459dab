/** A devnet that lies, asked beside its honest node. */
import { fromBinary } from '@bufbuild/protobuf'
import { expect } from 'vitest'
import { hashHeader } from '../../src/chain/light/header-hash.ts'
import { nanosecondsOf } from '../../src/chain/light/time.ts'
import { verify } from '../../src/chain/light/verify.ts'
import { adapterKey, type Devnet } from '../../src/devnet/index.ts'
import { ApprovedAdapterSchema } from '../../src/gen/remes/remes/v1/registry_pb.js'
import { lightBlockAt, provenRead, signedHeaderAt, validatorsAt, verdictOn } from './devnet-node.ts'

/** What a lie does to a devnet that begins it: in a sentence, and in code that expects it. */
export type Claim = readonly [sentence: string, show: (devnet: Devnet) => Promise<void>]

/** Of the sample registry, and of no registry. */
export const CODER = adapterKey('coder')
export const ABSENT = adapterKey('nobody')
export const MINUTE_NS = 60_000_000_000n

export const nowNs = () => BigInt(Date.now()) * 1_000_000n
export const timeOf = async (url: string, height?: bigint) =>
  nanosecondsOf((await signedHeaderAt(url, height)).header.time)
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
export const adapterIn = (value: Uint8Array) => fromBinary(ApprovedAdapterSchema, value)
export const health = (id: number) => ({ jsonrpc: '2.0', id, method: 'health', params: {} })

/** The lying node's and the honest node's answers for a key, one below the newest height. */
export async function bothRead(devnet: Devnet, key: Uint8Array) {
  const height = devnet.height - 1n
  const { rpc, rpc2 } = devnet.urls
  const lied = await provenRead(rpc, key, height)
  const honest = await provenRead(rpc2, key, height)
  expect(await verdictOn(rpc2, key, height, honest)).toMatchObject({ ok: true })
  return { lied, honest, verdict: await verdictOn(rpc2, key, height, lied) }
}

/** Whether a light client that trusts a height as the honest node shows it would trust one that the other shows. */
export async function stepInto(devnet: Devnet, from: bigint, to: bigint) {
  const { rpc, rpc2 } = devnet.urls
  return verify({
    trusted: {
      signedHeader: await signedHeaderAt(rpc2, from),
      nextValidators: await validatorsAt(rpc2, from + 1n),
    },
    untrusted: await lightBlockAt(rpc, to),
    trustingPeriodNs: 14n * 24n * 60n * MINUTE_NS,
    maxClockDriftNs: 0n,
    nowNs: nowNs() + 1_000_000n,
  })
}

/** A fork is there: another newest header, another digest under a proof that holds against it. */
export async function expectFork(devnet: Devnet) {
  const { rpc, rpc2 } = devnet.urls
  const tip = devnet.height
  expect(hashHeader((await signedHeaderAt(rpc, tip)).header)).not.toEqual(
    hashHeader((await signedHeaderAt(rpc2, tip)).header),
  )
  const forked = await provenRead(rpc, CODER, tip - 1n)
  expect(await verdictOn(rpc, CODER, tip - 1n, forked)).toMatchObject({ ok: true })
  const honest = await provenRead(rpc2, CODER, tip - 1n)
  expect(adapterIn(forked.value).checksum).not.toBe(adapterIn(honest.value).checksum)
  expect({ ...adapterIn(forked.value), checksum: '' }).toEqual({ ...adapterIn(honest.value), checksum: '' })
}
