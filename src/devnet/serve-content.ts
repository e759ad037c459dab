import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import parseRange from 'range-parser'
import { sendBytes } from '../core/index.ts'
import type { Content } from './types.ts'

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
  if (request.method === 'HEAD') response.end()
  else await sendBytes(response, { start, end }, (memory, at) => content.read(at, at + memory.length, memory))
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
