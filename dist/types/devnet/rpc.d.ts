import type { ChainNode } from './node.js';
import { type RpcAnswerBody, type RpcParams } from './rpc-protocol.js';
import type { Host } from './server.js';
/** Gives the result of a method. @throws RpcError */
export type RunMethod = (method: string, params: RpcParams) => Promise<unknown>;
/** What stands between a node and those who ask it; all of it honest when absent. */
export interface Liar {
    /** The result that is given instead of the node's own, which `ask` gives. */
    run?(method: string, params: RpcParams, ask: RunMethod): Promise<unknown>;
    /** The text that is sent instead of the answers. */
    send?(answers: readonly RpcAnswerBody[], isBatch: boolean): string;
}
/**
 * A chain's node as CometBFT 0.38 serves it: JSON-RPC over POST, alone or in batches, and the same methods as GET
 * paths. As there, an error of a method is HTTP 200 over POST and 500 over GET; what is no request at all is 500.
 *
 * @param liar asked at each request
 */
export declare function nodeHost(node: ChainNode, liar: () => Liar | undefined): Host;
/** JSON-RPC in front of whatever runs the methods. */
export declare function rpcHost(run: RunMethod, liar: () => Liar | undefined): Host;
/** As there: a batch of one is answered as if it were none. */
export declare function answersText(answers: readonly RpcAnswerBody[], isBatch: boolean): string;
