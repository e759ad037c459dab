import { createServer, IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { R3mesError } from '../core/index.ts'
import { FaultList } from './faults.ts'
import type { Recorder } from './recorder.ts'
import { FaultyResponse } from './response.ts'
import type { Endpoint, Fault } from './types.ts'

const LOOPBACK = '127.0.0.1'

/** What answers on an endpoint, once a request was recorded and no fault stood in its way. */
export interface Host {
  /** Set: the whole body is read first, at most so many bytes, and handed to `call` and `answer`. */
  readonly bodyLimit?: number
  /** What a request asks for, in a few words, for the record. */
  call?(path: string, body: Uint8Array): string | undefined
  answer(request: IncomingMessage, response: ServerResponse, body: Uint8Array): void | Promise<void>
}

/** One listening endpoint. */
export interface Listener {
  readonly url: string
  readonly faults: FaultList
  close(): Promise<void>
}

/**
 * Listens on loopback: records every request, applies faults, asks the host.
 *
 * @param port 0 for a free one
 * @throws R3mesError `INPUT_INVALID` when the port cannot be used
 */
export async function listen(
  endpoint: Endpoint,
  port: number,
  recorder: Recorder,
  host: Host,
): Promise<Listener> {
  const faults = new FaultList()
  const sockets = new Set<Socket>()
  // Idle connections stay for longer than a test or a slow client pauses, so that no reuse meets a closing one.
  const settings = { IncomingMessage, ServerResponse: FaultyResponse, keepAliveTimeout: 60_000 }
  const server = createServer(settings, (request, response) => {
    // A client that hangs up early is no error of the devnet.
    response.on('error', () => response.destroy())
    respond(endpoint, recorder, faults, host, request, response).catch((thrown: unknown) => {
      // The endpoint's own bug: answering is the only way to tell, since nobody awaits a listener.
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end(`devnet: ${thrown instanceof Error ? thrown.message : 'failed'}\n`)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await bind(server, endpoint, port)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  return {
    url: `http://${LOOPBACK}:${address.port}`,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Stalled and idle connections would keep the port for as long as their clients like.
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function bind(server: Server, endpoint: Endpoint, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new R3mesError(
          'INPUT_INVALID',
          `The devnet cannot listen on port ${port} for ${endpoint}. Choose another port, or none to get a free one.`,
          { cause, detail: cause.message },
        ),
      )
    })
    server.listen({ port, host: LOOPBACK, exclusive: true }, resolve)
  })
}

async function respond(
  endpoint: Endpoint,
  recorder: Recorder,
  faults: FaultList,
  host: Host,
  request: IncomingMessage,
  response: FaultyResponse<IncomingMessage>,
): Promise<void> {
  const recorded = recorder.record(endpoint, request)
  const path = request.url ?? '/'
  const body = host.bodyLimit === undefined ? new Uint8Array() : await readBody(request, host.bodyLimit)
  if (body === undefined) {
    response.writeHead(413, { Connection: 'close' }).end('request body too large\n')
    return
  }
  const call = host.call?.(path, body)
  if (call !== undefined) recorded.call = call
  const claimed = faults.claim(request.method ?? 'GET', path, call)
  if (claimed !== undefined && answerInstead(claimed.fault, request, response)) return
  if (claimed !== undefined) response.arm(claimed)
  await host.answer(request, response, body)
}

/** Faults that need no host. @returns whether the request was answered */
function answerInstead(fault: Fault, request: IncomingMessage, response: ServerResponse): boolean {
  if (fault.kind !== 'status' && fault.kind !== 'redirect') return false
  // An upload that nobody reads would keep its connection busy.
  request.resume()
  if (fault.kind === 'redirect') {
    response.writeHead(302, { Location: fault.location, 'Content-Length': 0 }).end()
  } else {
    const body = Buffer.from(fault.body ?? '')
    response.writeHead(fault.status, { 'Content-Length': body.length, ...fault.headers }).end(body)
  }
  return true
}

async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  // Left open on return, since the refusal still has to be written.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
