/** Asking a chain what it approved, and planning with the answer. */
import { type ChainEvidence, type ProvenChainOptions, type ProvenTrust, type ReadTrust, type RpcChainOptions, type StoreReader } from '../../chain/index.js';
import { type Plan, type PlanOptions, type Request } from '../../registry/index.js';
/** Makes a plan of something else than a request: of all that is approved. */
export type Planner = <T extends ReadTrust>(reader: StoreReader<T>, options: PlanOptions) => Promise<Plan<T>>;
/** What is asked, and the machine's own settings that planning depends on. */
export interface ApprovalQuestion {
    readonly request: Request;
    readonly options: PlanOptions;
    /** Plans in place of the request. */
    readonly planner?: Planner | undefined;
}
/** Believes one endpoint: the first that answers as it should. */
export declare function askOneEndpoint(chain: Omit<RpcChainOptions, 'fallbackReader'>, question: ApprovalQuestion): Promise<Plan<'rpc'>>;
/** x/staking's unbonding time; `seconds` is undefined when the chain is proven to have none. */
export interface Unbonding {
    readonly seconds: number | undefined;
}
/** Approvals with a proof of every record, and what the proof stood on. */
export interface ProvenApprovals {
    readonly plan: Plan<ProvenTrust>;
    readonly evidence: ChainEvidence;
    /** Undefined when it was not read. */
    readonly unbonding: Unbonding | undefined;
}
/**
 * How much a reader needs the unbonding time:
 * - `required`: a lockfile is written, and its period follows from it
 * - `wanted`: a lockfile is offered; where the time cannot be read there is none to offer
 */
export type UnbondingNeed = 'required' | 'wanted' | 'none';
/**
 * Believes nobody.
 *
 * @param verified told what each attempt stands on before its records are read: of a proof that does not hold, all that is known
 */
export declare function askForProof(chain: ProvenChainOptions, question: ApprovalQuestion, need: UnbondingNeed, verified?: (evidence: ChainEvidence) => void): Promise<ProvenApprovals>;
