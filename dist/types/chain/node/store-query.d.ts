import { R3mesError } from '../../core/index.js';
import { type AbciAnswer } from './answers.js';
import type { JsonRpcClient } from './json-rpc.js';
/** One endpoint, and the height at which it is read. */
export interface QueryView {
    readonly client: JsonRpcClient;
    readonly height: bigint;
}
/** The node answers, but not to store reads. What else it can answer is for a fallback reader to say. */
export declare class StoreReadsRefused extends R3mesError {
}
/**
 * `HEIGHT_PRUNED` when a node's words mean that it does not hold the height that is read.
 *
 * @param text what the node said; undefined is returned when it means something else
 */
export declare function missingHeight({ client, height }: QueryView, text: string): R3mesError | undefined;
/**
 * One query. The answer is a success for this key and height; whether it is true, nobody has checked.
 *
 * @param path `/store/<name>/key` or `/store/<name>/subspace`
 * @throws R3mesError `HEIGHT_PRUNED`, `CHAIN_UNREACHABLE`, `CHAIN_RESPONSE_INVALID`
 */
export declare function queryStore(view: QueryView, path: string, key: Uint8Array, prove: boolean): Promise<AbciAnswer>;
/** An entry of a listing, as the node gave it. */
interface Pair {
    readonly key: Uint8Array;
    readonly value: Uint8Array;
}
/**
 * What the node lists below a prefix, in key order. Cosmos SDK nodes answer `subspace` from their newest state whatever height is
 * asked, and never with a proof.
 *
 * @throws R3mesError as {@link queryStore}
 */
export declare function querySubspace(view: QueryView, store: string, prefix: Uint8Array): Promise<readonly Pair[]>;
export {};
