export { parseRpcUrls } from './endpoint.js';
export { type JsonRpcClient, type JsonRpcOptions, jsonRpcClient, type RpcAnswer } from './json-rpc.js';
export { type RpcChainOptions, readFromChain } from './rpc-chain.js';
export { type ChainView, missingHeight, rpcFacts, rpcStoreReader } from './store-reader.js';
export * from './types.js';
