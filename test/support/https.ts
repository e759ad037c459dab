/** Hosts with certificates of a private authority, and a real CONNECT proxy. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  request as sendRequest,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { onTestFinished } from 'vitest'
import { makeAuthority } from '../../scripts/real-parts/authority.ts'

export interface Authority {
  /** Path of the authority's certificate. */
  readonly caFile: string
  readonly key: Buffer
  readonly cert: Buffer
}

/** A private authority and a certificate of it for these names and addresses. The caller removes nothing: both go after the test. */
export function anAuthority(...names: string[]): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'r3mes-ca-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { ca, key, cert } = makeAuthority(folder, names)
  return { caFile: ca, key: readFileSync(key), cert: readFileSync(cert) }
}

/** Makes this process believe the authority, as NODE_EXTRA_CA_CERTS would, for the length of the test. */
export function believe({ caFile }: Authority): void {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, readFileSync(caFile, 'utf8')])
  onTestFinished(() => setDefaultCACertificates(before))
}

/** @returns the loopback port of a TLS host that lives as long as the test */
export async function anHttpsHost(authority: Authority, listener: RequestListener): Promise<number> {
  const { key, cert } = authority
  const server = createHttpsServer({ key, cert }, listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

export interface Proxy {
  readonly url: string
  /** Request lines: `CONNECT host:port`, `GET http://…`. */
  readonly requests: readonly string[]
}

/**
 * A proxy that knows where each `host:port` really is. Whatever it does not know gets a 502.
 *
 * @param credentials `user:password`; whoever does not bring them gets a 407
 */
export async function aProxy(ports: Readonly<Record<string, number>>, credentials?: string): Promise<Proxy> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const isWelcome = ({ headers }: IncomingMessage): boolean =>
    credentials === undefined ||
    headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`
  const server = createHttpServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const url = URL.parse(request.url ?? '')
    const port = ports[url?.host ?? '']
    if (!isWelcome(request)) response.writeHead(407).end()
    else if (url === null || port === undefined) response.writeHead(502).end()
    else forward(request, response, url, port)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('connect', (request, client: Socket, head: Buffer) => {
    requests.push(`CONNECT ${request.url}`)
    const port = ports[request.url ?? '']
    if (!isWelcome(request) || port === undefined) {
      const status = isWelcome(request) ? '502 Bad Gateway' : '407 Proxy Authentication Required'
      client.end(`HTTP/1.1 ${status}\r\n\r\n`)
      return
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client)
      client.pipe(upstream)
    })
    const close = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', close).on('close', close)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

/** Hands a plain request on to a loopback port, under the path that the client meant. */
function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, search }: URL,
  port: number,
): void {
  const { method = 'GET', headers } = request
  const upstream = sendRequest(
    { host: '127.0.0.1', port, path: pathname + search, method, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    },
  )
  upstream.on('error', () => response.destroy())
  request.pipe(upstream)
}
