export { type Checks, checksIn, LEAST_RECORDED } from './checks.ts'
export type { ExactIdentity } from './record.ts'
