export {
  AdapterRegistry,
  type AdapterRegistryOptions,
  type Compatibility,
  type Conflicts,
} from './adapter-registry.ts'
export { BlockchainClient, type BlockchainClientOptions, type ChainStatus } from './blockchain-client.ts'
export type { AskOptions, BringOptions } from './calls.ts'
export { DatasetRegistry } from './dataset-registry.ts'
export { DownloadManager, type DownloadManagerOptions, type FileRequest } from './download-manager.ts'
export type { AdapterInfo, ApprovedInfo, DatasetInfo, ModelInfo } from './info.ts'
export { IPFSClient, type IPFSClientOptions } from './ipfs-client.ts'
export type { MissingArtifact } from './missing.ts'
export { ModelRegistry } from './model-registry.ts'
export type { ChainOptions, StoreOptions } from './options.ts'
export type { Downloaded, Outcome, SyncedRecords } from './outcome.ts'
export type { ReadyRequest, ReadyResult, ReadyStatus } from './ready.ts'
export type { RegistryOptions } from './session.ts'
export {
  type SyncAllOptions,
  type SyncedRegistry,
  type SyncedStore,
  UnifiedRegistry,
  type UnifiedRegistryOptions,
} from './unified-registry.ts'
