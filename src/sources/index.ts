export * from './actions-cache/index.ts'
export { createFetchRun, type FetchFailure, type FetchRun, outsideOf } from './attempts.ts'
export { createSources, type SourceOptions } from './create.ts'
export {
  type FetchedFile,
  type FetchOptions,
  fetchFile,
} from './fetch.ts'
export { checkMirrorTemplate, type HttpSettings } from './http.ts'
export { type HuggingFaceSettings, hubDigest, hubOrigin } from './huggingface/index.ts'
export { gatewayUrl, type IpfsSettings, LOCAL_GATEWAY, PUBLIC_GATEWAYS } from './ipfs.ts'
export { below } from './paths.ts'
export * from './types.ts'
