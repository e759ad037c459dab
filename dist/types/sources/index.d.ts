export * from './actions-cache/index.js';
export { createFetchRun, type FetchFailure, type FetchRun, outsideOf } from './attempts.js';
export { createSources, type SourceOptions } from './create.js';
export { type FetchedFile, type FetchOptions, fetchFile, } from './fetch.js';
export { checkMirrorTemplate, type HttpSettings } from './http.js';
export { type HuggingFaceSettings, hubDigest, hubOrigin } from './huggingface/index.js';
export { gatewayUrl, type IpfsSettings, LOCAL_GATEWAY, PUBLIC_GATEWAYS } from './ipfs.js';
export { below } from './paths.js';
export * from './types.js';
