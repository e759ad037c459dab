import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener } from 'node:http'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { NetworkOptions } from '../../src/transfer/index.ts'
import { sha256Of } from '../support/digest.ts'
import { anAuthority, anHttpsHost } from '../support/https.ts'
import { askedPart, DATA_PATHS, except, partHead, SMALL_PARTS, serveParts } from '../support/ranged.ts'
import { aReporter } from '../support/store.ts'
import {
  aHost,
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  type Host,
  partialPath,
  redirectTo,
  serving,
  withoutSize,
} from '../support/transfer.ts'

const SIZE = 1_500_000

/** How many bytes were asked for, and how often. */
function asked({ requests }: Host): { readonly bytes: number; readonly times: number } {
  const parts = requests.map((request) => askedPart(request, SIZE)).filter((part) => part !== undefined)
  return { bytes: parts.reduce((sum, { start, end }) => sum + end - start, 0), times: parts.length }
}

/** Picks the request for the part that holds this byte, as often as said. */
function forByte(position: number, times = Number.POSITIVE_INFINITY): (request: IncomingMessage) => boolean {
  let left = times
  return (request) => {
    const part = askedPart(request, SIZE)
    if (part === undefined || part.start > position || part.end <= position) return false
    left -= 1
    return left >= 0
  }
}

