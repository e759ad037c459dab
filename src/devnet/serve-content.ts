import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import parseRange from 'range-parser'
import type { Content } from './types.ts'

/** Large enough that the cost per write does not count, small enough that a slow client holds little memory. */
const CHUNK = 512 * 1024

/**
 * Answers GET and HEAD with content: 200, 206 for one satisfiable range, 416 for none. Several ranges at once, or a
 * header that is no range, get the whole content, as RFC 9110 allows. A range under an `If-Range` that is not this very
 * strong ETag gets the whole content too.
 */
export async function serveContent(
  request: IncomingMessage,
  response: ServerResponse,
  content: Content,
  headers: OutgoingHttpHeaders & { readonly etag: string },
): Promise<void> {
  response.setHeader('Accept-Ranges', 'bytes')
  if (headers['content-type'] === undefined) response.setHeader('Content-Type', 'application/octet-stream')
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value)
  }
  const range = chosenRange(request, content.size, headers.etag)
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${content.size}`, 'Content-Length': 0 }).end()
    return
  }
  const { start, end } = range ?? { start: 0, end: content.size }
  response.setHeader('Content-Length', end - start)
  if (range !== undefined) response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${content.size}`)
  response.writeHead(range === undefined ? 200 : 206)
  if (request.method !== 'HEAD') await writeBytes(response, content, start, end)
  if (!response.destroyed) response.end()
}

function chosenRange(
  request: IncomingMessage,
  size: number,
  etag: string,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const header = request.headers.range
  if (header === undefined) return undefined
  const condition = request.headers['if-range']
  if (condition !== undefined && condition !== etag) return undefined
  const ranges = parseRange(size, header)
  if (ranges === -1) return 'unsatisfiable'
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined
  const [only] = ranges
  return only === undefined ? undefined : { start: only.start, end: only.end + 1 }
}

async function writeBytes(
  response: ServerResponse,
  content: Content,
  start: number,
  end: number,
): Promise<void> {
  for (let at = start; at < end && !response.destroyed; at += CHUNK) {
    const goesOn = response.write(content.read(at, Math.min(end, at + CHUNK)))
    if (!goesOn) await drained(response)
  }
}

/** Resolves when the client took the bytes, or will never take them. */
function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
