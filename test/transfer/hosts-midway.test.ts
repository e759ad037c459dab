/** What hosts do once a file has begun: everything after the first part, on both ways that bytes take. */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import type { NetworkOptions } from '../../src/transfer/index.ts'
import { anAuthority, anHttpsHost, aProxy, believe } from '../support/https.ts'
import { askedPart, DATA_PATHS, except, partHead, SMALL_PARTS, serveParts } from '../support/ranged.ts'
import {
  aHost,
  aNetwork,
  anOrigin,
  approvedBytes,
  configured,
  errorOf,
  partialPath,
  redirectTo,
} from '../support/transfer.ts'

const SIZE = 1_500_000
const STATUS = 'HTTP/1.1 206 Partial Content\r\n'

/** Honest for the first part, and otherwise from then on. */
function afterFirst(honest: RequestListener, otherwise: RequestListener): RequestListener {
  return except(honest, (request) => (askedPart(request, SIZE)?.start ?? 0) > 0, otherwise)
}

describe.each(DATA_PATHS)('a host in the middle of a file, through %s', (_path, way) => {
  const network = (more: Partial<NetworkOptions> = {}) => aNetwork({ sizes: SMALL_PARTS, ...way, ...more })

  it('may send elsewhere, without the token', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const cdn = await aHost(serveParts(bytes))
    const hub = await aHost(afterFirst(serveParts(bytes), redirectTo(`${cdn.url}/blob`)))
    const origin = configured(hub.url, { headers: { authorization: 'Bearer secret' } })
    const path = await partialPath()
    await network({ allowHosts: [cdn.hostPort] }).download(origin, expected, path)
    expect(bytes.equals(await readFile(path))).toBe(true)
    expect(cdn.requests.length).toBeGreaterThan(0)
    expect(cdn.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
  })

  it.each([
    ['a private address', (inner: string) => `${inner}/secret`],
    ['another scheme', () => 'ftp://example.org/f'],
    ['itself without end', () => '/again'],
  ])('may not send to %s', async (_where, to) => {
    const { bytes, expected } = approvedBytes(SIZE)
    const inner = await aHost(serveParts(bytes))
    const hub = await aHost(afterFirst(serveParts(bytes), redirectTo(to(inner.url))))
    const path = await partialPath()
    const error = await errorOf(network().download(configured(hub.url), expected, path))
    expect(error.code).toBe('URL_REFUSED')
    expect(inner.requests).toHaveLength(0)
    expect(existsSync(path)).toBe(false)
  })

  it('that is gone from one moment to the next cannot be reached any more', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const server = createServer((request, response) => {
      response.setHeader('connection', 'close')
      response.on('close', () => server.close())
      serveParts(bytes)(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const path = await partialPath()
    const gone = network().download(configured(`http://127.0.0.1:${port}/f`), expected, path)
    const error = await errorOf(gone)
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.detail).toContain('ECONNREFUSED')
    expect(existsSync(path)).toBe(false)
  })

  it('is not believed under the certificate of a stranger', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const authority = anAuthority('localhost')
    const stranger = anAuthority('localhost')
    believe(authority)
    const server = createHttpsServer(authority, (request, response) => {
      server.setSecureContext(stranger)
      response.setHeader('connection', 'close')
      serveParts(bytes)(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    const { port } = server.address() as AddressInfo
    const path = await partialPath()
    const fetching = network().download(configured(`https://localhost:${port}/f`), expected, path)
    const error = await errorOf(fetching)
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS')
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    ['a head byte by byte', `${STATUS}x-slow: `, 'y', 'said nothing'],
    ['a head without end', STATUS, `x-${'y'.repeat(4000)}: z\r\n`, 'connection was lost'],
    ['informational answers without end', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'said nothing'],
  ])('is given up when it sends %s', async (_what, beginning, drop, words) => {
    const { bytes, expected } = approvedBytes(SIZE)
    const dripping: RequestListener = ({ socket }) => {
      socket.write(beginning)
      const drip = setInterval(() => socket.write(drop), 5)
      socket.on('close', () => clearInterval(drip)).on('error', () => clearInterval(drip))
    }
    const host = await aHost(afterFirst(serveParts(bytes), dripping))
    const impatient = network({
      timeouts: { connectMs: 200, firstByteMs: 200, stallMs: 400 },
      retryPolicy: { retries: 0 },
    })
    const path = await partialPath()
    const error = await errorOf(impatient.download(configured(host.url), expected, path))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain(words)
    expect(existsSync(path)).toBe(false)
  })

  it('that sends more than it announces, an answer of its own making, is asked again for what is missing', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const lying: RequestListener = (request) => {
      const part = askedPart(request, SIZE) ?? { start: 0, end: 0 }
      const head = Object.entries({ etag: '"v1"', ...partHead(part, SIZE) }).map(
        ([name, value]) => `${name}: ${value}`,
      )
      const forged = Buffer.from(`${STATUS}${head.join('\r\n')}\r\n\r\n`)
      const body = bytes.subarray(part.start, part.end)
      request.socket.write(Buffer.concat([forged, body, forged, Buffer.alloc(body.length)]))
    }
    let lies = 0
    const sometimes: RequestListener = (request, response) => {
      lies += 1
      const now = lies <= 2 ? lying : serveParts(bytes)
      now(request, response)
    }
    const host = await aHost(afterFirst(serveParts(bytes), sometimes))
    const path = await partialPath()
    await network().download(configured(host.url), expected, path)
    expect(bytes.equals(await readFile(path))).toBe(true)
  })

  it.each([429, 503])(
    'that asks for a pause by status %i is left alone by every file of the run',
    async (status) => {
      const one = approvedBytes(SIZE)
      const other = approvedBytes(SIZE)
      const told = Promise.withResolvers<void>()
      let isTold = false
      let pausedAt = 0
      const later: number[] = []
      const busy: RequestListener = (_request, response) => {
        pausedAt = performance.now()
        response.writeHead(status, { 'retry-after': '1' }).end()
      }
      const host = await aHost((request, response) => {
        if (request.url === '/other') later.push(performance.now())
        const honest = serveParts(request.url === '/other' ? other.bytes : one.bytes)
        const now = isTold ? honest : afterFirst(honest, busy)
        now(request, response)
      })
      const debug = (): void => {
        isTold = true
        told.resolve()
      }
      const shared = network({ reporter: { ...silentReporter, debug } })
      const first = shared.download(configured(`${host.url}/one`), one.expected, await partialPath())
      await told.promise
      const path = await partialPath()
      await shared.download(configured(`${host.url}/other`), other.expected, path)
      await first
      expect(other.bytes.equals(await readFile(path))).toBe(true)
      expect((later[0] ?? 0) - pausedAt).toBeGreaterThanOrEqual(1000)
    },
  )

  it('may be an IPv6 address', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const hosts = new Set<string | undefined>()
    const server = createServer((request, response) => {
      hosts.add(request.headers.host)
      serveParts(bytes)(request, response)
    }).listen(0, '::1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    const { port } = server.address() as AddressInfo
    const path = await partialPath()
    await network().download(configured(`http://[::1]:${port}/f`), expected, path)
    expect(bytes.equals(await readFile(path))).toBe(true)
    expect([...hosts]).toEqual([`[::1]:${port}`])
  })

  it('is asked through the proxy for every part', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const authority = anAuthority('files.example.org')
    believe(authority)
    const port = await anHttpsHost(authority, serveParts(bytes))
    const proxy = await aProxy({ 'files.example.org:443': port })
    const path = await partialPath()
    const behind = network({ environment: { HTTPS_PROXY: proxy.url }, resolve: async () => [] })
    await behind.download(anOrigin('https://files.example.org/f'), expected, path)
    expect(bytes.equals(await readFile(path))).toBe(true)
    expect(new Set(proxy.requests)).toEqual(new Set(['CONNECT files.example.org:443']))
  })
})
