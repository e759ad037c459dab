/** `r3mes lock`: proves what is approved and writes it down, so that later runs start from there. */
import { type ChainEvidence } from '../../chain/index.js';
import { R3mesError } from '../../core/index.js';
import { type Lockfile } from '../../registry/index.js';
import { type RawInputs } from '../settings.js';
import type { Ports } from '../types.js';
/**
 * - `create`: there is no lockfile yet
 * - `check`: compares, writes nothing
 * - `update`: moves the anchor forward and resolves the request again
 * - `renew`: as `update`, from an anchor that is too old to be trusted by itself
 */
export type LockMode = 'create' | 'check' | 'update' | 'renew';
/** How `r3mes lock` ended. */
export interface LockResult {
    readonly mode: LockMode;
    /** Undefined on success, and when it was interrupted. */
    readonly error: R3mesError | undefined;
    /** The process was told to stop before anything was written. */
    readonly interrupted: boolean;
    /** Absolute path of the lockfile. */
    readonly path: string;
    readonly written: boolean;
    /** The lockfile that was written; under `check` the one that is there. Undefined when it did not come so far. */
    readonly lock: Lockfile | undefined;
    /** What changed since the lockfile that was there, as people read it, in checked names and numbers. */
    readonly changes: readonly string[];
    readonly notices: readonly string[];
    readonly evidence: ChainEvidence | undefined;
}
/** Runs `r3mes lock`. It never throws; what failed stands in the result, and then no lockfile was touched. */
export declare function lockFromInputs(mode: LockMode, raw: RawInputs, ports: Ports): Promise<LockResult>;
