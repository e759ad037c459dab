/** A chain of signed headers in memory, made when they are asked for: for tests of the driver that asks for them. */

import type { LightBlock, TrustedBlock } from '../../src/chain/light/types.ts'
import { headerHash, type LightBlockProvider } from '../../src/chain/node/light-blocks.ts'
import { R3mesError } from '../../src/core/index.ts'
import { makeBlock, validatorSetOfSigners } from '../../src/devnet/blocks.ts'
import { inHashOrder, type Signer, signer } from '../../src/devnet/validators.ts'

export const CHAIN_ID = 'remes-testnet-1'
const NS_PER_SECOND = 1_000_000_000n

export interface LightChain extends LightBlockProvider {
  /** Heights of the light blocks that were asked for, in order. */
  readonly asked: bigint[]
  root(height: bigint): TrustedBlock
  hashAt(height: bigint): Uint8Array
  /** Nanoseconds since 1970 at which the block of this height was made. */
  timeOf(height: bigint): bigint
}

export interface LightChainOptions {
  readonly endpoint?: string
  /** Indices of the validators at a height, of an endless pool. */
  readonly seatsAt: (height: bigint) => readonly number[]
  /** Heights that are not held. */
  readonly isPruned?: (height: bigint) => boolean
  /** The last thing that happens to a block before it is served. */
  readonly spoil?: (block: LightBlock) => LightBlock
  /** Enters every header from height 2 on: chains of different texts have different headers there. */
  readonly appHash?: string
  /** Height of the newest block. */
  readonly latest?: bigint
}

/** One block a second, the last one now. */
export function lightChain(options: LightChainOptions): LightChain {
  const { seatsAt, latest = 10_000n, endpoint = 'https://rpc.example.org' } = options
  const isPruned = options.isPruned ?? (() => false)
  const spoil = options.spoil ?? ((block: LightBlock) => block)
  const pool = new Map<number, Signer>()
  const seat = (index: number): Signer => {
    const known = pool.get(index) ?? signer(`validator ${index}`, BigInt(100 + (index % 7)))
    pool.set(index, known)
    return known
  }
  const now = BigInt(Date.now()) * 1_000_000n
  const timeOf = (height: bigint) => now - (latest - height) * NS_PER_SECOND
  const signersAt = (height: bigint) => inHashOrder(seatsAt(height).map(seat))
  const setAt = (height: bigint) => validatorSetOfSigners(signersAt(height))
  const appHash = (height: bigint) =>
    Buffer.from(height === 1n ? 'genesis' : (options.appHash ?? 'state')).subarray(0, 32)
  const blockAt = (height: bigint): LightBlock => {
    const plan = { height, time: timeOf(height), appHash: new Uint8Array(appHash(height)) }
    const { header, commit } = makeBlock(CHAIN_ID, plan, undefined, signersAt)
    return { signedHeader: { header, commit }, validators: setAt(height) }
  }
  const served = (height: bigint): LightBlock => {
    if (isPruned(height) || height > latest) {
      throw new R3mesError('HEIGHT_PRUNED', `The RPC endpoint ${endpoint} does not hold block ${height}.`)
    }
    return spoil(blockAt(height))
  }
  const asked: bigint[] = []
  return {
    endpoint,
    asked,
    timeOf,
    root: (height) => ({ signedHeader: blockAt(height).signedHeader, nextValidators: setAt(height + 1n) }),
    hashAt: (height) => new Uint8Array(Buffer.from(headerHash(blockAt(height).signedHeader), 'hex')),
    status: async () => ({
      network: CHAIN_ID,
      latestHeight: latest,
      latestAppHash: '',
      catchingUp: false,
    }),
    signedHeader: async (height) => served(height).signedHeader,
    validators: async (height) => setAt(height),
    async lightBlock(height) {
      asked.push(height)
      return served(height)
    },
  }
}

/** Four seats, one of which is replaced every `every` blocks: all are others after four times that. */
export function fourSeats(every: bigint): LightChainOptions['seatsAt'] {
  return (height) => [0, 1, 2, 3].map((offset) => Number(height / every) + offset)
}
