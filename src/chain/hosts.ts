/** Which endpoints count as different hosts: a quorum of one machine's two names would be none. */
import { isLoopback } from './node/rpc-urls.ts'

/** What tells hosts apart: the host name; on loopback, where tests and tunnels live, the port alone. */
export function hostOf({ hostname, port, protocol }: URL): string {
  // A final dot names the same host.
  return isLoopback(hostname) ? `loopback:${port || protocol}` : hostname.replace(/\.$/, '')
}

/** How many different hosts these URLs name. */
export function countHosts(urls: readonly URL[]): number {
  return new Set(urls.map(hostOf)).size
}
