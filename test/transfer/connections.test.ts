import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkedLookup, DEFAULT_TIMEOUTS, openDispatchers } from '../../src/transfer/dispatchers.ts'
import { readProxies } from '../../src/transfer/proxy.ts'
import { aRawHost } from '../support/hostile.ts'
import { anAuthority, anHttpsHost, aProxy, believe } from '../support/https.ts'
import { aReporter } from '../support/store.ts'
import {
  aHost,
  aNetwork,
  anOrigin,
  approvedBytes,
  configured,
  errorOf,
  partialPath,
  redirectTo,
  serving,
} from '../support/transfer.ts'

describe('a connection to a recorded host', () => {
  it.each([
    ['127.0.0.1', 4],
    ['10.1.2.3', 4],
    ['169.254.169.254', 4],
    ['100.64.0.1', 4],
    ['::1', 6],
    ['::ffff:127.0.0.1', 6],
    ['64:ff9b::7f00:1', 6],
    ['fd00::1', 6],
  ])('is refused when its name resolves to %s', async (address, family) => {
    const { expected } = approvedBytes()
    const network = aNetwork({ resolve: async () => [{ address, family }] })
    const error = await errorOf(
      network.download(anOrigin('https://files.example.org/f'), expected, await partialPath()),
    )
    expect(error.code).toBe('URL_REFUSED')
    expect(error.detail).toContain(address)
  })

  it('is refused when one of several addresses is private', async () => {
    const { expected } = approvedBytes()
    const network = aNetwork({
      resolve: async () => [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    })
    const origin = anOrigin('https://files.example.org/f')
    expect((await errorOf(network.download(origin, expected, await partialPath()))).code).toBe('URL_REFUSED')
  })

  it('is refused when a name that was public before has become private', async () => {
    const { expected } = approvedBytes()
    const answers = ['127.0.0.1', '10.0.0.1']
    const network = aNetwork({ resolve: async () => [{ address: answers.shift() ?? '', family: 4 }] })
    const origin = anOrigin('https://files.example.org/f')
    for (const left of [1, 0]) {
      expect((await errorOf(network.download(origin, expected, await partialPath()))).code).toBe(
        'URL_REFUSED',
      )
      expect(answers).toHaveLength(left)
    }
  })

  it('is refused again at every redirect', async () => {
    const { expected } = approvedBytes()
    const hub = await aHost(redirectTo('https://rebind.example.org/f'))
    const network = aNetwork({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
    const error = await errorOf(network.download(configured(hub.url), expected, await partialPath()))
    expect(error.code).toBe('URL_REFUSED')
  })

  it('goes to a private address when the owner named host and port', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost(serving(bytes))
    const network = aNetwork({ allowHosts: [host.hostPort] })
    const file = await network.download(anOrigin(host.url), expected, await partialPath())
    expect(file.size).toBe(bytes.length)
  })

  it('that cannot be made is tried again, then counts as exhausted', async () => {
    const { expected } = approvedBytes()
    let lookups = 0
    const network = aNetwork({
      resolve: async () => {
        lookups += 1
        throw Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' })
      },
    })
    const origin = anOrigin('https://files.example.org/f')
    const error = await errorOf(network.download(origin, expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.detail).toContain('EAI_AGAIN')
    expect(lookups).toBe(3)
  })
})

describe('openDispatchers', () => {
  it('refuses a private literal at the connection too, should a URL ever get there unchecked', async () => {
    const { bytes } = approvedBytes()
    const host = await aHost(serving(bytes))
    const { guarded, plain } = openDispatchers([], undefined, DEFAULT_TIMEOUTS, async () => [])
    onTestFinished(async () => {
      await Promise.all([guarded.destroy(), plain.destroy()])
    })
    const asking = guarded.request({ origin: host.url, path: '/', method: 'GET' })
    expect((await errorOf(asking)).code).toBe('URL_REFUSED')
    expect(host.requests).toHaveLength(0)
  })
})

describe('checkedLookup', () => {
  it.each([true, false])('asks once and hands on exactly what it checked (all: %s)', async (all) => {
    const answers = [
      { address: '93.184.216.34', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]
    let lookups = 0
    const lookup = checkedLookup(async () => {
      lookups += 1
      return lookups === 1 ? answers : [{ address: '127.0.0.1', family: 4 }]
    })
    const handedOn = await new Promise((resolve) => {
      lookup('files.example.org', { all }, (error, address, family) => resolve([error, address, family]))
    })
    expect(handedOn).toEqual(all ? [null, answers, undefined] : [null, '93.184.216.34', 4])
    expect(lookups).toBe(1)
  })

  it('says that a name has no address', async () => {
    const lookup = checkedLookup(async () => [])
    const code = await new Promise((resolve) => {
      lookup('files.example.org', { all: true }, (error) => resolve(error?.code))
    })
    expect(code).toBe('ENOTFOUND')
  })
})

describe('an answer that is no HTTP', () => {
  it.each(['nonsense', 'HTTP/1.1 404 x\r::error::y\r\n\r\n'])(
    'counts as a host that cannot be used: %j',
    async (answer) => {
      const { expected } = approvedBytes()
      const origin = configured(await aRawHost(answer))
      const error = await errorOf(aNetwork().download(origin, expected, await partialPath()))
      expect(error.code).toBe('SOURCES_EXHAUSTED')
      expect(error.detail).toContain('HPE')
    },
  )
})

describe('certificates', () => {
  it('of an unknown authority are not believed, and the message names NODE_EXTRA_CA_CERTS', async () => {
    const { bytes, expected } = approvedBytes()
    const authority = anAuthority('localhost')
    const port = await anHttpsHost(authority, serving(bytes))
    const origin = configured(`https://localhost:${port}/f`)
    const error = await errorOf(aNetwork().download(origin, expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS')
  })

  it('of an authority in NODE_EXTRA_CA_CERTS are believed', async () => {
    const { bytes, expected } = approvedBytes()
    const authority = anAuthority('localhost')
    const port = await anHttpsHost(authority, serving(bytes))
    const room = new URL('../../src/transfer/index.ts', import.meta.url).href
    const program = `
      import { openNetwork } from ${JSON.stringify(room)}
      const network = openNetwork({ allowHosts: [], maxArtifactSize: 1e9, environment: {} })
      const origin = { source: 'http', url: new URL('https://localhost:${port}/f'), configured: true }
      const file = await network.download(origin, ${JSON.stringify(expected)}, ${JSON.stringify(await partialPath())})
      await network.close()
      console.log(file.sha256)
    `
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: authority.caFile } },
    )
    expect(stdout.trim()).toBe(expected.sha256)
  })
})

describe('proxies', () => {
  async function behindProxy() {
    const approved = approvedBytes()
    const authority = anAuthority('files.example.org', 'direct.example.org')
    believe(authority)
    const port = await anHttpsHost(authority, serving(approved.bytes))
    const proxy = await aProxy({ 'files.example.org:443': port })
    return { ...approved, proxy, port }
  }

  it('carry downloads, do the lookup, and are mentioned in the log once', async () => {
    const { bytes, expected, proxy } = await behindProxy()
    const reporter = aReporter()
    const lookups: string[] = []
    const network = aNetwork({
      environment: { HTTPS_PROXY: proxy.url },
      reporter,
      resolve: async (hostname) => {
        lookups.push(hostname)
        return []
      },
    })
    const origin = anOrigin('https://files.example.org/f')
    const file = await network.download(origin, expected, await partialPath())
    await network.download(origin, expected, await partialPath())
    expect(file.size).toBe(bytes.length)
    expect(proxy.requests).toEqual(['CONNECT files.example.org:443'])
    expect(lookups).toEqual([])
    expect(reporter.lines.filter(({ text }) => text.includes('proxy'))).toHaveLength(1)
  })

  it.each([
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://localhost./',
    'https://vault.internal/',
    'http://example.org/',
  ])('are not asked for %s', async (url) => {
    const { expected } = approvedBytes()
    const proxy = await aProxy({})
    const network = aNetwork({ environment: { https_proxy: proxy.url, http_proxy: proxy.url } })
    const error = await errorOf(network.download(anOrigin(url), expected, await partialPath()))
    expect(error.code).toBe('URL_REFUSED')
    expect(proxy.requests).toEqual([])
  })

  it('are left out for hosts in NO_PROXY, whose addresses are then checked here', async () => {
    const { expected, proxy, port } = await behindProxy()
    const network = aNetwork({
      environment: { HTTPS_PROXY: proxy.url, NO_PROXY: 'other.example, .example.org' },
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    const origin = anOrigin(`https://direct.example.org:${port}/f`)
    const error = await errorOf(network.download(origin, expected, await partialPath()))
    expect(error.code).toBe('URL_REFUSED')
    expect(proxy.requests).toEqual([])
  })

  it('are never asked for this machine itself', async () => {
    const { bytes, expected } = approvedBytes()
    const proxy = await aProxy({})
    const host = await aHost(serving(bytes))
    const network = aNetwork({ environment: { HTTP_PROXY: proxy.url } })
    await network.download(configured(host.url), expected, await partialPath())
    expect(await network.answers(new URL(host.url), 5000)).toBe(true)
    expect(proxy.requests).toEqual([])
  })

  it('that refuse a connection count as a host that cannot be reached', async () => {
    const { expected } = approvedBytes()
    const proxy = await aProxy({})
    const network = aNetwork({ environment: { HTTPS_PROXY: proxy.url } })
    const error = await errorOf(
      network.download(anOrigin('https://files.example.org/f'), expected, await partialPath()),
    )
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.detail).toContain('502')
    expect(proxy.requests).toHaveLength(3)
  })

  it('carry the plain dispatcher too', async () => {
    const { proxy } = await behindProxy()
    const network = aNetwork({ environment: { HTTPS_PROXY: proxy.url } })
    const { statusCode, body } = await network.dispatcher.request({
      origin: 'https://files.example.org',
      path: '/',
      method: 'GET',
    })
    await body.dump()
    expect(statusCode).toBe(200)
    expect(proxy.requests).toEqual(['CONNECT files.example.org:443'])
  })
})

describe('readProxies', () => {
  it('finds none in an empty environment, whatever the process has', () => {
    expect(readProxies({})).toBeUndefined()
    expect(readProxies({ HTTPS_PROXY: ' ', NO_PROXY: 'x' })).toBeUndefined()
  })

  it('lets the lower-case spelling win and reads a proxy without a scheme as http', () => {
    const proxies = readProxies({ HTTPS_PROXY: 'http://upper:1', https_proxy: 'lower:3128' })
    expect(proxies?.httpsProxy).toBe('http://lower:3128/')
  })

  it('refuses what is no proxy, without printing it', () => {
    expect(() => readProxies({ HTTPS_PROXY: 'socks5://user:secret@h:1' })).toThrow(/HTTPS_PROXY/)
    expect(() => readProxies({ HTTPS_PROXY: 'http://user:secret@' })).not.toThrow(/secret/)
  })
})

describe('a connection that reads bodies directly', () => {
  const target = (url: URL) => ({
    hostname: url.hostname,
    host: url.host,
    protocol: url.protocol,
    port: url.port,
  })
  const onread = { buffer: Buffer.alloc(1024), callback: () => true }

  it.each([
    ['a literal', 'http://127.0.0.1:1/', []],
    ['a name that leads there', 'https://files.example.org/', [{ address: '10.0.0.1', family: 4 }]],
    [
      'a name that leads there among others',
      'https://files.example.org/',
      [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    ],
  ])('to a private address is refused, named by %s', async (_how, url, addresses) => {
    const { guarded, plain, connectors } = openDispatchers(
      [],
      undefined,
      DEFAULT_TIMEOUTS,
      async () => addresses,
    )
    onTestFinished(async () => {
      await Promise.all([guarded.destroy(), plain.destroy()])
    })
    const connecting = new Promise((resolve, reject) => {
      connectors?.guarded(onread)(target(new URL(url)), (error, socket) => {
        if (error === null) resolve(socket)
        else reject(error)
      })
    })
    expect((await errorOf(connecting)).code).toBe('URL_REFUSED')
  })

  it('is never made where a proxy is named', () => {
    const proxies = readProxies({ HTTPS_PROXY: 'proxy.example:3128' })
    const { connectors } = openDispatchers([], proxies, DEFAULT_TIMEOUTS, async () => [])
    expect(connectors).toBeUndefined()
  })
})
