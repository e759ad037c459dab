import { isIPv6 } from 'node:net'

/** An address of this machine, as the operating system lists it. */
export interface LocalAddress {
  readonly address: string
  readonly internal: boolean
}

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/**
 * The lines that neighbours write into `mirrors`. Pure.
 *
 * @param host what the server listens on; for a wildcard, every address that others can reach
 */
export function mirrorLines(host: string, port: number, addresses: readonly LocalAddress[]): string[] {
  const reachable = WILDCARDS.has(host)
    ? addresses
        .filter(({ address, internal }) => !internal && !/^fe80:/i.test(address))
        .filter(({ address }) => host === '::' || !isIPv6(address))
        .map(({ address }) => address)
    : [host]
  return reachable.map(
    (address) => `http://${isIPv6(address) ? `[${address}]` : address}:${port}/sha256/{sha256}`,
  )
}
