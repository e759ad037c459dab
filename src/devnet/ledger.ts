import type { Step, Steps } from './chain.ts'
import { iavlRemove, iavlSet } from './iavl.ts'
import type { Multistore } from './multistore.ts'

const NANOS_PER_MS = 1_000_000n
/** Clocks do not stop at whole milliseconds. */
const ODD_NANOS = 123_457n

/** One write to a store; without a value it deletes. */
export interface Write {
  readonly store: string
  readonly key: Uint8Array
  readonly value: Uint8Array | undefined
}

export interface LedgerOptions {
  /** Height of the first block. It is not kept: the first that is has a block below it. */
  readonly first: bigint
  /** State that the first block left. */
  readonly stores: Multistore
  /** Blocks that are kept; all when absent. */
  readonly keepBlocks?: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** What happened on the chain, and the only place where something happens. */
export class Ledger implements Steps {
  readonly first: bigint
  readonly #options: LedgerOptions
  #steps: Step[]
  /** While history is told: milliseconds from one block to the next. */
  #pace: number | undefined

  constructor(options: LedgerOptions) {
    this.first = options.first
    this.#options = options
    this.#steps = [{ height: options.first, time: timeOf(options.now()), stores: options.stores }]
  }

  get height(): bigint {
    return this.first + BigInt(this.#steps.length - 1)
  }

  get earliest(): bigint {
    const { keepBlocks } = this.#options
    const oldest = this.first + 1n
    const kept = keepBlocks === undefined ? oldest : this.height - BigInt(keepBlocks) + 1n
    return kept > oldest ? kept : oldest
  }

  at(height: bigint): Step {
    const step = this.#steps[Number(height - this.first)]
    if (step === undefined) throw new RangeError(`the chain has no height ${height}`)
    return step
  }

  /** One block with these writes. */
  append(writes: readonly Write[] = []): void {
    const last = this.at(this.height)
    const height = last.height + 1n
    const stores = writes.reduce((state, write) => applied(state, write, height), last.stores)
    this.#steps.push({ height, time: this.#timeAfter(last.time), stores })
  }

  /** Header times grow strictly, however fast the blocks come. */
  #timeAfter(time: bigint): bigint {
    if (this.#pace !== undefined) return time + BigInt(this.#pace) * NANOS_PER_MS
    const now = timeOf(this.#options.now())
    const soonest = time + NANOS_PER_MS
    return now > soonest ? now : soonest
  }

  /** So many blocks in which nothing is written. */
  advance(blocks: number): void {
    for (let block = 0; block < blocks; block += 1) this.append()
  }

  /** From now on, and until `endHistory`, so many milliseconds lie between two blocks. */
  tellHistory(paceMs: number): void {
    this.#pace = paceMs
  }

  /** The history told so far ends now. To be called before anyone has seen a block of it. */
  endHistory(): void {
    const { now } = this.#options
    const shift = timeOf(now()) - this.at(this.height).time
    this.#steps = this.#steps.map((step) => ({ ...step, time: step.time + shift }))
    this.#pace = undefined
  }
}

function timeOf(ms: number): bigint {
  return BigInt(Math.trunc(ms)) * NANOS_PER_MS + ODD_NANOS
}

/** The state after one more write. Stores that it does not touch are shared. */
export function applied(stores: Multistore, { store, key, value }: Write, version: bigint): Multistore {
  const tree = stores.get(store)
  const ownKey = Uint8Array.from(key)
  const changed =
    value === undefined
      ? iavlRemove(tree, ownKey, version)
      : iavlSet(tree, ownKey, Uint8Array.from(value), version)
  return changed === tree ? stores : new Map(stores).set(store, changed)
}
