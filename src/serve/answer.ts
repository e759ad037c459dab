/** What a request for a blob is answered with. Pure: decided from its headers and the blob's size. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import parseRange from 'range-parser'
import type { Sha256Hex } from '../core/index.ts'

export interface BlobAnswer {
  readonly status: 200 | 206 | 304 | 416
  readonly headers: OutgoingHttpHeaders
  /** The bytes to send, `end` exclusive; undefined when there are none. */
  readonly part: { readonly start: number; readonly end: number } | undefined
}

/** The name of the bytes is their digest, so nothing else ever has this tag. */
function etagOf(sha256: Sha256Hex): string {
  return `"${sha256}"`
}

/** @returns undefined for the whole blob, which is what several ranges at once get too (RFC 9110, 14.2) */
function chosenRange(
  { range, 'if-range': ifRange }: IncomingHttpHeaders,
  size: number,
  etag: string,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined
  const ranges = parseRange(size, range)
  if (ranges === -1) return 'unsatisfiable'
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined
  const [only] = ranges
  return only === undefined ? undefined : { start: only.start, end: only.end + 1 }
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags?.some((tag) => tag === etag || tag === '*') ?? false
}

/** @param size of the blob, in bytes */
export function answerFor(sha256: Sha256Hex, size: number, asked: IncomingHttpHeaders): BlobAnswer {
  const etag = etagOf(sha256)
  const always = {
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'public, max-age=31536000, immutable',
  }
  if (isKnown(asked['if-none-match'], etag)) return { status: 304, headers: always, part: undefined }
  const range = chosenRange(asked, size, etag)
  if (range === 'unsatisfiable') {
    const headers = { ...always, 'Content-Range': `bytes */${size}`, 'Content-Length': 0 }
    return { status: 416, headers, part: undefined }
  }
  const part = range ?? { start: 0, end: size }
  const headers = {
    ...always,
    'Content-Type': 'application/octet-stream',
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': part.end - part.start,
  }
  if (range === undefined) return { status: 200, headers, part }
  const contentRange = `bytes ${part.start}-${part.end - 1}/${size}`
  return { status: 206, headers: { ...headers, 'Content-Range': contentRange }, part }
}
