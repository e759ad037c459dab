export * from './types.ts'
export * from './actions-cache/index.ts'
