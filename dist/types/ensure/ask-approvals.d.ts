import type { Settings } from './settings.js';
import type { EnsureResult, Ports } from './types.js';
/**
 * Asks what is approved of a request, as a run does, and ends there: nothing is fetched, and no receipt is left. What is approved
 * stands in `planned`, what is not in `error`. It never throws.
 */
export declare function askApprovals(settings: Settings, ports: Ports): Promise<EnsureResult>;
