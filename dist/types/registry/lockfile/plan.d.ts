import { type PlanOptions } from '../artifact.js';
import type { Plan, Request } from '../types.js';
import type { Lockfile } from './types.js';
/**
 * The plan of a request from the lockfile alone: digests, places and facts as they were when it was written. Compatibility and
 * conflicts are judged as under any other trust. Never throws an R3mesError.
 */
export declare function planFromLock(request: Request, lock: Lockfile, options?: PlanOptions): Plan<'lockfile'>;
