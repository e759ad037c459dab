import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { whyNotPublic } from '../../src/transfer/address.ts'

describe('whyNotPublic', () => {
  it.each([
    '1.1.1.1',
    '93.184.216.34',
    '100.63.255.255',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
  ])('lets %s pass', (address) => {
    expect(whyNotPublic(address)).toBeUndefined()
  })

  it.each([
    ['127.0.0.1', 'a loopback'],
    ['127.255.255.254', 'a loopback'],
    ['0.0.0.0', 'an unspecified'],
    ['0.1.2.3', 'an unspecified'],
    ['10.0.0.1', 'a private'],
    ['172.16.0.1', 'a private'],
    ['192.168.1.1', 'a private'],
    ['100.64.0.1', 'a shared (CGNAT)'],
    ['100.127.255.255', 'a shared (CGNAT)'],
    ['169.254.169.254', 'a link-local'],
    ['198.18.0.1', 'a reserved'],
    ['203.0.113.5', 'a reserved'],
    ['224.0.0.1', 'a multicast'],
    ['240.0.0.1', 'a reserved'],
    ['255.255.255.255', 'a broadcast'],
    ['::', 'an unspecified'],
    ['::1', 'a loopback'],
    ['fe80::1', 'a link-local'],
    ['fe80::1%eth0', 'a link-local'],
    ['fec0::1', 'a private'],
    ['fc00::1', 'a private'],
    ['fd12:3456::1', 'a private'],
    ['ff02::1', 'a multicast'],
    ['::ffff:127.0.0.1', 'an IPv4-mapped'],
    ['::ffff:8.8.8.8', 'an IPv4-mapped'],
    ['::ffff:0:8.8.8.8', 'an IPv4-translated'],
    ['::7f00:1', 'a reserved'],
    ['64:ff9b::7f00:1', 'a NAT64'],
    ['64:ff9b::808:808', 'a NAT64'],
    ['64:ff9b:1::1', 'a NAT64'],
    ['2002:7f00:1::', 'a 6to4'],
    ['2001:0:4136:e378::', 'a Teredo'],
    ['2001:db8::1', 'a reserved'],
    ['100::1', 'a reserved'],
    ['4000::1', 'a reserved'],
    ['nonsense', 'an unreadable'],
  ])('refuses %s as %s address', (address, kind) => {
    expect(whyNotPublic(address)).toBe(kind)
  })

  it('refuses every address of the private blocks', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    const inside = fc.oneof(
      fc.tuple(octet, octet, octet).map(([a, b, c]) => `10.${a}.${b}.${c}`),
      fc.tuple(octet, octet, octet).map(([a, b, c]) => `127.${a}.${b}.${c}`),
      fc.tuple(fc.integer({ min: 16, max: 31 }), octet, octet).map(([a, b, c]) => `172.${a}.${b}.${c}`),
      fc.tuple(fc.integer({ min: 64, max: 127 }), octet, octet).map(([a, b, c]) => `100.${a}.${b}.${c}`),
      fc.tuple(octet, octet).map(([a, b]) => `192.168.${a}.${b}`),
      fc.tuple(octet, octet).map(([a, b]) => `169.254.${a}.${b}`),
    )
    // On failure fast-check prints the seed with the counterexample.
    fc.assert(
      fc.property(
        inside,
        (address) => whyNotPublic(address) !== undefined && whyNotPublic(`::ffff:${address}`) !== undefined,
      ),
    )
  })
})
