export { artifactManifest, MANIFEST_NAME } from './artifact-manifest.js';
export type { CacheEntry, Undo } from './cache-service.js';
export { startDevnet } from './devnet.js';
export * from './keys.js';
export { seedSample } from './sample.js';
export * from './seed.js';
export * from './types.js';
export { directoryCid } from './unixfs-directory.js';
