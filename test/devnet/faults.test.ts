import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Content, type Devnet, type Endpoint, type Fault, startDevnet } from '../../src/devnet/index.ts'

const SIZE = 2_000_000

let devnet: Devnet
let file: Content

beforeEach(async () => {
  devnet = await startDevnet({ sample: false })
  file = devnet.addContent('file', SIZE)
  devnet.publishToMirror('file', file)
  devnet.publishToGateway(file)
  devnet.publishToHub('owner/name', 'file', file)
})

afterEach(() => devnet.close())

interface Received {
  status: number
  headers: NodeJS.Dict<string | string[]>
  body: Buffer
  /** Whether the answer ended as its headers promised. */
  complete: boolean
}

/** A real client that takes what it gets. `until`: hangs up after so many body bytes. */
function get(
  url: string,
  options: { method?: string; range?: string; until?: number } = {},
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const headers = options.range === undefined ? {} : { Range: options.range }
    const request = httpRequest(url, { method: options.method ?? 'GET', headers, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      const done = () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          complete: response.complete,
        })
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (options.until !== undefined && size >= options.until) response.destroy()
      })
      response.on('error', done)
      response.on('close', done)
    })
    request.end()
  })
}

/** What really comes over the wire until the devnet ends the connection: head and body. */
async function raw(endpoint: Endpoint, request: string): Promise<[head: string, body: string]> {
  const socket = connect(Number(new URL(devnet.urls[endpoint]).port), '127.0.0.1')
  socket.write(request)
  const received = Buffer.concat(await socket.toArray()).toString('latin1')
  const end = received.indexOf('\r\n\r\n')
  return [received.slice(0, end), received.slice(end + 4)]
}

const mirrorUrl = () => `${devnet.urls.mirror}/file`
const expected = (start = 0, end = SIZE) => Buffer.from(file.read(start, end))

function differences(one: Uint8Array, other: Uint8Array): number[] {
  return [...one.keys()].filter((at) => one[at] !== other[at])
}

describe('wrong bytes', () => {
  it.each([
    ['start', 0],
    ['middle', Math.floor((SIZE - 1) / 2)],
    ['end', SIZE - 1],
  ] as const)('change one byte at the %s and nothing else', async (at, offset) => {
    devnet.fail('mirror', { kind: 'wrong-bytes', at })
    const { body, complete } = await get(mirrorUrl())
    expect(complete).toBe(true)
    expect(body).toHaveLength(SIZE)
    expect(differences(body, expected())).toEqual([offset])
  })

  it('change a range within the range', async () => {
    devnet.fail('mirror', { kind: 'wrong-bytes', at: 'end' })
    const { status, body } = await get(mirrorUrl(), { range: 'bytes=100-199' })
    expect(status).toBe(206)
    expect(differences(body, expected(100, 200))).toEqual([99])
  })

  it('are not spent on answers without a body', async () => {
    devnet.fail('hub', { kind: 'wrong-bytes', times: 1 })
    devnet.publishToHub('owner/name', 'small', devnet.addContent('small', 100))
    const resolve = `${devnet.urls.hub}/owner/name/resolve/main`
    expect((await get(`${resolve}/file`)).status).toBe(302)
    expect((await get(`${resolve}/small`, { method: 'HEAD' })).status).toBe(200)
    const small = devnet.addContent('small', 100).read(0, 100)
    expect(differences((await get(`${resolve}/small`)).body, small)).toHaveLength(1)
    expect(differences((await get(`${resolve}/small`)).body, small)).toHaveLength(0)
  })
})

describe('truncation', () => {
  it.each([0, 1, 65_536, SIZE - 1])('ends the connection after %i bytes', async (after) => {
    devnet.fail('mirror', { kind: 'truncate', after })
    const { headers, body, complete } = await get(mirrorUrl())
    expect(headers['content-length']).toBe(String(SIZE))
    expect(body.equals(expected(0, after))).toBe(true)
    expect(complete).toBe(false)
  })

  it('does not touch what is short enough', async () => {
    devnet.fail('mirror', { kind: 'truncate', after: 10 })
    const { body, complete } = await get(mirrorUrl(), { range: 'bytes=0-9' })
    expect([body.length, complete]).toEqual([10, true])
  })

  it('of an answer without a body ends the connection before it', async () => {
    devnet.fail('hub', { kind: 'truncate', after: 0 })
    await expect(get(`${devnet.urls.hub}/owner/name/resolve/main/file`)).rejects.toThrow(/socket hang up/)
  })
})

describe('a lying length', () => {
  it('that is too long ends before it is reached', async () => {
    devnet.fail('mirror', { kind: 'wrong-length', by: 5 })
    const { headers, body, complete } = await get(mirrorUrl())
    expect(headers['content-length']).toBe(String(SIZE + 5))
    expect([body.length, complete]).toEqual([SIZE, false])
    expect((await get(mirrorUrl(), { method: 'HEAD' })).headers['content-length']).toBe(String(SIZE + 5))
  })

  it('that is too short is followed by bytes that nobody announced', async () => {
    devnet.fail('mirror', { kind: 'wrong-length', by: -5 })
    const [head, body] = await raw('mirror', 'GET /file HTTP/1.1\r\nHost: devnet\r\n\r\n')
    expect(head.toLowerCase()).toContain(`content-length: ${SIZE - 5}`)
    expect(body).toHaveLength(SIZE)
  })
})

