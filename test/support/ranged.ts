import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { NetworkOptions } from '../../src/transfer/index.ts'

/** Both ways that bytes of large files take, and sizes at which small test files count as large. */
export const DATA_PATHS: readonly (readonly [string, Partial<NetworkOptions>])[] = [
  ['sockets', { directSockets: true }],
  ['the full client', { directSockets: false }],
]

export const SMALL_PARTS = { whole: 10_000, first: 64 * 1024, segment: 100_000 }

/** Bytes that a request asks for; `end` is exclusive. */
export interface AskedPart {
  readonly start: number
  readonly end: number
}

export function askedPart({ headers }: IncomingMessage, size: number): AskedPart | undefined {
  const [, start, last] = /^bytes=([0-9]+)-([0-9]+)$/.exec(headers.range ?? '') ?? []
  if (start === undefined || last === undefined) return undefined
  return { start: Number(start), end: Math.min(size, Number(last) + 1) }
}

export interface RangedOptions {
  readonly etag?: string
  readonly lastModified?: string
}

function validators({ etag, lastModified }: RangedOptions): Record<string, string> {
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
  }
}

/** The head that belongs to a part. */
export function partHead(part: AskedPart, size: number): Record<string, string | number> {
  return {
    'content-range': `bytes ${part.start}-${part.end - 1}/${size}`,
    'content-length': part.end - part.start,
  }
}

/** Serves the bytes under every path, in the parts that are asked for, as long as `If-Range` holds. */
export function serveParts(bytes: Buffer, options: RangedOptions = { etag: '"v1"' }): RequestListener {
  return (request, response) => {
    const part = askedPart(request, bytes.length)
    const ifRange = request.headers['if-range']
    const own = validators(options)
    if (part === undefined || (ifRange !== undefined && ifRange !== options.etag)) {
      response.writeHead(200, { ...own, 'content-length': bytes.length }).end(bytes)
    } else {
      response.writeHead(206, { ...own, ...partHead(part, bytes.length) })
      response.end(bytes.subarray(part.start, part.end))
    }
  }
}

/** Answers what `choose` picks out in another way, and everything else as it should be. */
export function except(
  honest: RequestListener,
  choose: (request: IncomingMessage) => boolean,
  otherwise: RequestListener,
): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (choose(request)) otherwise(request, response)
    else honest(request, response)
  }
}
