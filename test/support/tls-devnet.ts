/** A devnet as machines in a company see it: by name, over TLS of a private authority, perhaps through a proxy alone. */
import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Devnet, ENDPOINTS, type Endpoint } from '../../src/devnet/index.ts'
import { type Authority, anHttpsHost } from './https.ts'

export interface TlsDevnet {
  /** `https://<host>:<port>` of each endpoint. */
  readonly urls: Readonly<Record<Endpoint, string>>
  /** Loopback port behind each `host:port`, for a proxy. */
  readonly ports: Readonly<Record<string, number>>
  /** The devnet's inputs, with these URLs. `allow-hosts` names nobody. */
  readonly inputs: Readonly<Record<string, string>>
  readonly cacheEnvironment: Readonly<Record<string, string>>
}

/**
 * Puts a TLS host before every endpoint. URLs of the devnet in answers become those of the hosts.
 *
 * @param hostOf name of an endpoint's host, which the authority's certificate must cover
 */
export async function overTls(
  devnet: Devnet,
  authority: Authority,
  hostOf: (endpoint: Endpoint) => string,
): Promise<TlsDevnet> {
  const urls: Partial<Record<Endpoint, string>> = {}
  const ports: Record<string, number> = {}
  const translate = (said: string): string =>
    ENDPOINTS.reduce((now, endpoint) => now.replaceAll(devnet.urls[endpoint], urls[endpoint] ?? ''), said)
  for (const endpoint of ENDPOINTS) {
    const port = await anHttpsHost(authority, (request, response) =>
      handOn(request, response, devnet.urls[endpoint], translate),
    )
    urls[endpoint] = `https://${hostOf(endpoint)}:${port}`
    ports[`${hostOf(endpoint)}:${port}`] = port
  }
  const { 'allow-hosts': _plainHosts, ...plain } = devnet.inputs()
  const translated = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, translate(value)]))
  return {
    urls: urls as Record<Endpoint, string>,
    ports,
    inputs: translated(plain),
    cacheEnvironment: translated(devnet.cacheEnvironment()),
  }
}

function handOn(
  request: IncomingMessage,
  response: ServerResponse,
  base: string,
  translate: (said: string) => string,
): void {
  const { method = 'GET', headers } = request
  const upstream = sendRequest(new URL(request.url ?? '/', base), { method, headers }, (answer) => {
    const { location } = answer.headers
    const head =
      location === undefined ? answer.headers : { ...answer.headers, location: translate(location) }
    const status = answer.statusCode ?? 502
    if (headers['content-type'] !== 'application/json') {
      response.writeHead(status, head)
      answer.pipe(response)
      return
    }
    text(answer).then(
      (said) => response.writeHead(status, { 'content-type': 'application/json' }).end(translate(said)),
      () => response.destroy(),
    )
  })
  upstream.on('error', () => response.destroy())
  request.pipe(upstream)
}
