/** JSON-RPC 2.0 as CometBFT 0.38 speaks it. */
export type RpcId = string | number;
export type RpcParams = Readonly<Record<string, unknown>>;
export interface RpcCall {
    readonly id: RpcId;
    readonly method: string;
    /** As they came. */
    readonly params: unknown;
}
declare const RPC_ERRORS: {
    readonly parse: {
        readonly code: -32700;
        readonly message: 'Parse error. Invalid JSON';
    };
    readonly request: {
        readonly code: -32600;
        readonly message: 'Invalid Request';
    };
    readonly method: {
        readonly code: -32601;
        readonly message: 'Method not found';
    };
    readonly params: {
        readonly code: -32602;
        readonly message: 'Invalid params';
    };
    readonly internal: {
        readonly code: -32603;
        readonly message: 'Internal error';
    };
};
/** An error of JSON-RPC: one that CometBFT has, or one that a node has sent. */
export declare class RpcError extends Error {
    readonly code: number;
    readonly data: string;
    constructor(kind: keyof typeof RPC_ERRORS | {
        readonly code: number;
        readonly message: string;
    }, data?: string);
}
/**
 * The calls of a request, notifications (no id) left out.
 *
 * @throws RpcError when it is none
 */
export declare function parseCalls(body: Uint8Array): {
    readonly calls: readonly RpcCall[];
    readonly isBatch: boolean;
};
/**
 * Parameters by their names. What is null was not given.
 *
 * @throws RpcError when they are none
 */
export declare function namedParams({ method, params }: RpcCall): RpcParams;
/** What Go calls the type of a JSON value that is neither list nor object. */
export declare function goType(value: unknown): string;
/** Parameters that a method cannot take. */
export declare function paramsError(why: string): RpcError;
/** GET parameters: strings in quotes, bytes in quotes or as 0x hex, numbers and booleans bare. */
export declare function uriParams(search: URLSearchParams): RpcParams;
/** What is sent for a call. `id` is absent when the request was none. */
export type RpcAnswerBody = Readonly<Record<string, unknown>>;
export declare function resultAnswer(id: RpcId, result: unknown): RpcAnswerBody;
/** Throws on what is no RpcError: that is a bug. */
export declare function errorAnswer(thrown: unknown, id: RpcId | undefined): RpcAnswerBody;
/** `abci_query /store/remes/key` for the record; several of a batch joined by commas. */
export declare function callInWords(path: string, body: Uint8Array): string | undefined;
export declare function isObject(value: unknown): value is Record<string, unknown>;
export {};
