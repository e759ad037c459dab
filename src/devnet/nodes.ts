import type { Chain } from './chain.ts'
import type { Ledger } from './ledger.ts'
import type { World } from './lies/tell.ts'
import { ChainNode } from './node.ts'
import { Overlays } from './overlays.ts'
import type { Liar } from './rpc.ts'

interface Seat {
  readonly node: ChainNode
  readonly chains: Overlays<Chain>
  readonly liars: Overlays<Liar>
}

/** The two nodes of a devnet: what each shows, and who speaks for it. */
export class Nodes {
  readonly #chain: Chain
  readonly #replaced = new Overlays<Chain>()
  readonly #seats: Readonly<Record<'rpc' | 'rpc2', Seat>>
  /** Whether the application takes no store queries. */
  refuseStoreReads: boolean

  constructor(chain: Chain, refuseStoreReads: boolean) {
    this.#chain = chain
    this.refuseStoreReads = refuseStoreReads
    const seat = (moniker: string): Seat => {
      const chains = new Overlays<Chain>()
      const shown = () => chains.top ?? this.chain
      return {
        chains,
        liars: new Overlays(),
        node: new ChainNode(moniker, shown, () => this.refuseStoreReads),
      }
    }
    this.#seats = { rpc: seat('devnet-a'), rpc2: seat('devnet-b') }
  }

  /** What an honest node shows. */
  get chain(): Chain {
    return this.#replaced.top ?? this.#chain
  }

  node(name: 'rpc' | 'rpc2'): ChainNode {
    return this.#seats[name].node
  }

  liar(name: 'rpc' | 'rpc2'): Liar | undefined {
    return this.#seats[name].liars.top
  }

  /** What lies are told with. */
  world(ledger: Ledger, registry: World['registry']): World {
    return {
      ledger,
      registry,
      chain: this.chain,
      interpose: (name, liar) => this.#seats[name].liars.add(liar),
      show: (name, chain) => this.#seats[name].chains.add(chain),
      replace: (chain) => this.#replaced.add(chain),
    }
  }
}
