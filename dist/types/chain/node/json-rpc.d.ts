import { type Dispatcher } from '../../stand-ins/undici.js';
/** What the endpoint answered: a result, or an error in the protocol's own form. */
export type RpcAnswer = {
    readonly ok: true;
    readonly result: unknown;
} | {
    readonly ok: false;
    readonly code: number;
    readonly text: string;
};
export interface RpcCall {
    readonly method: string;
    readonly params: Readonly<Record<string, unknown>>;
}
export interface JsonRpcClient {
    /** The endpoint's origin: no path, query or credentials. */
    readonly endpoint: string;
    /**
     * @throws R3mesError `CHAIN_UNREACHABLE` when no answer came in time, `CHAIN_RESPONSE_INVALID` when it is no answer to
     * this call. The reason of the caller's own signal when that was aborted.
     */
    call(method: string, params: RpcCall['params']): Promise<RpcAnswer>;
}
/** A client that can also ask several things in one request. */
export interface BatchJsonRpcClient extends JsonRpcClient {
    /**
     * The answers in the order of the calls; `refused` when the endpoint took none of them because they came together.
     *
     * @throws R3mesError as {@link JsonRpcClient.call}; `CHAIN_RESPONSE_INVALID` also when any call has no answer, or two
     */
    batch(calls: readonly RpcCall[]): Promise<readonly RpcAnswer[] | 'refused'>;
}
export interface JsonRpcOptions {
    readonly url: URL;
    readonly dispatcher: Dispatcher;
    /** For one whole call, in milliseconds. */
    readonly timeoutMs?: number;
    /** Largest body that is read, in bytes. */
    readonly maxBytes?: number;
    readonly signal?: AbortSignal;
}
/** A client for one endpoint. Redirects are refused: the endpoint that was typed is the one that is asked. */
export declare function jsonRpcClient(options: JsonRpcOptions): BatchJsonRpcClient;
