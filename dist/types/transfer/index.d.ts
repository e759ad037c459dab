export { contributorKey } from './contributor.js';
export { type NetworkOptions, openNetwork } from './network.js';
export { type Proxies, readProxies } from './proxy.js';
export { parseRetryAfter, type RetryPolicy } from './retry.js';
export type { Resolve, ResolvedAddress, Timeouts } from './terms.js';
export * from './types.js';
export { checkUrl, describeUrl, parseAllowedHost } from './url-rules.js';
