/**
 * Which answers of a host are worth reading. All decided from the status line and the headers, before the first byte of
 * a body. Pure.
 */
import { R3mesError } from '../core/index.ts'
import { announcedLength, askedPause, contentRange, describeHead, type Head, header } from './answer-head.ts'
import type { ByteRange } from './byte-ranges.ts'
import { sourceTitle, unusable } from './failures.ts'
import { MAX_RETRY_AFTER_MS, transient } from './retry.ts'
import type { Origin } from './types.ts'

/** Statuses that may be another one soon. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
const GONE: ReadonlySet<number> = new Set([404, 410, 416, 451])

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

/** @param wanted the status of the answer that was asked for */
function checkStatus(origin: Origin, head: Head, wanted: 200 | 206, now: number): void {
  const { status } = head
  const { source } = origin
  if (status === wanted) return
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
  if (wanted === 206 && status === 200) {
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

function anotherPart(origin: Origin, head: Head): R3mesError {
  return unusable(
    origin.source,
    'sends another part of the file than the one it was asked for',
    `${describeHead(origin, head)}, Content-Range ${header(head.headers, 'content-range') ?? 'absent'}`,
  )
}

function checkRange(origin: Origin, head: Head, asked: ByteRange): void {
  const range = contentRange(head)?.range
  if (range?.start === asked.start && range.end === asked.end) return
  throw anotherPart(origin, head)
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

function checkLength(origin: Origin, head: Head, limits: Limits): void {
  const length = announcedLength(head)
  if (length !== undefined) checkSize(origin, head, length, limits)
}

/** @param length bytes that the host announces */
function checkSize(origin: Origin, head: Head, length: number, limits: Limits): void {
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
 * @param asked the bytes of the body that were asked for; undefined for all of them
 * @param now milliseconds since the epoch, for Retry-After dates
 * @throws R3mesError `AUTH_REQUIRED`, `SOURCES_EXHAUSTED`, `SIZE_MISMATCH`, `ARTIFACT_TOO_LARGE`
 */
export function checkHead(
  origin: Origin,
  head: Head,
  asked: ByteRange | undefined,
  limits: Limits,
  now: number,
): void {
  checkStatus(origin, head, asked === undefined ? 200 : 206, now)
  checkEncoding(origin, head)
  if (asked !== undefined) checkRange(origin, head, asked)
  checkLength(origin, head, limits)
}

/** What stays the same as long as a host has the same file. */
export interface Representation {
  /** Bytes of the whole body. */
  readonly total: number
  readonly etag: string | undefined
  readonly lastModified: string | undefined
}

/** A strong entity-tag (RFC 9110, 8.8.3). */
const STRONG_ETAG = /^"[\x21\x23-\x7e\x80-\xff]*"$/

/** The ETag, where it promises the same bytes and not only the same content, and may stand in a request. */
export function strongValidator({ etag }: Pick<Representation, 'etag'>): string | undefined {
  return etag !== undefined && STRONG_ETAG.test(etag) ? etag : undefined
}

function representationOf(head: Head, total: number): Representation {
  return { total, etag: header(head.headers, 'etag'), lastModified: header(head.headers, 'last-modified') }
}

/** What a host makes of the first request for a part of a file. */
export type FirstAnswer =
  /** The part, which `range` says, in bytes of the body. */
  | { readonly kind: 'part'; readonly range: ByteRange; readonly representation: Representation }
  /** It does not serve parts: here is everything. */
  | { readonly kind: 'whole'; readonly announced: number | undefined }
  /** It has to be asked for everything: an empty file has no parts, and some hosts do not say how long a file is. */
  | { readonly kind: 'ask-whole' }

/**
 * Judges the answer to the first request of a file that may come in parts.
 *
 * @param asked bytes of the body; the file may end before
 * @param limits of the whole file
 * @throws R3mesError as {@link checkHead}
 */
export function checkFirst(
  origin: Origin,
  head: Head,
  asked: ByteRange,
  limits: Limits,
  now: number,
): FirstAnswer {
  const { slice } = origin
  if (slice === undefined && head.status === 416 && limits.exact === undefined) return { kind: 'ask-whole' }
  if (slice === undefined && head.status === 200) {
    checkHead(origin, head, undefined, limits, now)
    return { kind: 'whole', announced: announcedLength(head) }
  }
  checkStatus(origin, head, 206, now)
  checkEncoding(origin, head)
  const found = contentRange(head)
  if (found?.range.start !== asked.start) throw anotherPart(origin, head)
  const total = found.total ?? (slice === undefined ? limits.exact : slice.start + slice.length)
  if (total === undefined) return { kind: 'ask-whole' }
  if (slice === undefined) checkSize(origin, head, total, limits)
  if (found.range.end !== Math.min(asked.end, total)) throw anotherPart(origin, head)
  checkLength(origin, head, { ...limits, exact: found.range.end - found.range.start })
  return { kind: 'part', range: found.range, representation: representationOf(head, total) }
}

/**
 * An answer that does not fit the ones before it: the host has another file now, or others answer in its name. Never
 * leaves this room; `refusal` is what to say when nothing else helps.
 */
export class Incoherent extends Error {
  override readonly name = 'Incoherent'
  readonly refusal: R3mesError

  constructor(refusal: R3mesError) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/**
 * Judges the answer to a later request of the same file.
 *
 * @param asked bytes of the body
 * @param first what the first answer said
 * @throws Incoherent
 * @throws R3mesError as {@link checkHead}
 */
export function checkPart(
  origin: Origin,
  head: Head,
  asked: ByteRange,
  first: Representation,
  now: number,
): void {
  if (head.status === 200 || head.status === 412 || head.status === 416) {
    throw new Incoherent(changed(origin, head))
  }
  checkStatus(origin, head, 206, now)
  checkEncoding(origin, head)
  const { range, total } = contentRange(head) ?? {}
  const length = announcedLength(head)
  if (
    range?.start !== asked.start ||
    range.end !== asked.end ||
    (length ?? asked.end - asked.start) !== asked.end - asked.start
  ) {
    throw new Incoherent(anotherPart(origin, head))
  }
  const current = representationOf(head, total ?? first.total)
  const isSame =
    current.total === first.total &&
    (first.etag === undefined || current.etag === first.etag) &&
    (first.etag !== undefined || current.lastModified === first.lastModified)
  if (!isSame) throw new Incoherent(changed(origin, head))
}

function changed(origin: Origin, head: Head): R3mesError {
  return unusable(origin.source, 'changed the file while it was sent', describeHead(origin, head))
}
