import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { R3mesError, silentReporter } from '../../src/core/index.ts'
import type { Network, NetworkOptions } from '../../src/transfer/index.ts'
import { sha256Of } from '../support/digest.ts'
import { DATA_PATHS, except, serveParts } from '../support/ranged.ts'
import {
  type Approved,
  aHost,
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  type Host,
  partialPath,
  redirectTo,
  serving,
} from '../support/transfer.ts'

const SIZE = 100_000

/** Honest about its first file, and otherwise about every other one. */
function afterFirst({ bytes }: Approved, otherwise: RequestListener): RequestListener {
  return except(serving(bytes), ({ url }) => url !== '/first', otherwise)
}

/** Otherwise once, and honest from then on. */
function onlyOnce(otherwise: RequestListener, honest: RequestListener): RequestListener {
  let left = 1
  return (request, response) => {
    left -= 1
    const now = left >= 0 ? otherwise : honest
    now(request, response)
  }
}

async function fetchFirst(network: Network, host: Host, { expected }: Approved): Promise<void> {
  await network.download(configured(`${host.url}/first`), expected, await partialPath())
}

/** What a host was asked after its first file. */
function asked(host: Host) {
  return host.requests.filter(({ url }) => url !== '/first')
}

describe.each(DATA_PATHS)('a small file of a host that is known, through %s', (_path, way) => {
  /** A host that has served one file already, and the network that fetched it. */
  async function known(
    otherwise: (approved: Approved) => RequestListener,
    more: Partial<NetworkOptions> = {},
  ) {
    const approved = approvedBytes(SIZE)
    const host = await aHost(afterFirst(approved, otherwise(approved)))
    const network = aNetwork({ ...way, ...more })
    await fetchFirst(network, host, approved)
    return { ...approved, host, network, path: await partialPath() }
  }

  const honestly = ({ bytes }: Approved): RequestListener => serving(bytes)

  it('comes over a connection that is kept, with the headers of the origin', async () => {
    const { bytes, expected, host, network, path } = await known(honestly)
    const origin = configured(`${host.url}/f?x=1`, { headers: { authorization: 'Bearer secret' } })
    const progress: (number | undefined)[] = []
    for (let n = 0; n < 20; n += 1) {
      const file = await network.download(origin, expected, path, {
        onProgress: (count, total) => progress.push(count, total),
      })
      expect(file).toEqual({ path, sha256: expected.sha256, size: SIZE })
      expect(bytes.equals(await readFile(path))).toBe(true)
    }
    const requests = asked(host)
    expect(requests.map(({ url }) => url)).toEqual(Array.from({ length: 20 }, () => '/f?x=1'))
    expect(requests.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true)
    expect(requests.every(({ headers }) => headers['accept-encoding'] === 'identity')).toBe(true)
    expect(requests.every(({ headers }) => headers.range === undefined)).toBe(true)
    expect(new Set(requests.map(({ socket }) => socket)).size).toBe(1)
    expect(progress.slice(-2)).toEqual([SIZE, SIZE])
    // The full client says so, and what reads sockets itself does not.
    const areDirect = requests.every(({ headers }) => headers.connection === undefined)
    expect(areDirect).toBe(way.directSockets)
  })

  it('may be empty', async () => {
    const { host, network, path } = await known(() => serving(Buffer.alloc(0)))
    const empty = { sha256: sha256Of(Buffer.alloc(0)), size: 0 }
    expect((await network.download(configured(`${host.url}/empty`), empty, path)).size).toBe(0)
    expect(await readFile(path)).toHaveLength(0)
  })

  it('may be a slice, of exactly the bytes that were asked for', async () => {
    const { bytes, host, network, path } = await known(({ bytes }) => serveParts(bytes))
    const slice = { start: 1000, length: 500 }
    const wanted = bytes.subarray(1000, 1500)
    const expected = { sha256: sha256Of(wanted), size: 500 }
    await network.download(configured(`${host.url}/pack`, { slice }), expected, path)
    expect(wanted.equals(await readFile(path))).toBe(true)
    expect(asked(host).map(({ headers }) => headers.range)).toEqual(['bytes=1000-1499'])
  })

  it.each([
    ['another range', 206, { 'content-range': 'bytes 0-499/10000', 'content-length': 500 }],
    ['no range', 206, { 'content-length': 500 }],
    ['the whole body', 200, { 'content-length': 500 }],
    ['an unsatisfied range', 416, { 'content-range': 'bytes */100' }],
  ])('is refused when %s answers for a slice, and not asked for again', async (_what, code, headers) => {
    const { host, network, path } = await known(({ bytes }) => (_request, response) => {
      response.writeHead(code, headers).end(bytes.subarray(0, 500))
    })
    const origin = configured(`${host.url}/pack`, { slice: { start: 1000, length: 500 } })
    const wanted = approvedBytes(500).expected
    expect((await errorOf(network.download(origin, wanted, path))).code).toBe('SOURCES_EXHAUSTED')
    expect(asked(host)).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })

  it('follows a redirect without the token, and asks that host twice for the first of them alone', async () => {
    const approved = approvedBytes(SIZE)
    const cdn = await aHost(serving(approved.bytes))
    const hub = await aHost(afterFirst(approved, redirectTo(`${cdn.url}/blob`)))
    const network = aNetwork({ ...way, allowHosts: [cdn.hostPort] })
    await fetchFirst(network, hub, approved)
    const origin = configured(`${hub.url}/f`, { headers: { authorization: 'Bearer secret' } })
    for (let n = 0; n < 3; n += 1) await network.download(origin, approved.expected, await partialPath())
    expect(asked(hub)).toHaveLength(way.directSockets === true ? 4 : 3)
    expect(cdn.requests).toHaveLength(3)
    expect(cdn.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
  })

  it('may not lead to a private address', async () => {
    const inner = await aHost(serving(Buffer.alloc(SIZE)))
    const { expected, host, network, path } = await known(() => redirectTo(`${inner.url}/secret`))
    const error = await errorOf(network.download(configured(`${host.url}/f`), expected, path))
    expect(error.code).toBe('URL_REFUSED')
    expect(inner.requests).toHaveLength(0)
  })

  it('of a record is refused, although the owner has named the same host for another origin', async () => {
    const { expected, host, network, path } = await known(honestly)
    const recorded = { source: 'http', url: new URL(`${host.url}/f`) } as const
    expect((await errorOf(network.download(recorded, expected, path))).code).toBe('URL_REFUSED')
    expect(asked(host)).toHaveLength(0)
  })

  it('may come in chunks, and after hints', async () => {
    const { bytes, expected, host, network, path } = await known(({ bytes }) => (request, response) => {
      if (request.url === '/hints') response.writeEarlyHints({ link: '</x>; rel=preload' })
      response.write(bytes.subarray(0, 1000))
      response.end(bytes.subarray(1000))
    })
    for (const name of ['chunks', 'hints']) {
      await network.download(configured(`${host.url}/${name}`), expected, path)
      expect(bytes.equals(await readFile(path))).toBe(true)
    }
  })

  it('is refused when it comes compressed', async () => {
    const { expected, host, network, path } = await known(({ bytes }) => (_request, response) => {
      const zipped = gzipSync(bytes)
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': zipped.length }).end(zipped)
    })
    const error = await errorOf(network.download(configured(`${host.url}/f`), expected, path))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain('compressed')
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    [404, 'SOURCES_EXHAUSTED', 'does not have this file'],
    [401, 'AUTH_REQUIRED', 'status 401'],
    [206, 'SOURCES_EXHAUSTED', 'status 206'],
    [501, 'SOURCES_EXHAUSTED', 'status 501'],
  ])('is not asked for again after status %i', async (status, code, words) => {
    const { expected, host, network, path } = await known(() => (_request, response) => {
      response.writeHead(status).end()
    })
    const error = await errorOf(network.download(configured(`${host.url}/f`), expected, path))
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
    expect(asked(host)).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })

  it.each([1, -1])('is refused before its body when its length is off by %i', async (by) => {
    const { expected, host, network, path } = await known(() => (_request, response) => {
      // Nothing follows: whoever waits for the body waits for ever.
      response.writeHead(200, { 'content-length': SIZE + by }).flushHeaders()
    })
    const error = await errorOf(network.download(configured(`${host.url}/f`), expected, path))
    expect(error.code).toBe('SIZE_MISMATCH')
    expect(asked(host)).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })

  it('is named and removed when its bytes are wrong, and not asked for again', async () => {
    const { expected, host, network, path } = await known(() => serving(Buffer.alloc(SIZE)))
    const error = await errorOf(network.download(configured(`${host.url}/f`), expected, path))
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(asked(host)).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })

  it('ends at what its own answer says about it', async () => {
    const { expected, host, network, path } = await known(honestly)
    const refusal = new R3mesError('DIGEST_MISMATCH', 'The hub has another file.')
    const seen: number[] = []
    const origin = configured(`${host.url}/f`, {
      inspect: ({ status }) => {
        seen.push(status)
        throw refusal
      },
    })
    await expect(network.download(origin, expected, path)).rejects.toBe(refusal)
    expect(seen).toEqual([200])
    expect(asked(host)).toHaveLength(1)
  })

  it.each<[string, (bytes: Buffer) => RequestListener]>([
    [
      'breaks in the middle',
      (bytes) => (_request, response) => {
        response.writeHead(200, { 'content-length': SIZE })
        response.write(bytes.subarray(0, 1000), () => response.destroy())
      },
    ],
    ['stands still before its head', () => () => undefined],
    [
      'stands still in the middle',
      (bytes) => (_request, response) => {
        response.writeHead(200, { 'content-length': SIZE }).write(bytes.subarray(0, 1000))
      },
    ],
    [
      'cannot be answered now',
      () => (_request, response) => {
        response.writeHead(500).end('no')
      },
    ],
  ])('is asked for again when it %s', async (_what, failing) => {
    const { bytes, expected, host, network, path } = await known(
      ({ bytes }) => onlyOnce(failing(bytes), serving(bytes)),
      { timeouts: { connectMs: 500, firstByteMs: 500, stallMs: 500 } },
    )
    await network.download(configured(`${host.url}/f`), expected, path)
    expect(bytes.equals(await readFile(path))).toBe(true)
    expect(asked(host)).toHaveLength(2)
  })

  it('of which more comes than was announced is never more than its bytes', async () => {
    const { bytes, expected, host, network, path } = await known(({ bytes }) =>
      onlyOnce((request) => {
        const head = `HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`
        request.socket.write(Buffer.concat([Buffer.from(head), bytes, Buffer.from(head), Buffer.alloc(SIZE)]))
      }, serving(bytes)),
    )
    for (let n = 0; n < 3; n += 1) {
      await network.download(configured(`${host.url}/f`), expected, path)
      expect(bytes.equals(await readFile(path))).toBe(true)
    }
  })

  it('waits as long as its host asks for, as all others do', async () => {
    const times: number[] = []
    const told = Promise.withResolvers<void>()
    const { expected, host, network, path } = await known(
      ({ bytes }) =>
        (request, response) => {
          times.push(performance.now())
          if (times.length > 1) serving(bytes)(request, response)
          else response.writeHead(429, { 'retry-after': '1' }).end()
        },
      { reporter: { ...silentReporter, debug: () => told.resolve() } },
    )
    const one = network.download(configured(`${host.url}/a`), expected, path)
    await told.promise
    await network.download(configured(`${host.url}/b`), expected, await partialPath())
    await one
    const [first = 0, ...later] = times
    expect(later).toHaveLength(2)
    expect(later.every((time) => time - first >= 1000)).toBe(true)
  })

  it('ends when it is aborted in the middle, with the reason and without a file; others come', async () => {
    const { bytes, expected, host, network, path } = await known(({ bytes }) =>
      onlyOnce((_request, response) => {
        response.writeHead(200, { 'content-length': SIZE }).write(bytes.subarray(0, 1000))
      }, serving(bytes)),
    )
    const stop = new AbortController()
    const reason = new Error('the job was cancelled')
    const aborted = network.download(configured(`${host.url}/f`), expected, path, {
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    })
    await expect(aborted).rejects.toBe(reason)
    expect(existsSync(path)).toBe(false)
    await network.download(configured(`${host.url}/f`), expected, path)
    expect(bytes.equals(await readFile(path))).toBe(true)
  })

  it('whose folder is not there says so and lets go of the connection', async () => {
    const letGo = Promise.withResolvers<void>()
    const { expected, host, network, path } = await known(({ bytes }) => (_request, response) => {
      response.on('close', letGo.resolve)
      response.writeHead(200, { 'content-length': SIZE }).write(bytes.subarray(0, 50_000))
    })
    const nowhere = join(dirname(path), 'missing', 'x.part')
    const error = await errorOf(network.download(configured(`${host.url}/f`), expected, nowhere))
    expect(error.code).toBe('STORE_NOT_WRITABLE')
    await letGo.promise
    expect(asked(host)).toHaveLength(1)
  })

  it('leaves no connection behind when the network is closed', async () => {
    const { expected, host, network, path } = await known(honestly)
    await network.download(configured(`${host.url}/f`), expected, path)
    const closed = host.requests.map(({ socket }) => socket.destroyed || once(socket, 'close'))
    await network.close()
    await Promise.all(closed)
    await expect(network.download(configured(`${host.url}/f`), expected, path)).rejects.toThrow()
    expect(asked(host)).toHaveLength(1)
  })
})
