import type { Chain } from './chain.ts'

/** One node of a chain: it may be some blocks behind the others. */
export class ChainNode {
  /** What the node calls itself. */
  readonly moniker: string
  readonly #chain: () => Chain
  readonly #refusesStoreReads: () => boolean
  /** Blocks that it is behind. */
  lag = 0

  /**
   * @param chain the chain it follows, asked at each call
   * @param refusesStoreReads whether its application takes no store queries
   */
  constructor(moniker: string, chain: () => Chain, refusesStoreReads: () => boolean) {
    this.moniker = moniker
    this.#chain = chain
    this.#refusesStoreReads = refusesStoreReads
  }

  get chain(): Chain {
    return this.#chain()
  }

  get refusesStoreReads(): boolean {
    return this.#refusesStoreReads()
  }

  /** The newest block it has. */
  get height(): bigint {
    const { height, earliest } = this.chain
    const seen = height - BigInt(this.lag)
    return seen > earliest ? seen : earliest
  }

  /** Whether it holds the block and the state of this height. */
  has(height: bigint): boolean {
    return height >= this.chain.earliest && height <= this.height
  }
}
