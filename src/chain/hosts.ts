/** Which endpoints count as different hosts: a quorum of one machine's two names would be none. */
import ipaddr from 'ipaddr.js'
import { isLoopback } from './node/rpc-urls.ts'

/** The one spelling of a host: without final dots, an IPv4 address in IPv6 clothes as what it is. */
function canonicalHost(hostname: string): string {
  const bare = hostname.replace(/\.+$/, '')
  const literal = bare.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(literal) ? ipaddr.process(literal).toString() : bare
}

/** What tells hosts apart: the host name; on loopback, where tests and tunnels live, the port alone. */
export function hostOf({ hostname, port, protocol }: URL): string {
  const host = canonicalHost(hostname)
  return isLoopback(host) || host === '::1' ? `loopback:${port || protocol}` : host
}

/** How many different hosts these URLs name. */
export function countHosts(urls: readonly URL[]): number {
  return new Set(urls.map(hostOf)).size
}
