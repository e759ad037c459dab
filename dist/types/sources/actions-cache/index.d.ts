export { createActionsCache } from './cache.js';
export { AUTO_SAVE_LIMITS } from './limits.js';
export { fileKey, type Pack, type PackedFile, planPacks } from './packs.js';
export * from './types.js';
