/** Asking a chain what it approved, and planning with the answer. */
import {
  type ChainEvidence,
  type ProvenChainOptions,
  type ProvenTrust,
  type ReadTrust,
  type RpcChainOptions,
  readFromChain,
  readProvenChain,
  type StoreReader,
} from '../../chain/index.ts'
import { R3mesError } from '../../core/index.ts'
import {
  type Plan,
  type PlanOptions,
  plan,
  queryReader,
  type Request,
  readSnapshot,
  STAKING_STORE,
  UNBONDING_KEY,
  unbondingSeconds,
  wantsKnownAdapters,
  withKnownAdapters,
} from '../../registry/index.ts'

/** Makes a plan of something else than a request: of all that is approved. */
export type Planner = <T extends ReadTrust>(reader: StoreReader<T>, options: PlanOptions) => Promise<Plan<T>>

/** What is asked, and the machine's own settings that planning depends on. */
export interface ApprovalQuestion {
  readonly request: Request
  readonly options: PlanOptions
  /** Plans in place of the request. */
  readonly planner?: Planner | undefined
}

/** The plan at a reader's height. */
async function planWith<T extends ReadTrust>(
  reader: StoreReader<T>,
  { request, options, planner }: ApprovalQuestion,
): Promise<Plan<T>> {
  if (planner !== undefined) return await planner(reader, options)
  const snapshot = await readSnapshot(reader, request)
  const first = plan(request, snapshot, options)
  if (!wantsKnownAdapters(first)) return first
  // The names of what is approved make the problems easier to mend; reading them may fail without harm.
  return plan(request, await withKnownAdapters(reader, snapshot), options)
}

/** Believes one endpoint: the first that answers as it should. */
export async function askOneEndpoint(
  chain: Omit<RpcChainOptions, 'fallbackReader'>,
  question: ApprovalQuestion,
): Promise<Plan<'rpc'>> {
  return await readFromChain({ ...chain, fallbackReader: queryReader }, (reader) =>
    planWith(reader, question),
  )
}

/** x/staking's unbonding time; `seconds` is undefined when the chain is proven to have none. */
export interface Unbonding {
  readonly seconds: number | undefined
}

/** Approvals with a proof of every record, and what the proof stood on. */
export interface ProvenApprovals {
  readonly plan: Plan<ProvenTrust>
  readonly evidence: ChainEvidence
  /** Undefined when it was not read. */
  readonly unbonding: Unbonding | undefined
}

/**
 * How much a reader needs the unbonding time:
 * - `required`: a lockfile is written, and its period follows from it
 * - `wanted`: a lockfile is offered; where the time cannot be read there is none to offer
 */
export type UnbondingNeed = 'required' | 'wanted' | 'none'

async function readUnbonding(
  reader: StoreReader<ProvenTrust>,
  need: UnbondingNeed,
): Promise<Unbonding | undefined> {
  if (need === 'none') return undefined
  try {
    return { seconds: unbondingSeconds(await reader.get(STAKING_STORE, UNBONDING_KEY)) }
  } catch (thrown) {
    if (need === 'wanted' && thrown instanceof R3mesError && isHarmless(thrown)) return undefined
    throw thrown
  }
}

/** A node that cannot answer, and a chain without that store. A proof that does not hold is another matter. */
function isHarmless({ code }: R3mesError): boolean {
  return code === 'CHAIN_RESPONSE_INVALID' || code === 'UNPROVABLE' || code === 'RECORD_MALFORMED'
}

/**
 * Believes nobody.
 *
 * @param verified told what each attempt stands on before its records are read: of a proof that does not hold, all that is known
 */
export async function askForProof(
  chain: ProvenChainOptions,
  question: ApprovalQuestion,
  need: UnbondingNeed,
  verified: (evidence: ChainEvidence) => void = () => {},
): Promise<ProvenApprovals> {
  return await readProvenChain(chain, async (reader, evidence) => {
    verified(evidence)
    const [planned, unbonding] = await Promise.all([planWith(reader, question), readUnbonding(reader, need)])
    return { plan: planned, evidence, unbonding }
  })
}
