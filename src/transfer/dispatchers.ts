/**
 * The connections of a run. One lookup per connection, and the addresses that were checked are the ones connected to, so a
 * name that changes its address between check and use (DNS rebinding) gains nothing.
 */
import { lookup as dnsLookup } from 'node:dns/promises'
import { isIP, type LookupFunction, type OnReadOpts } from 'node:net'
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { whyNotPublic } from './address.ts'
import type { Proxies } from './proxy.ts'
import type { Resolve, Timeouts } from './terms.ts'
import { type AllowedHost, addressRefused, isAllowedHost } from './url-rules.ts'

export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 30_000, firstByteMs: 60_000, stallMs: 300_000 }

export const systemResolve: Resolve = (hostname) => dnsLookup(hostname, { all: true, order: 'verbatim' })

/**
 * A lookup for `net.connect` that fails unless every address of the name is public. It hands on the very addresses it
 * checked, and `net.connect` asks for them once.
 */
export function checkedLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname)
      .then((addresses) => {
        for (const { address } of addresses) {
          const kind = whyNotPublic(address)
          if (kind !== undefined) throw addressRefused(kind, `${hostname} resolves to ${address}`)
        }
        const [first] = addresses
        if (first === undefined) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' })
        if (options.all === true) callback(null, [...addresses])
        else callback(null, first.address, first.family)
      })
      .catch((error: NodeJS.ErrnoException) => callback(error, [], 0))
  }
}

/** How a connection is made. `onread` takes what comes instead of the socket's stream. */
interface ConnectOptions {
  readonly timeout: number
  readonly allowH2: false
  readonly onread?: OnReadOpts
}

/** Connects anywhere for hosts that the machine's owner named, and to public addresses only for all others. */
function guardedConnector(
  allowed: readonly AllowedHost[],
  resolve: Resolve,
  options: ConnectOptions,
): buildConnector.connector {
  const trusted = buildConnector(options)
  const checked = buildConnector({ ...options, lookup: checkedLookup(resolve) })
  return (target, callback) => {
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`)
    if (isAllowedHost(url, allowed)) {
      trusted(target, callback)
      return
    }
    // Literals are never looked up, so the lookup cannot stop them.
    const kind = isIP(target.hostname) === 0 ? undefined : whyNotPublic(target.hostname)
    if (kind === undefined) checked(target, callback)
    else callback(addressRefused(kind, target.hostname), null)
  }
}

function openDispatcher(
  connect: buildConnector.connector,
  proxies: Proxies | undefined,
  timeouts: Timeouts,
): Dispatcher {
  const options = {
    connect,
    // Content hosts are asked one thing per connection; HTTP/2 would only add its flow control.
    allowH2: false,
    headersTimeout: timeouts.firstByteMs,
    bodyTimeout: timeouts.stallMs,
  }
  if (proxies === undefined) return new Agent(options)
  return new EnvHttpProxyAgent({
    ...options,
    ...proxies,
    connectTimeout: timeouts.connectMs,
    clientFactory: (origin, clientOptions) =>
      new Pool(origin, { ...clientOptions, headersTimeout: timeouts.firstByteMs }),
  })
}

/** Makes single connections under the same rules. `onread` takes what comes in. */
export interface Connectors {
  readonly plain: (onread: OnReadOpts) => buildConnector.connector
  readonly guarded: (onread: OnReadOpts) => buildConnector.connector
}

export interface Dispatchers {
  /** For endpoints that the user typed, and configured origins. Checks nothing. */
  readonly plain: Dispatcher
  /** For hosts that a record or a redirect names: {@link guardedConnector}. Through a proxy the proxy does the lookup. */
  readonly guarded: Dispatcher
  /** Undefined when there is a proxy: only the dispatchers know which hosts it excludes. */
  readonly connectors: Connectors | undefined
}

/**
 * @param allowed hosts that records and redirects may name wherever they are
 * @param proxies hosts that it excludes are connected to directly, under the same check
 */
export function openDispatchers(
  allowed: readonly AllowedHost[],
  proxies: Proxies | undefined,
  timeouts: Timeouts,
  resolve: Resolve,
): Dispatchers {
  const options = { timeout: timeouts.connectMs, allowH2: false } as const
  return {
    plain: openDispatcher(buildConnector(options), proxies, timeouts),
    guarded: openDispatcher(guardedConnector(allowed, resolve, options), proxies, timeouts),
    connectors:
      proxies === undefined
        ? {
            plain: (onread) => buildConnector({ ...options, onread }),
            guarded: (onread) => guardedConnector(allowed, resolve, { ...options, onread }),
          }
        : undefined,
  }
}
