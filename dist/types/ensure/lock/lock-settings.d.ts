import type { Lockfile } from '../../registry/index.js';
import { type Environment, type RawInputs, type Settings } from '../settings.js';
/** The inputs that `r3mes lock` takes, in the order of its help. */
export declare const LOCK_INPUTS: readonly ["model-version", "model-name", "adapters", "datasets", "require-dataset", "rpc-urls", "chain-id", "trust", "trusted-height", "trusted-hash", "trusting-period", "min-witnesses", "max-header-age", "lockfile", "home"];
/** Absolute path of the lockfile. */
export declare function lockfilePath(raw: RawInputs, environment: Environment): string;
/** Whether the request is typed anew, as far as it is: an input that is typed empty counts. */
export declare function namesRequest(raw: RawInputs): boolean;
/**
 * The settings of `r3mes lock`. What is typed replaces what the lockfile recorded, input by input.
 *
 * @throws R3mesError as {@link readSettings}
 */
export declare function readLockSettings(raw: RawInputs, environment: Environment, lock: Lockfile | undefined): Settings;
