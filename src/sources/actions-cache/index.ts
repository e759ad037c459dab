export { createActionsCache } from './cache.ts'
export { AUTO_SAVE_LIMITS } from './limits.ts'
export { fileKey, type Pack, type PackedFile, planPacks } from './packs.ts'
export * from './types.ts'
