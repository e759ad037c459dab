import type { ProvenRecord } from '../chain/index.js';
export declare const STAKING_STORE = "staking";
/** Where Cosmos SDK 0.50 keeps the parameters of x/staking, in the store `staking`. */
export declare const UNBONDING_KEY: Uint8Array<ArrayBuffer>;
/**
 * `unbonding_time` in whole seconds, parts of a second dropped; undefined when the chain is proven to have no such parameters.
 * Only a proven record counts: the result decides how long a header is trusted.
 *
 * @param record what stands under {@link UNBONDING_KEY} in {@link STAKING_STORE}
 * @throws R3mesError `RECORD_MALFORMED`
 * @throws TypeError for the record of another key, which is a bug of the caller
 */
export declare function unbondingSeconds(record: ProvenRecord): number | undefined;
/**
 * The trusting period that a lockfile records: two thirds of the unbonding time, and never more than the period that admitted
 * the header. A chain's own word may shorten what its user allows, not lengthen it.
 *
 * @param unbonding in seconds; undefined when the chain says nothing
 */
export declare function recordedTrustingPeriod(admittedSeconds: number, unbonding: number | undefined): number;
