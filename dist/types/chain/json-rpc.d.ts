import { type Dispatcher } from '../stand-ins/undici.js';
/** What the endpoint answered: a result, or an error in the protocol's own form. */
export type RpcAnswer = {
    readonly ok: true;
    readonly result: unknown;
} | {
    readonly ok: false;
    readonly code: number;
    readonly text: string;
};
export interface JsonRpcClient {
    /** The endpoint's origin: no path, query or credentials. */
    readonly endpoint: string;
    /**
     * @throws R3mesError `CHAIN_UNREACHABLE` when no answer came in time, `CHAIN_RESPONSE_INVALID` when it is no answer to
     * this call. The reason of the caller's own signal when that was aborted.
     */
    call(method: string, params: Readonly<Record<string, unknown>>): Promise<RpcAnswer>;
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
export declare function jsonRpcClient(options: JsonRpcOptions): JsonRpcClient;
