import type { Dispatcher } from '../stand-ins/undici.js';
import { type Reporter } from '../core/index.js';
import { type ChainView } from './store-reader.js';
import type { StoreReader } from './types.js';
export interface RpcChainOptions {
    /** In the order to ask. See `parseRpcUrls`. */
    readonly urls: readonly URL[];
    readonly chainId: string;
    readonly dispatcher: Dispatcher;
    readonly reporter: Reporter;
    readonly signal?: AbortSignal;
    /** For one call, in milliseconds. */
    readonly timeoutMs?: number;
    /** Pause before a newer height is asked for, in milliseconds: about the time a block takes to spread. */
    readonly newerHeightAfterMs?: number;
    /** A reader for nodes that refuse store reads. It may answer less, and says so with `CHAIN_RESPONSE_INVALID`. */
    readonly fallbackReader?: (view: ChainView) => Promise<StoreReader<'rpc'>>;
}
/**
 * Runs `read` against the first endpoint that serves the asked chain and answers as it should. `read` may run again on
 * another endpoint or at a newer height, so it must have no effects of its own.
 *
 * @throws R3mesError `CHAIN_ID_MISMATCH`, `CHAIN_UNREACHABLE`, `CHAIN_RESPONSE_INVALID`, `HEIGHT_PRUNED` when no endpoint
 * is left, with one problem for each; whatever else `read` throws, as it is.
 */
export declare function readFromChain<T>(options: RpcChainOptions, read: (reader: StoreReader<'rpc'>) => Promise<T>): Promise<T>;
