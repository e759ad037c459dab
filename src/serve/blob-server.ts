import type { FileHandle } from 'node:fs/promises'
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import createRouter from 'find-my-way'
import { isSha256Hex, R3mesError, type ReadPiece, sanitiseLine, sendBytes } from '../core/index.ts'
import { type BlobReader, readBlobs } from '../store/index.ts'
import { answerFor } from './answer.ts'

export interface BlobServerOptions {
  /** Absolute path of the store's root. */
  readonly home: string
  /** Address to listen on. */
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
  /** Told of every answer, one printable line. */
  readonly onAnswer?: (line: string) => void
  readonly limits?: Partial<BlobServerLimits>
}

export interface BlobServerLimits {
  /** Connections at a time; those beyond are closed. */
  readonly connections: number
  /** Milliseconds in which a request's headers have to arrive. */
  readonly headersMs: number
  /** Milliseconds without a byte in either direction before a connection is closed. */
  readonly idleMs: number
}

export const DEFAULT_BLOB_SERVER_LIMITS: BlobServerLimits = {
  connections: 512,
  headersMs: 10_000,
  idleMs: 60_000,
}

export interface BlobServer {
  readonly host: string
  readonly port: number
  /** Stops listening and ends every connection. */
  close(): Promise<void>
}

const MAX_HEADER_BYTES = 8 * 1024
/** How often node looks for requests whose headers do not come; never more often than they may take. */
const CHECK_MS = 5_000

/**
 * Serves the blobs of a store by their digest, for reading only. Nothing is listed, nothing can be written, and no byte is
 * checked: whoever asks for a digest hashes what comes.
 *
 * @throws R3mesError `INPUT_INVALID` when there is no store, or the address cannot be listened on
 */
export async function serveBlobs(options: BlobServerOptions): Promise<BlobServer> {
  const limits = { ...DEFAULT_BLOB_SERVER_LIMITS, ...options.limits }
  const respond = responder(await readBlobs(options.home))
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.headersMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headersMs),
      keepAliveTimeout: limits.idleMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => {
      if (options.onAnswer !== undefined) noteAnswer(request, response, options.onAnswer)
      respond(request, response).catch(() => abandon(response))
    },
  )
  server.maxConnections = limits.connections
  server.setTimeout(limits.idleMs)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await listen(server, options)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  return {
    host: options.host,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function listen(server: Server, { host, port }: BlobServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new R3mesError(
          'INPUT_INVALID',
          `The server cannot listen on port ${port} of the address that \`--host\` names. Choose another one; port 0 is a free one.`,
          { cause, detail: cause.message },
        ),
      )
    })
    server.listen({ host, port, exclusive: true }, resolve)
  })
}

type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void>

function responder(blobs: BlobReader): Respond {
  const router = createRouter({
    defaultRoute: (request, response) => {
      if (request.method === 'GET' || request.method === 'HEAD') return sendText(response, 404, 'not found')
      // What it goes on to send is read by nobody.
      const headers = { Allow: 'GET, HEAD', Connection: 'close' }
      return sendText(response, 405, 'this server can only be read', headers)
    },
    onBadUrl: (_path, _request, response) => sendText(response, 400, 'malformed path'),
  })
  router.on(['GET', 'HEAD'], '/healthz', (_request, response) => sendText(response, 200, 'ok'))
  router.on(['GET', 'HEAD'], '/sha256/:hex', (request, response, { hex = '' }) =>
    sendBlob(blobs, hex, request, response),
  )
  return async (request, response) => {
    await router.lookup(request, response)
  }
}

async function sendBlob(
  blobs: BlobReader,
  hex: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const blob = isSha256Hex(hex) ? await blobs.open(hex) : undefined
  if (!isSha256Hex(hex) || blob === undefined) return sendText(response, 404, 'not found')
  try {
    const { status, headers, part } = answerFor(hex, blob.size, request.headers)
    sendHead(response, status, headers)
    if (part === undefined || part.start === part.end || request.method === 'HEAD') response.end()
    else await sendBytes(response, part, readingFrom(blob.file))
  } finally {
    await blob.file.close()
  }
}

function readingFrom(file: FileHandle): ReadPiece {
  return async (memory, at) => {
    const { bytesRead } = await file.read(memory, 0, memory.length, at)
    return memory.subarray(0, bytesRead)
  }
}

/** After a failure: a body that began cannot be taken back, so that the client must see it end early. */
function abandon(response: ServerResponse): void {
  if (response.headersSent) response.destroy()
  else sendText(response, 500, 'the blob cannot be read')
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(`${text}\n`)
  const type = 'text/plain; charset=utf-8'
  sendHead(response, status, { 'Content-Type': type, 'Content-Length': body.length, ...headers })
  response.end(body)
}

/** One by one, so that they can be read again for the log. */
function sendHead(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value)
  }
  response.writeHead(status)
}

/** One line for each answer, when it ended: who asked what, the status, the bytes it has, and whether they all went. */
function noteAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  onAnswer: (line: string) => void,
): void {
  const start = performance.now()
  const from = request.socket.remoteAddress ?? 'gone'
  response.once('close', () => {
    const bytes = request.method === 'HEAD' ? 0 : (response.getHeader('content-length') ?? 0)
    const range = request.headers.range === undefined ? '' : ` ${request.headers.range}`
    const cut = response.writableFinished ? '' : ' cut off'
    const took = Math.round(performance.now() - start)
    const line = `${from} ${request.method} ${request.url}${range}: ${response.statusCode}, ${bytes} bytes, ${took} ms${cut}`
    onAnswer(sanitiseLine(line))
  })
}
