/**
 * The rules for URLs that came from a chain or a manifest, and for every redirect (docs/threat-model.md). Pure: names and
 * literals are decided here; what a name resolves to is decided where the connection is made.
 */
import { isIP } from 'node:net'
import { R3mesError } from '../core/index.ts'
import { whyNotPublic } from './address.ts'

/** More hops than this are a loop or a game. */
export const MAX_REDIRECTS = 5

/** A host that the machine's owner named. Without a port, the default port of the URL's scheme is meant. */
export interface AllowedHost {
  /** As `URL.hostname` writes it, without a trailing dot. */
  readonly host: string
  readonly port: string | undefined
}

const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

function plainHost(url: URL): string {
  return url.hostname.replace(/\.+$/, '')
}

function portOf(url: URL): string {
  return url.port === '' ? (DEFAULT_PORT[url.protocol] ?? '') : url.port
}

/** An IP literal's text without brackets, or undefined for a name. */
function literalOf(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  return isIP(bare) === 0 ? undefined : bare
}

/**
 * Reads one entry of `allow-hosts`: `host`, `host:port`, `[::1]:port`.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export function parseAllowedHost(text: string): AllowedHost {
  const port = /:([0-9]{1,5})$/.exec(text)?.[1]
  const host = port === undefined ? text : text.slice(0, -port.length - 1)
  const url = /^[^/?#@\s\\]+$/.test(host) ? URL.parse(`http://${host}/`) : null
  if (url === null || url.port !== '' || url.hostname === '' || Number(port ?? 1) > 65535) {
    throw new R3mesError('INPUT_INVALID', 'An entry of `allow-hosts` is not of the form host:port.', {
      detail: text,
    })
  }
  return { host: plainHost(url), port: port === undefined ? undefined : String(Number(port)) }
}

/** The host and port of a URL that the machine's owner configured. */
export function allowedHostOf(url: URL): AllowedHost {
  return { host: plainHost(url), port: portOf(url) }
}

export function isAllowedHost(url: URL, allowed: readonly AllowedHost[]): boolean {
  const host = plainHost(url)
  return allowed.some(
    (entry) => entry.host === host && (entry.port ?? DEFAULT_PORT[url.protocol]) === portOf(url),
  )
}

/** A URL for people: no credentials, no query, no fragment. Text from a network: for `detail` only. */
export function describeUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}

/** Names that never mean a host of the public internet (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
function isLocalName(name: string): boolean {
  return !name.includes('.') || /\.(?:localhost|local|internal|home\.arpa)$/.test(name)
}

function refuse(reason: string, url: URL, remedy: string): never {
  throw new R3mesError('URL_REFUSED', `A URL is refused: ${reason}. ${remedy}`, { detail: describeUrl(url) })
}

const ALLOW_IT =
  'If this host is meant, name its host:port in `allow-hosts`; otherwise correct the URL, or the record that it came from.'

/** The error for an address that a URL may not lead to. `kind` as {@link whyNotPublic} says it. */
export function addressRefused(kind: string, detail: string): R3mesError {
  return new R3mesError('URL_REFUSED', `A URL is refused: it leads to ${kind} address. ${ALLOW_IT}`, {
    detail,
  })
}

/**
 * https only, no credentials, no literal or name of a private network; a host:port that the machine's owner named may
 * be anywhere and speak http.
 *
 * @throws R3mesError `URL_REFUSED`
 */
export function checkUrl(url: URL, allowed: readonly AllowedHost[]): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    refuse('it is neither https nor http', url, 'Correct it, or the record that it came from.')
  }
  if (url.username !== '' || url.password !== '') {
    refuse('it contains credentials', url, 'Take the user name and password out of the URL.')
  }
  if (isAllowedHost(url, allowed)) return
  if (url.protocol !== 'https:') refuse('it is not https', url, ALLOW_IT)
  const host = plainHost(url)
  const literal = literalOf(host)
  const kind = literal === undefined ? undefined : whyNotPublic(literal)
  if (kind !== undefined) throw addressRefused(kind, describeUrl(url))
  if (literal === undefined && isLocalName(host))
    refuse('it names a host of a private network', url, ALLOW_IT)
}

/** Where a download stands between its first URL and the host that has the bytes. */
export interface Hop {
  readonly url: URL
  /** Redirects so far. */
  readonly redirects: number
  /**
   * True while no redirect has left the first origin. Once one did, the origin's headers stay behind for good: a host
   * must not choose what our token is used for by sending us back.
   */
  readonly withHeaders: boolean
}

export function firstHop(url: URL): Hop {
  return { url, redirects: 0, withHeaders: true }
}

/**
 * The hop that a redirect leads to.
 *
 * @param location the Location header, relative or absolute
 * @throws R3mesError `URL_REFUSED`
 */
export function nextHop(from: Hop, location: string, allowed: readonly AllowedHost[]): Hop {
  const url = URL.parse(location, from.url.href)
  if (url === null) {
    throw new R3mesError(
      'URL_REFUSED',
      'A URL is refused: the host redirects to something that is no URL. Another source has to be used.',
      { detail: describeUrl(from.url) },
    )
  }
  if (from.redirects >= MAX_REDIRECTS) {
    refuse(`it follows more than ${MAX_REDIRECTS} redirects`, from.url, 'Another source has to be used.')
  }
  if (from.url.protocol === 'https:' && url.protocol === 'http:') {
    refuse('it is a redirect from https to http', url, 'Another source has to be used.')
  }
  checkUrl(url, allowed)
  return {
    url,
    redirects: from.redirects + 1,
    withHeaders: from.withHeaders && url.origin === from.url.origin,
  }
}
