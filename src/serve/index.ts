export {
  type BlobServer,
  type BlobServerLimits,
  type BlobServerOptions,
  DEFAULT_BLOB_SERVER_LIMITS,
  serveBlobs,
} from './blob-server.ts'
export { type LocalAddress, mirrorLines } from './mirror-urls.ts'
