import type { Dispatcher } from '../../stand-ins/undici.js';
import { R3mesError } from '../../core/index.js';
import type { NodeStatus } from './answers.js';
import { type JsonRpcClient } from './json-rpc.js';
import { type LightBlockProvider } from './light-blocks.js';
/** One node that can be asked. */
export interface Endpoint {
    readonly url: URL;
    readonly client: JsonRpcClient;
    readonly provider: LightBlockProvider;
}
export interface EndpointOptions {
    readonly dispatcher: Dispatcher;
    /** For one request, in milliseconds. */
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
}
export declare function openEndpoint(url: URL, options: EndpointOptions): Endpoint;
/** @returns undefined when the node serves the chain */
export declare function foreignChain(endpoint: string, status: NodeStatus, chainId: string): R3mesError | undefined;
/**
 * One error for all endpoints that failed, the weightiest one's code first.
 *
 * @throws TypeError when there is none, which is a bug of the caller
 */
export declare function noEndpointLeft(failures: readonly R3mesError[]): R3mesError;
