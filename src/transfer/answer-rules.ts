/**
 * Which answers of a host are worth reading. All decided from the status line and the headers, before the first byte of
 * a body. Pure.
 */
import { R3mesError } from '../core/index.ts'
import { sourceTitle, unusable } from './failures.ts'
import { MAX_RETRY_AFTER_MS, parseRetryAfter, transient } from './retry.ts'
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

/** Statuses that may be another one soon. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
const GONE: ReadonlySet<number> = new Set([404, 410, 416, 451])

/** What to print for an origin: its label when the URL is a secret. Text from a network: for `detail` only. */
export function describeOrigin(origin: Origin): string {
  return origin.label ?? describeUrl(origin.url)
}

function describeHead(origin: Origin, head: Head): string {
  const where = head.fromOrigin
    ? describeOrigin(origin)
    : `${describeOrigin(origin)} → ${describeUrl(head.url)}`
  const said = ['x-error-code', 'x-error-message', 'x-ms-error-code']
    .map((name) => header(head.headers, name))
    .filter((text) => text !== undefined)
  return [`${where}: status ${head.status}`, ...said].join(', ')
}

const ACCESS_REMEDY: Readonly<Record<Origin['source'], string>> = {
  cache: 'Its signed address has expired, or this job may not read the cache.',
  huggingface:
    'Set `hf-token` to a token that may read the repository, and accept its terms on its page if it has some.',
  ipfs: 'Use a gateway that is open to you.',
  http: 'Use a mirror that is open to you.',
}

/**
 * A 401 is about access. A 403 says as little as "no" on many hosts, so it counts as access only where the host is known
 * to mean that, or says so itself.
 */
function isAboutAccess(origin: Origin, head: Head): boolean {
  if (head.status === 401) return true
  if (head.status !== 403 || !head.fromOrigin) return false
  return (
    origin.source === 'huggingface' ||
    origin.source === 'cache' ||
    head.headers['www-authenticate'] !== undefined
  )
}

/** Milliseconds that an answer asks to be left alone for. */
export function askedPause(head: Head, now: number): number | undefined {
  if (head.status !== 429 && head.status !== 503) return undefined
  return parseRetryAfter(header(head.headers, 'retry-after'), now)
}

function checkStatus(origin: Origin, head: Head, now: number): void {
  const { status } = head
  const { source } = origin
  if (status === (origin.slice === undefined ? 200 : 206)) return
  const detail = describeHead(origin, head)
  if (isAboutAccess(origin, head)) {
    throw new R3mesError(
      'AUTH_REQUIRED',
      `${sourceTitle(source)} gives this file only to those who have access (status ${status}). ${ACCESS_REMEDY[source]}`,
      { detail },
    )
  }
  if (GONE.has(status)) throw unusable(source, `does not have this file (status ${status})`, detail)
  if (PASSING.has(status)) {
    const pauseMs = askedPause(head, now)
    const asks = pauseMs === undefined ? '' : ` and wants ${Math.ceil(pauseMs / 1000)} s of pause`
    const error = unusable(source, `cannot answer now (status ${status})${asks}`, detail)
    throw (pauseMs ?? 0) > MAX_RETRY_AFTER_MS ? error : transient(error, pauseMs)
  }
  if (origin.slice !== undefined && status === 200) {
    throw unusable(source, 'does not serve parts of files', detail)
  }
  throw unusable(source, `answers with status ${status}`, detail)
}

/** The digests are of the file's own bytes, and a small compressed body may hold a huge one. */
function checkEncoding(origin: Origin, head: Head): void {
  const encoding = head.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity' || encoding === '') return
  throw unusable(
    origin.source,
    'sends the file compressed, although it was asked not to',
    `${describeHead(origin, head)}, Content-Encoding ${String(encoding)}`,
  )
}

function checkRange(origin: Origin, head: Head): void {
  const { slice } = origin
  if (slice === undefined) return
  const range = header(head.headers, 'content-range')
  const found = /^bytes ([0-9]+)-([0-9]+)\/(?:[0-9]+|\*)$/.exec(range ?? '')
  if (Number(found?.[1]) === slice.start && Number(found?.[2]) === slice.start + slice.length - 1) return
  throw unusable(
    origin.source,
    'sends another part of the file than the one it was asked for',
    `${describeHead(origin, head)}, Content-Range ${range ?? 'absent'}`,
  )
}

/** How many bytes a body may have. */
export interface Limits {
  /** Exactly so many, when they were approved. */
  readonly exact: number | undefined
  /** Never more than so many. */
  readonly most: number
  /** What to do when there are more. */
  readonly remedy: string
}

export function tooLarge(limits: Limits, detail: string): R3mesError {
  return new R3mesError(
    'ARTIFACT_TOO_LARGE',
    `The content is larger than the limit of ${limits.most} bytes. ${limits.remedy}`,
    { detail },
  )
}

/** The length of the body as its host announces it, in bytes. */
export function announcedLength(head: Head): number | undefined {
  const text = header(head.headers, 'content-length')
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined
}

function checkLength(origin: Origin, head: Head, limits: Limits): void {
  const length = announcedLength(head)
  if (length === undefined) return
  if (limits.exact !== undefined && length !== limits.exact) {
    throw new R3mesError(
      'SIZE_MISMATCH',
      `${sourceTitle(origin.source)} announces ${length} bytes, but ${limits.exact} were approved. Another source has to have the right file.`,
      { detail: describeHead(origin, head) },
    )
  }
  if (length > limits.most) throw tooLarge(limits, describeHead(origin, head))
}

/**
 * Says whether the body of an answer may be read.
 *
 * @param now milliseconds since the epoch, for Retry-After dates
 * @throws R3mesError `AUTH_REQUIRED`, `SOURCES_EXHAUSTED`, `SIZE_MISMATCH`, `ARTIFACT_TOO_LARGE`
 */
export function checkHead(origin: Origin, head: Head, limits: Limits, now: number): void {
  checkStatus(origin, head, now)
  checkEncoding(origin, head)
  checkRange(origin, head)
  checkLength(origin, head, limits)
}