describe('a status', () => {
  it('comes with its headers and body, so many times, and then all is well', async () => {
    devnet.fail('mirror', {
      kind: 'status',
      status: 429,
      headers: { 'Retry-After': '7' },
      body: 'slow down',
      times: 2,
    })
    const answers = [await get(mirrorUrl()), await get(mirrorUrl()), await get(mirrorUrl())]
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200])
    expect(answers[0]?.headers['retry-after']).toBe('7')
    expect(answers[0]?.body.toString()).toBe('slow down')
  })

  it('can be 404 for one path alone', async () => {
    devnet.fail('gateway', { kind: 'status', status: 404, path: file.cid })
    const other = devnet.addContent('other', 10)
    devnet.publishToGateway(other)
    expect((await get(`${devnet.urls.gateway}/ipfs/${file.cid}`)).status).toBe(404)
    expect((await get(`${devnet.urls.gateway}/ipfs/${other.cid}`)).status).toBe(200)
  })

  it('can be asked of one call of the chain, which is recorded all the same', async () => {
    devnet.fail('rpc', { kind: 'status', status: 500, path: 'abci_query /store/remes/subspace' })
    const call = (method: string, params: object) =>
      fetch(devnet.urls.rpc, {
        method: 'POST',
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      })
    expect((await call('status', {})).status).toBe(200)
    expect((await call('abci_query', { path: '/store/remes/subspace', data: '70' })).status).toBe(500)
    expect(devnet.requests.to('rpc').map((request) => request.call)).toEqual([
      'status',
      'abci_query /store/remes/subspace',
    ])
  })
})

describe('a stall', () => {
  it.each([1, 700_000])('sends %i bytes and then nothing, and holds the connection', async (after) => {
    devnet.fail('mirror', { kind: 'stall', after })
    const { body, complete } = await get(mirrorUrl(), { until: after })
    expect(body.equals(expected(0, after))).toBe(true)
    expect(complete).toBe(false)
  })

  it('ends when the devnet closes, and not before', async () => {
    devnet.fail('mirror', { kind: 'stall', after: 10 })
    const stalled = get(mirrorUrl())
    const head = await fetch(`${devnet.urls.mirror}/unknown`)
    expect(head.status).toBe(404)
    await devnet.close()
    expect((await stalled).body).toHaveLength(10)
  })

  it('of an answer without a body sends nothing at all', async () => {
    devnet.fail('hub', { kind: 'stall', after: 0 })
    const { port } = new URL(devnet.urls.hub)
    const socket = connect(Number(port), '127.0.0.1')
    let received = 0
    socket.on('data', (chunk) => {
      received += chunk.length
    })
    socket.on('error', () => {})
    socket.write('GET /owner/name/resolve/main/file HTTP/1.1\r\nHost: devnet\r\n\r\n')
    const closed = once(socket, 'close')
    while (devnet.requests.to('hub').length === 0) await get(`${devnet.urls.mirror}/unknown`)
    await devnet.close()
    await closed
    expect(received).toBe(0)
  })
})

describe('a redirect', () => {
  it('points where it was told', async () => {
    devnet.fail('cdn', { kind: 'redirect', location: 'http://169.254.169.254/latest' })
    const { status, headers } = await get(`${devnet.urls.cdn}/anything`)
    expect([status, headers['location']]).toEqual([302, 'http://169.254.169.254/latest'])
  })
})

describe('faults together', () => {
  it('the newest that matches wins, and each can be taken away', async () => {
    const takeAwayOld = devnet.fail('mirror', { kind: 'status', status: 500 })
    const takeAwayNew = devnet.fail('mirror', { kind: 'status', status: 503 })
    devnet.fail('mirror', { kind: 'status', status: 418, path: 'elsewhere' })
    expect((await get(mirrorUrl())).status).toBe(503)
    takeAwayNew()
    expect((await get(mirrorUrl())).status).toBe(500)
    takeAwayOld()
    expect((await get(mirrorUrl())).status).toBe(200)
  })

  it('count for parallel requests as for others', async () => {
    devnet.fail('mirror', { kind: 'truncate', after: 1, times: 3 })
    const answers = await Promise.all(Array.from({ length: 8 }, () => get(mirrorUrl())))
    expect(answers.filter(({ complete }) => !complete)).toHaveLength(3)
  })

  it.each<[Endpoint, string]>([
    ['rpc', '/status'],
    ['rpc2', '/status'],
    ['hub', '/api/models/owner/name'],
    ['cdn', '/unsigned'],
    ['gateway', '/ipfs/unknown'],
    ['mirror', '/file'],
    ['cache', '/twirp/github.actions.results.api.v1.CacheService/CreateCacheEntry'],
    ['blobs', '/unsigned'],
  ])('every kind works on %s', async (endpoint, path) => {
    const url = devnet.urls[endpoint] + path
    const healthy = await get(url)
    expect(healthy.body.length).toBeGreaterThan(0)
    const once = async (fault: Fault, options = {}) => {
      const takeAway = devnet.fail(endpoint, fault)
      const received = await get(url, options)
      takeAway()
      return received
    }
    expect((await once({ kind: 'status', status: 599 })).status).toBe(599)
    expect((await once({ kind: 'redirect', location: 'https://example.org/' })).status).toBe(302)
    const wrong = await once({ kind: 'wrong-bytes' })
    expect([wrong.status, wrong.body.length]).toEqual([healthy.status, healthy.body.length])
    expect((await once({ kind: 'truncate', after: 1 })).body).toHaveLength(1)
    expect((await once({ kind: 'truncate', after: 1 })).complete).toBe(false)
    expect((await once({ kind: 'stall', after: 1 }, { until: 1 })).body).toHaveLength(1)
    const lied = await once({ kind: 'wrong-length', by: 3 })
    expect(lied.headers['content-length']).toBe(String(healthy.body.length + 3))
    expect((await get(url)).status).toBe(healthy.status)
  })
})
