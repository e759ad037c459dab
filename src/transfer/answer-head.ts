/**
 * What the head of an answer says: claims of a host, not judged here (answer-rules.ts). Pure.
 */
import type { ByteRange } from './byte-ranges.ts'
import { parseRetryAfter } from './retry.ts'
import type { Origin } from './types.ts'
import { describeUrl } from './url-rules.ts'

/** Header names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** The head of an answer. */
export interface Head {
  readonly status: number
  readonly headers: Headers
  /** The host that answered, after redirects. */
  readonly url: URL
  /** False once a redirect left the origin's own host. */
  readonly fromOrigin: boolean
}

/** A header's only value; undefined when it is absent or was sent several times. */
export function header(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status)
}

/** What to print for an origin: its label when the URL is a secret. Text from a network: for `detail` only. */
export function describeOrigin(origin: Origin): string {
  return origin.label ?? describeUrl(origin.url)
}

/** Where an answer came from and what it said of itself. Text from a network: for `detail` only. */
export function describeHead(origin: Origin, head: Head): string {
  const where = head.fromOrigin
    ? describeOrigin(origin)
    : `${describeOrigin(origin)} → ${describeUrl(head.url)}`
  const said = ['x-error-code', 'x-error-message', 'x-ms-error-code']
    .map((name) => header(head.headers, name))
    .filter((text) => text !== undefined)
  return [`${where}: status ${head.status}`, ...said].join(', ')
}

/** Milliseconds that an answer asks to be left alone for. */
export function askedPause(head: Head, now: number): number | undefined {
  if (head.status !== 429 && head.status !== 503) return undefined
  return parseRetryAfter(header(head.headers, 'retry-after'), now)
}

/** What a `Content-Range` says: these bytes, of how many. */
export function contentRange(
  head: Head,
): { readonly range: ByteRange; readonly total: number | undefined } | undefined {
  const found = /^bytes ([0-9]+)-([0-9]+)\/([0-9]+|\*)$/.exec(header(head.headers, 'content-range') ?? '')
  if (found === null) return undefined
  const [start, last, total] = found.slice(1).map(Number)
  if (start === undefined || last === undefined || !Number.isSafeInteger(last)) return undefined
  return { range: { start, end: last + 1 }, total: Number.isSafeInteger(total) ? total : undefined }
}

/** The length of the body as its host announces it, in bytes. */
export function announcedLength(head: Head): number | undefined {
  const text = header(head.headers, 'content-length')
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined
}