describe.each(DATA_PATHS)('a large file through %s', (_path, way) => {
  const network = (more: Partial<NetworkOptions> = {}) => aNetwork({ sizes: SMALL_PARTS, ...way, ...more })

  it('comes in parts, none of them twice, of one and the same version', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const host = await aHost(serveParts(bytes))
    const path = await partialPath()
    const progress: number[] = []
    // More parts than there may ever be connections to one host.
    const file = await network({ sizes: { ...SMALL_PARTS, segment: 50_000 } }).download(
      configured(host.url),
      expected,
      path,
      { onProgress: (count) => progress.push(count) },
    )
    expect(file).toEqual({ path, sha256: expected.sha256, size: SIZE })
    expect(bytes.equals(await readFile(path))).toBe(true)
    expect(asked(host)).toEqual({ bytes: SIZE, times: 30 })
    expect(host.requests.slice(1).every(({ headers }) => headers['if-range'] === '"v1"')).toBe(true)
    expect(host.requests.every(({ headers }) => headers['accept-encoding'] === 'identity')).toBe(true)
    expect(progress.at(-1)).toBe(SIZE)
    // The full client says so, and what reads sockets itself does not: the second request is the first of many.
    const isDirect = host.requests[1]?.headers.connection === undefined
    expect(isDirect).toBe(way.directSockets)
    const connections = new Set(host.requests.map(({ socket }) => socket))
    expect(connections.size).toBeLessThan(host.requests.length)
  })

  it('of many MiB comes without a byte that is asked for twice, however fast its host is', async () => {
    const size = 150_000_001
    const { bytes, expected } = approvedBytes(size)
    const host = await aHost(serveParts(bytes))
    const path = await partialPath()
    const reporter = aReporter()
    const file = await network({ sizes: {}, reporter }).download(configured(host.url), expected, path)
    expect(file.size).toBe(size)
    const parts = host.requests
      .map((request) => askedPart(request, size))
      .filter((part) => part !== undefined)
    const inOrder = parts.sort((a, b) => a.start - b.start)
    // A part that another connection took over was asked for up to its old end.
    const starts = new Set(inOrder.map(({ start }) => start))
    expect(starts.size).toBe(parts.length)
    expect(reporter.lines).toEqual([])
  })

  it('comes in parts also when nobody approved a size', async () => {
    const approved = approvedBytes(SIZE)
    const host = await aHost(serveParts(approved.bytes, { lastModified: 'Mon, 02 Nov 2026 10:00:00 GMT' }))
    const totals: (number | undefined)[] = []
    const file = await network().download(configured(host.url), withoutSize(approved), await partialPath(), {
      onProgress: (_bytes, total) => totals.push(total),
    })
    expect(file.size).toBe(SIZE)
    expect(totals.at(-1)).toBe(SIZE)
    expect(asked(host).bytes).toBe(SIZE)
    // A date is no promise of the same bytes.
    expect(host.requests.every(({ headers }) => headers['if-range'] === undefined)).toBe(true)
  })

  it('may be a slice of a body', async () => {
    const { bytes } = approvedBytes(SIZE)
    const slice = { start: 200_001, length: 700_000 }
    const wanted = bytes.subarray(slice.start, slice.start + slice.length)
    const host = await aHost(serveParts(bytes))
    const file = await network().download(
      configured(host.url, { slice }),
      { sha256: sha256Of(wanted), size: slice.length },
      await partialPath(),
    )
    expect(file.size).toBe(slice.length)
    expect(asked(host).bytes).toBe(slice.length)
  })

  it('comes in one answer from a host that knows no parts', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const host = await aHost(serving(bytes))
    const file = await network().download(configured(host.url), expected, await partialPath())
    expect(file.size).toBe(SIZE)
    expect(host.requests).toHaveLength(1)
  })

  it('comes over TLS', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const authority = anAuthority('localhost')
    const before = getCACertificates('default')
    setDefaultCACertificates([...before, readFileSync(authority.caFile, 'utf8')])
    onTestFinished(() => setDefaultCACertificates(before))
    const port = await anHttpsHost(authority, serveParts(bytes))
    const path = await partialPath()
    const file = await network().download(configured(`https://localhost:${port}/f`), expected, path)
    expect(file.size).toBe(SIZE)
  })

  it.each([
    ['the first', 10],
    ['a middle', SIZE / 2],
    ['the last', SIZE - 1],
  ])('with a wrong byte in %s part is no file, and its host is not asked again', async (_which, position) => {
    const { bytes, expected } = approvedBytes(SIZE)
    const lies = Buffer.from(bytes)
    lies.writeUInt8(lies.readUInt8(position) ^ 1, position)
    const host = await aHost(serveParts(lies))
    const path = await partialPath()
    const error = await errorOf(network().download(configured(host.url), expected, path))
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(existsSync(path)).toBe(false)
    expect(asked(host).bytes).toBe(SIZE)
  })

  it('of another size than the approved one is refused after one request', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const host = await aHost(serveParts(bytes))
    const wanted = { ...expected, size: SIZE + 1 }
    const path = await partialPath()
    const error = await errorOf(network().download(configured(host.url), wanted, path))
    expect(error.code).toBe('SIZE_MISMATCH')
    expect(host.requests).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })

  it('larger than the limit is refused after one request', async () => {
    const approved = approvedBytes(SIZE)
    const host = await aHost(serveParts(approved.bytes))
    const small = network({ maxArtifactSize: SIZE - 1 })
    const fetching = small.download(configured(host.url), withoutSize(approved), await partialPath())
    expect((await errorOf(fetching)).code).toBe('ARTIFACT_TOO_LARGE')
    expect(host.requests).toHaveLength(1)
  })

  it.each([
    ['another range', { 'content-range': `bytes 1-65536/${SIZE}` }],
    ['no range', {}],
    ['more than was asked for', { 'content-range': `bytes 0-99999/${SIZE}` }],
    ['less than was asked for', { 'content-range': `bytes 0-999/${SIZE}` }],
  ])('is refused when its first answer has %s', async (_what, headers) => {
    const { bytes, expected } = approvedBytes(SIZE)
    const host = await aHost((_request, response) => {
      response.writeHead(206, headers).end(bytes.subarray(0, 65_536))
    })
    const error = await errorOf(network().download(configured(host.url), expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(host.requests).toHaveLength(1)
  })

  const wrongHeads: [string, (start: number, end: number) => Record<string, string | number>][] = [
    ['another range', (start, end) => partHead({ start: start - 1, end: end - 1 }, SIZE)],
    ['another total', (start, end) => partHead({ start, end }, SIZE + 1)],
    ['another ETag', (start, end) => ({ ...partHead({ start, end }, SIZE), etag: '"v2"' })],
    ['no range', (start, end) => ({ 'content-length': end - start })],
  ]
  it.each(wrongHeads)('is asked for as a whole when a later part has %s', async (_what, headOf) => {
    const { bytes, expected } = approvedBytes(SIZE)
    const lying: RequestListener = (request, response) => {
      const { start, end } = askedPart(request, SIZE) ?? { start: 0, end: 0 }
      response.writeHead(206, { etag: '"v1"', ...headOf(start, end) }).end(bytes.subarray(start, end))
    }
    const host = await aHost(except(serveParts(bytes), forByte(SIZE / 2), lying))
    const path = await partialPath()
    const file = await network().download(configured(host.url), expected, path)
    expect(file.size).toBe(SIZE)
    expect(bytes.equals(await readFile(path))).toBe(true)
    expect(host.requests.filter(({ headers }) => headers.range === undefined)).toHaveLength(1)
  })

  it('that became another one on the way is no file', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const next = approvedBytes(SIZE)
    let answers = 0
    const host = await aHost((request, response) => {
      answers += 1
      const now = answers <= 5 ? serveParts(bytes) : serveParts(next.bytes, { etag: '"v2"' })
      now(request, response)
    })
    const path = await partialPath()
    const error = await errorOf(network().download(configured(host.url), expected, path))
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(existsSync(path)).toBe(false)
  })

  it('goes on after a connection that breaks in the middle of a part, from where it broke', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const breaking: RequestListener = (request, response) => {
      const part = askedPart(request, SIZE) ?? { start: 0, end: 0 }
      response.writeHead(206, { etag: '"v1"', ...partHead(part, SIZE) })
      response.write(bytes.subarray(part.start, part.end - 10), () => response.destroy())
    }
    const host = await aHost(except(serveParts(bytes), forByte(SIZE / 2, 1), breaking))
    const file = await network().download(configured(host.url), expected, await partialPath())
    expect(file.size).toBe(SIZE)
    expect(asked(host).times).toBe(17)
  })

  it('fails when a part is gone, at once and without a file', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const gone: RequestListener = (_request, response) => void response.writeHead(404).end()
    const chosen = forByte(SIZE / 2)
    let refusals = 0
    const host = await aHost(
      except(
        serveParts(bytes),
        (request) => {
          const isChosen = chosen(request)
          if (isChosen) refusals += 1
          return isChosen
        },
        gone,
      ),
    )
    const path = await partialPath()
    const error = await errorOf(network().download(configured(host.url), expected, path))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(refusals).toBe(1)
    expect(existsSync(path)).toBe(false)
  })

  it('waits as long as a host asks for in the middle of it', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const times: number[] = []
    const chosen = forByte(SIZE - 1)
    const busy: RequestListener = (_request, response) => {
      response.writeHead(429, { 'retry-after': '1' }).end()
    }
    const host = await aHost(
      except(
        serveParts(bytes),
        (request) => {
          if (!chosen(request)) return false
          times.push(performance.now())
          return times.length === 1
        },
        busy,
      ),
    )
    await network().download(configured(host.url), expected, await partialPath())
    expect(times).toHaveLength(2)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1000)
  })

  it('comes from a host that bears one connection only', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    let isBusy = false
    const host = await aHost((request, response) => {
      if (isBusy) {
        response.destroy()
        return
      }
      isBusy = true
      response.on('close', () => {
        isBusy = false
      })
      serveParts(bytes)(request, response)
    })
    const patient = network({ retryPolicy: { retries: 6, baseMs: 20 } })
    const file = await patient.download(configured(host.url), expected, await partialPath())
    expect(file.size).toBe(SIZE)
  })

  it('that is compressed from some part on is refused', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const zipping: RequestListener = (request, response) => {
      const part = askedPart(request, SIZE) ?? { start: 0, end: 0 }
      const zipped = gzipSync(bytes.subarray(part.start, part.end))
      response.writeHead(206, {
        ...partHead(part, SIZE),
        ...{ etag: '"v1"', 'content-encoding': 'gzip', 'content-length': zipped.length },
      })
      response.end(zipped)
    }
    const host = await aHost(except(serveParts(bytes), forByte(SIZE / 2), zipping))
    const path = await partialPath()
    const error = await errorOf(network().download(configured(host.url), expected, path))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain('compressed')
    expect(existsSync(path)).toBe(false)
  })

  it('is read to the end of its part from a host that sends without end', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const endless: RequestListener = (request, response) => {
      const part = askedPart(request, SIZE) ?? { start: 0, end: 0 }
      const { 'content-range': range = '' } = partHead(part, SIZE)
      response.writeHead(206, { etag: '"v1"', 'content-range': String(range) })
      response.write(bytes.subarray(part.start, part.end))
      const more = (): void => {
        while (!response.destroyed && response.write(bytes));
      }
      response.on('drain', more)
      more()
    }
    const host = await aHost(except(serveParts(bytes), forByte(SIZE / 2), endless))
    const file = await network().download(configured(host.url), expected, await partialPath())
    expect(file.size).toBe(SIZE)
  })

  it('comes also when informational answers stand before its parts', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const host = await aHost((request, response) => {
      response.writeProcessing()
      serveParts(bytes)(request, response)
    })
    const file = await network().download(configured(host.url), expected, await partialPath())
    expect(file.size).toBe(SIZE)
    expect(asked(host).bytes).toBeGreaterThanOrEqual(SIZE)
  })

  it.each(['says nothing', 'sends byte by byte'])(
    'gives up a part whose host %s, and asks again',
    async (how) => {
      const { bytes, expected } = approvedBytes(SIZE)
      const loris: RequestListener = (request, response) => {
        if (how === 'says nothing') return
        const part = askedPart(request, SIZE) ?? { start: 0, end: 0 }
        response.writeHead(206, { etag: '"v1"', ...partHead(part, SIZE) })
        let at = part.start
        const dripping = setInterval(() => {
          response.write(bytes.subarray(at, at + 1))
          at += 1
        }, 10)
        response.on('close', () => clearInterval(dripping))
      }
      const host = await aHost(except(serveParts(bytes), forByte(SIZE / 2, 1), loris))
      const impatient = network({ timeouts: { connectMs: 100, firstByteMs: 200, stallMs: 200 } })
      const file = await impatient.download(configured(host.url), expected, await partialPath())
      expect(file.size).toBe(SIZE)
    },
  )

  it('asks the origin again when the address that it led to has run out', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    let signed = 0
    let uses = 0
    const cdn = await aHost((request, response) => {
      uses += 1
      if (request.url === '/1' && uses > 4) response.writeHead(403).end()
      else serveParts(bytes)(request, response)
    })
    const hub = await aHost((request, response) => {
      signed += 1
      redirectTo(`${cdn.url}/${signed}`)(request, response)
    })
    const token = { authorization: 'Bearer secret' }
    const fetching = network({ allowHosts: [cdn.hostPort], retryPolicy: { retries: 6 } }).download(
      configured(hub.url, { headers: token }),
      expected,
      await partialPath(),
    )
    expect((await fetching).size).toBe(SIZE)
    expect(hub.requests.length).toBeGreaterThan(1)
    expect(hub.requests.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true)
    expect(cdn.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
  })

  it('brings the token of an origin with every part, to that origin', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const host = await aHost(serveParts(bytes))
    const origin = configured(`${host.url}/f?a=b`, { headers: { authorization: 'Bearer secret' } })
    await network().download(origin, expected, await partialPath())
    expect(host.requests.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true)
    expect(
      host.requests.every(({ url, headers }) => url === '/f?a=b' && headers.host === host.hostPort),
    ).toBe(true)
  })

  it('ends when it is aborted, with the reason, without a file, and without a connection', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const closed: Promise<unknown>[] = []
    const stuck: RequestListener = (request, response) => {
      const part = askedPart(request, SIZE) ?? { start: 0, end: 0 }
      response.writeHead(206, { etag: '"v1"', ...partHead(part, SIZE) })
      response.write(bytes.subarray(part.start, part.start + 1000))
      closed.push(new Promise((resolve) => response.on('close', resolve)))
      stop.abort(reason)
    }
    const stop = new AbortController()
    const reason = new Error('the job was cancelled')
    const host = await aHost(except(serveParts(bytes), forByte(SIZE / 2), stuck))
    const path = await partialPath()
    const options = { signal: stop.signal }
    await expect(network().download(configured(host.url), expected, path, options)).rejects.toBe(reason)
    await Promise.all(closed)
    expect(existsSync(path)).toBe(false)
  })

  it('leaves no more than its share of connections to files beside it', async () => {
    const files = Array.from({ length: 6 }, () => approvedBytes(SIZE))
    const open = new Set<unknown>()
    let most = 0
    const host = await aHost((request, response) => {
      open.add(response)
      most = Math.max(most, open.size)
      response.on('close', () => open.delete(response))
      const { bytes } = files[Number(request.url?.slice(1))] ?? approvedBytes(0)
      setImmediate(() => serveParts(bytes)(request, response))
    })
    const shared = network()
    const brought = await Promise.all(
      files.map(async ({ expected }, index) =>
        shared.download(configured(`${host.url}/${index}`), expected, await partialPath()),
      ),
    )
    expect(brought.map(({ size }) => size)).toEqual(files.map(() => SIZE))
    expect(most).toBeLessThanOrEqual(16)
  })
})
