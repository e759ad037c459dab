export { artifactManifest, MANIFEST_NAME } from './artifact-manifest.ts'
export type { CacheEntry, Undo } from './cache-service.ts'
export { startDevnet } from './devnet.ts'
export * from './keys.ts'
export {
  KEYED_LIES,
  KEYLESS_LIES,
  type KeyedLie,
  type KeylessLie,
  LIES,
  type LieFacts,
  type LieMode,
} from './lies/modes.ts'
export { lyingProxy } from './lies/proxy.ts'
export { seedSample } from './sample.ts'
export * from './seed.ts'
export * from './types.ts'
export { directoryCid } from './unixfs-directory.ts'
