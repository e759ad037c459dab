import { R3mesError } from '../core/index.ts'
import { type Block, makeBlock } from './blocks.ts'
import { iavlEntries, iavlGet } from './iavl.ts'
import { type Multistore, multistoreRoot } from './multistore.ts'
import type { Signer, SignersAt } from './validators.ts'

/** The store of the R3MES module. */
export const REMES_STORE = 'remes'

/** What happened at a height: when, and which state it left. */
export interface Step {
  readonly height: bigint
  /** Nanoseconds since the epoch. */
  readonly time: bigint
  readonly stores: Multistore
}

/** The history of a chain, without its hashes and signatures. It only ever grows. */
export interface Steps {
  /** The first height there ever was. */
  readonly first: bigint
  /** The lowest height that is kept. */
  readonly earliest: bigint
  readonly height: bigint
  /** @throws RangeError for a height that never was */
  at(height: bigint): Step
}

export interface ChainParts {
  readonly chainId: string
  readonly steps: Steps
  readonly signersAt: SignersAt
  /** Set for a fork: blocks below this height are those of another chain. */
  readonly fork?: { readonly from: bigint; readonly of: Chain }
}

/**
 * A chain as its nodes show it. Blocks are hashed and signed when somebody asks: each header holds the hash of the votes
 * below it, so all are made up to the one that is asked for.
 */
export class Chain {
  readonly chainId: string
  readonly #parts: ChainParts
  readonly #first: bigint
  readonly #blocks: Block[] = []

  constructor(parts: ChainParts) {
    this.chainId = parts.chainId
    this.#parts = parts
    this.#first = parts.fork?.from ?? parts.steps.first
  }

  get height(): bigint {
    return this.#parts.steps.height
  }

  get earliest(): bigint {
    return this.#parts.steps.earliest
  }

  /** Whether the block and the state of this height are kept. */
  has(height: bigint): boolean {
    return height >= this.earliest && height <= this.height
  }

  block(height: bigint): Block {
    const { chainId, steps, signersAt, fork } = this.#parts
    if (fork !== undefined && height < fork.from) return fork.of.block(height)
    const index = Number(height - this.#first)
    for (let next = this.#blocks.length; next <= index; next += 1) {
      const { height: at, time } = steps.at(this.#first + BigInt(next))
      const before = at > steps.first ? steps.at(at - 1n) : steps.at(at)
      const below = next > 0 ? this.#blocks[next - 1] : fork?.of.block(at - 1n)
      const plan = { height: at, time, appHash: multistoreRoot(before.stores) }
      this.#blocks.push(makeBlock(chainId, plan, below, signersAt))
    }
    const block = this.#blocks[index]
    if (block === undefined) throw new RangeError(`the chain has no block ${height}`)
    return block
  }

  /** The validators of a height, known up to one above the newest block. */
  signersAt(height: bigint): readonly Signer[] {
    const { signersAt, fork } = this.#parts
    return fork !== undefined && height < fork.from ? fork.of.signersAt(height) : signersAt(height)
  }

  /** The state that the block of this height left. */
  stores(height: bigint): Multistore {
    return this.#parts.steps.at(height).stores
  }

  /** App hash that the header above this height carries, 32 bytes. */
  stateHash(height: bigint): Uint8Array {
    return multistoreRoot(this.stores(height))
  }

  /** The value that a key of the R3MES module had at a height; undefined when it had none. */
  get(key: Uint8Array, height: bigint): Uint8Array | undefined {
    return iavlGet(this.stores(height).get(REMES_STORE), key)
  }

  /** All entries of the R3MES module whose key starts with `prefix`, in byte order of their keys. */
  list(
    prefix: Uint8Array,
    height: bigint,
  ): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[] {
    return iavlEntries(this.stores(height).get(REMES_STORE), prefix)
  }

  /**
   * A header to start trust from; the oldest that is kept when no height is given.
   *
   * @throws R3mesError `INPUT_INVALID` for a height that is not kept
   */
  anchor(height = this.earliest): { readonly height: bigint; readonly hash: string } {
    if (!this.has(height)) {
      throw new R3mesError(
        'INPUT_INVALID',
        `The devnet has no block ${height}. Choose a height from ${this.earliest} to ${this.height}.`,
      )
    }
    return { height, hash: Buffer.from(this.block(height).id.hash).toString('hex').toUpperCase() }
  }
}
