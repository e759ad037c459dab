import { R3mesError } from '../core/index.ts'
import { Chain } from './chain.ts'
import { genesisStores } from './genesis.ts'
import { Ledger } from './ledger.ts'
import type { DevnetOptions } from './types.ts'
import { rotatingSigners } from './validators.ts'

const CHAIN_ID = 'remes-testnet-1'
/** A height at which a chain of some age could have pruned its blocks. */
const FIRST_HEIGHT = 1099n
const VALIDATORS = 4
const HISTORY = 100
const MIN_HISTORY = 4
const HISTORY_BLOCK_MS = 5000
/** Blocks between the sample registry's approval and now. */
const RECENT = 50
/** The chain stood still for so long before its recent blocks, as around an upgrade: its older headers are stale. */
const HALT_MS = 2 * 60 * 60 * 1000
const UNBONDING_SECONDS = 1_814_400

/** A chain with a history that ends now. Whatever `approve` writes lies in the middle of it. */
export function newChain(options: DevnetOptions): {
  readonly chain: Chain
  readonly ledger: Ledger
  tellHistory(approve: () => void): void
} {
  const { validators = VALIDATORS, history = HISTORY, chainId = CHAIN_ID } = options
  assertWhole('validators', validators, 1)
  assertWhole('history', history, MIN_HISTORY)
  const signersAt = rotatingSigners({
    name: chainId,
    count: validators,
    from: FIRST_HEIGHT,
    // Every seat changes hands twice within the history, so no jump over all of it finds enough who are known.
    everyBlocks: BigInt(Math.max(1, Math.floor(history / (2 * validators)))),
  })
  const ledger = new Ledger({
    first: FIRST_HEIGHT,
    stores: genesisStores(options.unbondingSeconds ?? UNBONDING_SECONDS, signersAt(FIRST_HEIGHT)),
    now: options.now ?? Date.now,
    ...(options.keepBlocks === undefined ? {} : { keepBlocks: options.keepBlocks }),
  })
  return {
    ledger,
    chain: new Chain({ chainId, steps: ledger, signersAt }),
    tellHistory(approve) {
      const pace = options.historyBlockMs ?? HISTORY_BLOCK_MS
      const recent = Math.min(RECENT, Math.floor(history / 2))
      ledger.tellHistory(pace)
      // The first height that is shown counts too.
      ledger.advance(history + 1 - recent)
      approve()
      ledger.tellHistory(HALT_MS)
      ledger.advance(1)
      ledger.tellHistory(pace)
      ledger.advance(recent - 1)
      ledger.endHistory()
    },
  }
}

function assertWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new R3mesError('INPUT_INVALID', `The devnet's \`${name}\` must be a whole number from ${least} on.`)
}
