import { type RawInputs, type Settings } from './settings.js';
import type { EnsureResult, Ports } from './types.js';
/**
 * The whole way from a request to a verified store: approvals, plan, expansion, files, promotion. It never throws; what failed
 * stands in the result. If anything that is required fails, nothing that this run promoted stays visible.
 */
export declare function ensure(settings: Settings, ports: Ports): Promise<EnsureResult>;
/**
 * As {@link ensure}, from inputs as typed. Bad input ends in the result like any other failure.
 */
export declare function ensureFromInputs(raw: RawInputs, ports: Ports): Promise<EnsureResult>;
