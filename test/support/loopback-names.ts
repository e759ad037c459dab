/**
 * To be imported before a program: every name below `r3mes.test` resolves to this machine, as a line in the hosts file would
 * make it.
 */
import dns from 'node:dns'
import dnsPromises from 'node:dns/promises'
import { syncBuiltinESMExports } from 'node:module'

const OURS = /^(?:[a-z0-9-]+\.)*r3mes\.test\.?$/

/** The lookup with its first argument turned into the address, where that is ours. */
function patched(lookup: unknown): (hostname: string, ...rest: unknown[]) => unknown {
  if (typeof lookup !== 'function') throw new TypeError('There is no lookup to change')
  return (hostname, ...rest) =>
    Reflect.apply(lookup, dns, [OURS.test(hostname) ? '127.0.0.1' : hostname, ...rest])
}

Reflect.set(dns, 'lookup', patched(dns.lookup))
Reflect.set(dnsPromises, 'lookup', patched(dnsPromises.lookup))
syncBuiltinESMExports()
