/** Chains that are not the real one, though its own validators sign them. */
import { Chain, REMES_STORE, type Step, type Steps } from '../chain.ts'
import { iavlEntries, iavlSet } from '../iavl.ts'
import type { Multistore } from '../multistore.ts'
import { inHashOrder, type Signer, type SignersAt, signer } from '../validators.ts'
import { withOtherDigests } from './store-answer.ts'

const NANOS_PER_MS = 1_000_000n
const FUTURE_NS = 10n * 60n * 1000n * NANOS_PER_MS
const EXPIRED_AGE_NS = 60n * 24n * 60n * 60n * 1000n * NANOS_PER_MS
/** Far more than real validators have. */
const STRANGER_POWER = 100_000n
const STRANGERS = 3

interface Twist {
  /** The first height that is another; absent: all are. */
  readonly from?: bigint
  readonly chainId?: string
  readonly timeOf?: (step: Step) => bigint
  readonly storesOf?: (stores: Multistore) => Multistore
  readonly signersAt?: SignersAt
}

/** The chain as it would be with a twist. It goes on with the real one. */
function twisted(real: Chain, steps: Steps, twist: Twist): Chain {
  const { from = steps.first, timeOf, storesOf } = twist
  const seen: Steps = {
    first: steps.first,
    get earliest() {
      return steps.earliest
    },
    get height() {
      return steps.height
    },
    at(height) {
      const step = steps.at(height)
      if (height < from) return step
      return {
        height,
        time: timeOf?.(step) ?? step.time,
        stores: storesOf?.(step.stores) ?? step.stores,
      }
    },
  }
  return new Chain({
    chainId: twist.chainId ?? real.chainId,
    steps: seen,
    signersAt: twist.signersAt ?? ((height) => real.signersAt(height)),
    ...(twist.from === undefined ? {} : { fork: { from, of: real } }),
  })
}

export function otherChain(real: Chain, steps: Steps): Chain {
  return twisted(real, steps, { chainId: 'other-testnet-9' })
}

/** Every digest differs from a height on, and the real validators have signed it. */
export function fullFork(real: Chain, steps: Steps, from: bigint): Chain {
  return twisted(real, steps, { from, storesOf: forging(from) })
}

/** Real validators with at most a third of the real power, and strangers who claim most of the fork's. */
export function minorityFork(real: Chain, steps: Steps, from: bigint): Chain {
  const strangers = Array.from({ length: STRANGERS }, (_, index) =>
    signer(`${real.chainId} stranger ${index}`, STRANGER_POWER),
  )
  const signers = inHashOrder([...minorityOf(real.signersAt(from)), ...strangers])
  return twisted(real, steps, { from, storesOf: forging(from), signersAt: () => signers })
}

/** The weakest validators, as many as have no more than a third of the power together. */
function minorityOf(signers: readonly Signer[]): readonly Signer[] {
  const total = signers.reduce((sum, { validator }) => sum + validator.votingPower, 0n)
  let power = 0n
  return signers.toReversed().filter(({ validator }) => {
    if ((power + validator.votingPower) * 3n > total) return false
    power += validator.votingPower
    return true
  })
}

/** A history of sixty days up to now; what comes later comes when it does. */
export function agedChain(real: Chain, steps: Steps): Chain {
  const now = steps.at(steps.height).time
  const age = now - steps.at(steps.first).time
  return twisted(real, steps, {
    timeOf: ({ time }) => (time >= now ? time : now - ((now - time) * EXPIRED_AGE_NS) / age),
  })
}

export function futureChain(real: Chain, steps: Steps, from: bigint): Chain {
  return twisted(real, steps, { from, timeOf: ({ time }) => time + FUTURE_NS })
}

/** Another digest in each approval, written at one version. States that share content share the forged one too. */
function forging(version: bigint): (stores: Multistore) => Multistore {
  const forged = new WeakMap<Multistore, Multistore>()
  return (stores) => {
    const known = forged.get(stores)
    if (known !== undefined) return known
    const tree = stores.get(REMES_STORE)
    const changed = iavlEntries(tree, new Uint8Array()).reduce((grown, { key, value }) => {
      const other = withOtherDigests(value)
      return other === undefined ? grown : iavlSet(grown, key, other, version)
    }, tree)
    const made = new Map(stores).set(REMES_STORE, changed)
    forged.set(stores, made)
    return made
  }
}
