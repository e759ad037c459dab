export * from './types.ts'
export { usageIn } from './usage.ts'
