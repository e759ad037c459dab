import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { restoreCache, saveCache } from '@actions/cache'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import { type Devnet, type DevnetOptions, ENDPOINTS, startDevnet } from '../../src/devnet/index.ts'

const running: Devnet[] = []

async function start(options: DevnetOptions = { sample: false }): Promise<Devnet> {
  const devnet = await startDevnet(options)
  running.push(devnet)
  return devnet
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((devnet) => devnet.close()))
})

/** The error code of a connection, or `connected`. */
function reach(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 })
    const done = (outcome: string) => {
      socket.destroy()
      resolve(outcome)
    }
    socket.on('connect', () => done('connected'))
    socket.on('timeout', () => done('timeout'))
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'failed'))
  })
}

const portOf = (url: string) => Number(new URL(url).port)

describe('a devnet', () => {
  it('listens on a port of its own for every endpoint, on loopback alone', async () => {
    const devnet = await start()
    expect(Object.keys(devnet.urls)).toEqual([...ENDPOINTS])
    expect(new Set(Object.values(devnet.urls)).size).toBe(ENDPOINTS.length)
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address)
    for (const url of Object.values(devnet.urls)) {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(await reach('127.0.0.1', portOf(url))).toBe('connected')
      // 127.0.0.2 and ::1 reach what listens on every address.
      for (const host of ['127.0.0.2', '::1', ...others]) {
        expect(await reach(host, portOf(url))).not.toBe('connected')
      }
    }
  })

  it('takes fixed ports, and frees them when it closes', async () => {
    const first = await startDevnet({ sample: false })
    const ports = { mirror: portOf(first.urls.mirror), rpc: portOf(first.urls.rpc) }
    await first.close()
    const second = await start({ sample: false, ports })
    expect(second.urls).toMatchObject({ mirror: first.urls.mirror, rpc: first.urls.rpc })
  })

  it('says which port is taken, and leaves nothing listening behind', async () => {
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    const address = occupant.address()
    const taken = typeof address === 'object' ? (address?.port ?? 0) : 0
    const spare = await startDevnet({ sample: false })
    const rpc = portOf(spare.urls.rpc)
    await spare.close()
    const failure = startDevnet({ sample: false, ports: { rpc, mirror: taken } })
    await expect(failure).rejects.toSatisfy(
      (error) =>
        error instanceof R3mesError &&
        error.code === 'INPUT_INVALID' &&
        error.message.includes(String(taken)),
    )
    expect(await reach('127.0.0.1', rpc)).toBe('ECONNREFUSED')
    occupant.close()
  })

  it('closes at once, whatever holds its connections', async () => {
    const devnet = await startDevnet({ sample: false })
    devnet.publishToMirror('file', devnet.addContent('file', 50_000_000))
    devnet.fail('mirror', { kind: 'stall', after: 1000, path: '?stall' })
    const port = portOf(devnet.urls.mirror)
    const open = async (text: string) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.write(text)
      return socket
    }
    const sockets = [
      await open(''),
      await open('GET /fi'),
      await open('GET /file?stall HTTP/1.1\r\nHost: devnet\r\n\r\n'),
      // Never read: the devnet cannot write on.
      (await open('GET /file HTTP/1.1\r\nHost: devnet\r\n\r\n')).pause(),
    ]
    await fetch(`${devnet.urls.mirror}/unknown`)
    const closed = sockets.map((socket) => once(socket.resume(), 'close'))
    await devnet.close()
    await Promise.all(closed)
    expect(await reach('127.0.0.1', port)).toBe('ECONNREFUSED')
  })

  it('survives clients that hang up and requests that are none', async () => {
    const devnet = await start()
    devnet.publishToMirror('file', devnet.addContent('file', 50_000_000))
    for (const text of [
      'GET /file HTTP/1.1\r\nHost: devnet\r\n\r\n',
      'NONSENSE\r\n\r\n',
      'POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx',
    ]) {
      const socket = connect(portOf(devnet.urls.mirror), '127.0.0.1')
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.write(text)
      await once(socket, 'data').catch(() => {})
      socket.destroy()
    }
    expect((await fetch(`${devnet.urls.mirror}/unknown`)).status).toBe(404)
    expect((await fetch(`${devnet.urls.mirror}/%E0%A4%A`)).status).toBe(400)
  })
})

