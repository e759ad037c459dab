import type { Plan } from '../registry/index.js';
import type { Planner } from './approvals/ask-chain.js';
import type { Settings } from './settings.js';
import type { EnsureResult, Ports } from './types.js';
/** What a chain answered, as a run is told it, and as a whole. */
export interface AskedPlan {
    readonly result: EnsureResult;
    /** Undefined when there was no answer that can be believed. It may have problems: then `result.error` has them. */
    readonly plan: Plan | undefined;
}
/**
 * Asks what is approved of a request, as a run does, and ends there: nothing is fetched, and no receipt is left. What is approved
 * stands in `planned`, what is not in `error`. It never throws.
 */
export declare function askApprovals(settings: Settings, ports: Ports): Promise<EnsureResult>;
/**
 * As {@link askApprovals}, with the plan that was judged.
 *
 * @param planner plans in place of the request. Where no chain is asked (`trust: lockfile`), and in a frozen run, the request
 * counts all the same.
 */
export declare function askPlan(settings: Settings, ports: Ports, planner?: Planner): Promise<AskedPlan>;
