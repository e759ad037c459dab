import { R3mesError } from '../core/index.js';
import type { JsonRpcClient } from './json-rpc.js';
import type { StoreReader } from './types.js';
/** One endpoint, and the height at which it is read. */
export interface ChainView {
    readonly client: JsonRpcClient;
    readonly chainId: string;
    readonly height: bigint;
    readonly appHash: string | undefined;
}
/** What every reader of a view says about itself when one endpoint is believed. */
export declare function rpcFacts(view: ChainView): Omit<StoreReader<'rpc'>, 'get' | 'list'>;
/** The node answers, but not to store reads. What else it can answer is for a fallback reader to say. */
export declare class StoreReadsRefused extends R3mesError {
}
/**
 * `HEIGHT_PRUNED` when a node's words mean that it does not hold the height that is read.
 *
 * @param text what the node said; undefined is returned when it means something else
 */
export declare function missingHeight(view: ChainView, text: string): R3mesError | undefined;
/**
 * A reader that believes one endpoint.
 *
 * Cosmos SDK nodes answer `subspace` from their newest state whatever height is asked, so a listing shows only what there
 * is to look at; a record that matters is read again by its key.
 */
export declare function rpcStoreReader(view: ChainView): StoreReader<'rpc'>;