describe('the record of requests', () => {
  it('holds every request with its path, query, headers and what it called', async () => {
    const devnet = await start()
    await fetch(`${devnet.urls.mirror}/a?b=c`, { headers: { Authorization: 'Bearer secret' } })
    await fetch(devnet.urls.rpc2, {
      method: 'POST',
      body: JSON.stringify([
        { jsonrpc: '2.0', id: 1, method: 'status' },
        { jsonrpc: '2.0', id: 2, method: 'abci_query', params: { path: '/store/remes/key', data: '61' } },
      ]),
    })
    await fetch(`${devnet.urls.cache}/twirp/github.actions.results.api.v1.CacheService/CreateCacheEntry`, {
      method: 'POST',
      body: '{}',
    })
    expect(
      devnet.requests.all().map(({ endpoint, method, path, call }) => [endpoint, method, path, call]),
    ).toEqual([
      ['mirror', 'GET', '/a?b=c', undefined],
      ['rpc2', 'POST', '/', 'status, abci_query /store/remes/key'],
      [
        'cache',
        'POST',
        '/twirp/github.actions.results.api.v1.CacheService/CreateCacheEntry',
        'CreateCacheEntry',
      ],
    ])
    expect(devnet.requests.to('mirror')[0]?.headers['authorization']).toBe('Bearer secret')
  })

  it('counts content hosts apart, and can be cleared', async () => {
    const devnet = await start()
    for (const endpoint of ENDPOINTS) await fetch(`${devnet.urls[endpoint]}/x`)
    expect(devnet.requests.content().map(({ endpoint }) => endpoint)).toEqual([
      'hub',
      'cdn',
      'gateway',
      'mirror',
    ])
    const before = devnet.requests.all()
    devnet.requests.clear()
    expect([before.length, devnet.requests.all().length]).toEqual([ENDPOINTS.length, 0])
  })

  it('shows whether a token followed the redirect to the CDN', async () => {
    const devnet = await start()
    devnet.publishToHub('owner/name', 'file', devnet.addContent('file', 5000))
    const headers = { Authorization: 'Bearer hf_secret' }
    await fetch(`${devnet.urls.hub}/owner/name/resolve/main/file`, { headers })
    const [asked] = devnet.requests.to('hub')
    const [redirected] = devnet.requests.to('cdn')
    expect(asked?.headers['authorization']).toBe('Bearer hf_secret')
    expect(redirected?.headers).not.toHaveProperty('authorization')
  })
})

describe('what a devnet says of itself', () => {
  it('is inputs that point at it', async () => {
    const devnet = await start({ sample: false, chainId: 'other-1' })
    const host = (url: string) => new URL(url).host
    expect(devnet.inputs()).toEqual({
      'rpc-urls': `${devnet.urls.rpc}\n${devnet.urls.rpc2}`,
      'chain-id': 'other-1',
      'hf-endpoint': devnet.urls.hub,
      'ipfs-gateways': devnet.urls.gateway,
      mirrors: `${devnet.urls.mirror}/sha256/{sha256}`,
      'allow-hosts': [devnet.urls.hub, devnet.urls.cdn, devnet.urls.gateway, devnet.urls.mirror]
        .map(host)
        .join('\n'),
    })
  })

  it("is the runner's environment, with which the official client saves and restores", async () => {
    const devnet = await start()
    const environment = devnet.cacheEnvironment()
    expect(environment).toMatchObject({
      ACTIONS_RESULTS_URL: `${devnet.urls.cache}/`,
      ACTIONS_CACHE_SERVICE_V2: 'true',
      ACTIONS_RUNTIME_TOKEN: devnet.cacheToken,
    })
    const claims = JSON.parse(Buffer.from(devnet.cacheToken.split('.')[1] ?? '', 'base64url').toString())
    expect(JSON.parse(claims.ac)).toEqual([{ Scope: expect.any(String), Permission: 3 }])
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    const folder = await mkdtemp(join(tmpdir(), 'r3mes-test-devnet-'))
    vi.stubEnv('RUNNER_TEMP', folder)
    vi.stubEnv('GITHUB_WORKSPACE', folder)
    // The client speaks in workflow commands, which a runner would obey.
    const silenced = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    try {
      const path = join(folder, 'file')
      await writeFile(path, 'cached')
      expect(await saveCache([path], 'key-1')).toBeGreaterThan(0)
      await rm(path)
      expect(await restoreCache([path], 'key-1')).toBe('key-1')
      expect(await readFile(path, 'utf8')).toBe('cached')
    } finally {
      silenced.mockRestore()
      vi.unstubAllEnvs()
      await rm(folder, { recursive: true, force: true })
    }
    expect(devnet.cache.entries()).toMatchObject([{ key: 'key-1' }])
    expect(devnet.requests.to('cache').map(({ call }) => call)).toEqual([
      'CreateCacheEntry',
      'FinalizeCacheEntryUpload',
      'GetCacheEntryDownloadURL',
    ])
    expect(devnet.requests.to('blobs').length).toBeGreaterThanOrEqual(2)
  })
})
