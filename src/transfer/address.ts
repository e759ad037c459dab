/**
 * Which IP addresses a URL from a chain, a manifest or a redirect may lead to. Pure.
 */
import ipaddr from 'ipaddr.js'

/** IANA gives out global unicast addresses from here alone; everything else in IPv6 is something special. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]

/** How people call the ranges of ipaddr.js. What is missing here is called reserved. */
const RANGE_NAMES: Readonly<Record<string, string>> = {
  loopback: 'a loopback',
  private: 'a private',
  uniqueLocal: 'a private',
  deprecatedSiteLocal: 'a private',
  linkLocal: 'a link-local',
  carrierGradeNat: 'a shared (CGNAT)',
  multicast: 'a multicast',
  broadcast: 'a broadcast',
  unspecified: 'an unspecified',
  ipv4Mapped: 'an IPv4-mapped',
  rfc6145: 'an IPv4-translated',
  rfc6052: 'a NAT64',
  '6to4': 'a 6to4',
  teredo: 'a Teredo',
}

/**
 * Why an address is not one of the public internet, as words that fit before "address", or undefined when it is.
 *
 * Only plain unicast passes. Forms that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo) are refused whatever
 * is inside: a host of the public internet has an address of its own.
 *
 * @param address an IP literal without brackets, as a resolver or `net.isIP` knows it
 */
export function whyNotPublic(address: string): string | undefined {
  // Resolvers write a zone behind link-local addresses; the address decides, not the interface.
  const bare = address.replace(/%.*$/, '')
  if (!ipaddr.isValid(bare)) return 'an unreadable'
  const parsed = ipaddr.parse(bare)
  const range = parsed.range()
  if (range !== 'unicast') return RANGE_NAMES[range] ?? 'a reserved'
  if (parsed.kind() === 'ipv6' && !parsed.match(GLOBAL_UNICAST)) return 'a reserved'
  return undefined
}
