/** Deciding what a run will bring, from records alone. Pure: nothing is asked, nothing is written. */
import type { ReadTrust } from '../chain/index.js';
import { type PlanOptions } from './artifact.js';
import type { Plan, Request, Snapshot } from './types.js';
/**
 * The plan of a request: its artifacts, and every problem at once. Never throws an R3mesError; whoever executes a plan stops
 * when `problems` is not empty.
 */
export declare function plan<T extends ReadTrust>(request: Request, snapshot: Snapshot<T>, options?: PlanOptions): Plan<T>;
/** Whether the plan's messages would say more if the adapters were listed. */
export declare function wantsKnownAdapters(plan: Plan): boolean;
