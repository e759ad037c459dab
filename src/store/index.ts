export { newestCacheFiles } from './cache-file.ts'
export { openStore, type StoreOptions } from './open.ts'
export { type BlobReader, type ReadableBlob, readBlobs } from './read-blob.ts'
export * from './types.ts'
