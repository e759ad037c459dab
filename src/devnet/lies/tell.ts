import type { Chain } from '../chain.ts'
import type { Ledger } from '../ledger.ts'
import type { Liar } from '../rpc.ts'
import type { Registry } from '../seed.ts'
import { agedChain, fullFork, futureChain, minorityFork, otherChain } from './chain-lies.ts'
import { emptyNeighbours, revokeAll } from './events.ts'
import { liarFor } from './keyless.ts'
import { isKeyless, type KeyedLie, type KeylessLie, LIES, type LieMode } from './modes.ts'

/** Blocks that a fork, or a future, has when it is first shown. */
const NEW_BLOCKS = 5

type NodeName = 'rpc' | 'rpc2'

/** The nodes of a devnet, and what stands behind them. */
export interface World {
  readonly ledger: Ledger
  readonly registry: Registry
  /** The chain that honest nodes show and anchors come from. */
  readonly chain: Chain
  /** Whoever asks this node hears the liar instead. @returns takes it away */
  interpose(node: NodeName, liar: Liar): () => void
  /** The node shows another chain. @returns the one before again */
  show(node: NodeName, chain: Chain): () => void
  /** Another chain becomes the honest one. @returns the one before again */
  replace(chain: Chain): () => void
}

/** Begins a lie. @returns ends it */
export function tell(world: World, mode: LieMode): () => void {
  return isKeyless(mode) ? tellKeyless(world, mode) : tellKeyed(world, mode)
}

function tellKeyless(world: World, mode: KeylessLie): () => void {
  const { teller } = LIES[mode]
  const nodes: readonly NodeName[] = teller === 'both' ? ['rpc', 'rpc2'] : [teller]
  const ends = nodes.map((node) =>
    world.interpose(
      node,
      liarFor(mode, () => world.ledger.append()),
    ),
  )
  return () => {
    for (const end of ends) end()
  }
}

function tellKeyed({ chain, ledger, registry, show, replace }: World, mode: KeyedLie): () => void {
  /** What differs begins above all that anyone can have seen. */
  const grow = (make: (real: Chain, steps: Ledger, from: bigint) => Chain): Chain => {
    const made = make(chain, ledger, ledger.height + 1n)
    ledger.advance(NEW_BLOCKS)
    return made
  }
  switch (mode) {
    case 'empty-neighbour':
      return emptyNeighbours(chain, ledger)
    case 'revoked-after-lock':
      return revokeAll(chain, registry)
    case 'expired-header':
      return replace(agedChain(chain, ledger))
    case 'other-chain':
      return show('rpc', otherChain(chain, ledger))
    case 'fork-full':
      return show('rpc', grow(fullFork))
    case 'fork-third':
      return show('rpc', grow(minorityFork))
    case 'future-header': {
      const future = grow(futureChain)
      const ends = [show('rpc', future), show('rpc2', future)]
      return () => {
        for (const end of ends) end()
      }
    }
  }
}
