/** Raw reads of module stores that believe one endpoint. */
import type { JsonRpcClient } from './node/json-rpc.js';
import type { BelievedRecord, StoreReader } from './types.js';
/** One endpoint, and the height at which it is read. */
export interface ChainView {
    readonly client: JsonRpcClient;
    readonly chainId: string;
    readonly height: bigint;
    readonly appHash: string | undefined;
}
/** What every reader of a view says about itself when one endpoint is believed. */
export declare function rpcFacts(view: ChainView): Omit<StoreReader<'rpc'>, 'get' | 'list'>;
/** What the endpoint of a view stated about one key. */
export declare function believedRecord<V extends Uint8Array | undefined>(view: ChainView, store: string, key: Uint8Array, value: V): BelievedRecord<V>;
/**
 * A reader that believes one endpoint.
 *
 * A listing shows only what there is to look at, since nodes may list a newer state; a record that matters is read again by
 * its key.
 */
export declare function rpcStoreReader(view: ChainView): StoreReader<'rpc'>;
