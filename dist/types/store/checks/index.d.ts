export { type Checks, checksIn, LEAST_RECORDED } from './checks.js';
export type { ExactIdentity } from './record.js';
