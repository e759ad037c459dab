import { describe, expect, it } from 'vitest'
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

describe('redirects of a host', () => {
  it('are followed to another host that the owner named', async () => {
    const { bytes, expected } = approvedBytes()
    const cdn = await aHost(serving(bytes))
    const hub = await aHost(redirectTo(`${cdn.url}/blob?sig=1`))
    const network = aNetwork({ allowHosts: [cdn.hostPort] })
    const file = await network.download(configured(hub.url), expected, await partialPath())
    expect(file.size).toBe(bytes.length)
    expect(cdn.requests[0]?.url).toBe('/blob?sig=1')
  })

  it.each([
    'http://127.0.0.1:1/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://2130706433/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a00:1]/',
    'https://localhost./',
    'https://user:secret@example.org/',
    'http://example.org/',
    'file:///etc/passwd',
    'https://',
  ])('to %s are refused, whoever the first host was', async (location) => {
    const { expected } = approvedBytes()
    const hub = await aHost(redirectTo(location))
    const error = await errorOf(aNetwork().download(configured(hub.url), expected, await partialPath()))
    expect(error.code).toBe('URL_REFUSED')
    expect(hub.requests).toHaveLength(1)
  })

  it('to the same port of loopback that was not named are refused before anything is sent there', async () => {
    const { bytes, expected } = approvedBytes()
    const inner = await aHost(serving(bytes))
    const hub = await aHost(redirectTo(`${inner.url}/secret`))
    const error = await errorOf(aNetwork().download(configured(hub.url), expected, await partialPath()))
    expect(error.code).toBe('URL_REFUSED')
    expect(inner.requests).toHaveLength(0)
  })

  it('to a host that another origin was configured with are refused', async () => {
    const { bytes, expected } = approvedBytes()
    const near = await aHost(serving(bytes))
    const hub = await aHost(redirectTo(`${near.url}/secret`))
    const network = aNetwork()
    await network.download(configured(`${near.url}/own`), expected, await partialPath())
    const error = await errorOf(network.download(configured(hub.url), expected, await partialPath()))
    expect(error.code).toBe('URL_REFUSED')
    expect(near.requests.map(({ url }) => url)).toEqual(['/own'])
  })

  it('are followed five times and not a sixth time', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost((request, response) => {
      const left = Number(request.url?.slice(1))
      if (left === 0) serving(bytes)(request, response)
      else redirectTo(`/${left - 1}`, 307)(request, response)
    })
    const network = aNetwork()
    const file = await network.download(configured(`${host.url}/5`), expected, await partialPath())
    expect(file.size).toBe(bytes.length)
    const error = await errorOf(network.download(configured(`${host.url}/6`), expected, await partialPath()))
    expect(error.code).toBe('URL_REFUSED')
    expect(host.requests).toHaveLength(12)
  })

  it('in a circle end as refused', async () => {
    const { expected } = approvedBytes()
    const host = await aHost(redirectTo('/again'))
    const error = await errorOf(aNetwork().download(configured(host.url), expected, await partialPath()))
    expect(error.code).toBe('URL_REFUSED')
    expect(host.requests).toHaveLength(6)
  })

  it('without a Location are of no use', async () => {
    const { expected } = approvedBytes()
    const host = await aHost((_request, response) => {
      response.writeHead(302).end()
    })
    const error = await errorOf(aNetwork().download(configured(host.url), expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
  })

  it('do not take the token to another origin, nor back again', async () => {
    const { bytes, expected } = approvedBytes()
    const targets = { cdn: '' }
    const hub = await aHost((request, response) => {
      if (request.url === '/here') redirectTo('/there')(request, response)
      else if (request.url === '/there') redirectTo(`${targets.cdn}/file`)(request, response)
      else serving(bytes)(request, response)
    })
    const cdn = await aHost((request, response) => {
      redirectTo(request.url === '/file' ? '/moved' : `${hub.url}/back`)(request, response)
    })
    targets.cdn = cdn.url
    const network = aNetwork({ allowHosts: [cdn.hostPort] })
    const origin = configured(`${hub.url}/here`, { headers: { authorization: 'Bearer secret' } })
    await network.download(origin, expected, await partialPath())
    const sent = (host: typeof hub) => host.requests.map(({ url, headers }) => [url, headers.authorization])
    expect(sent(hub)).toEqual([
      ['/here', 'Bearer secret'],
      ['/there', 'Bearer secret'],
      ['/back', undefined],
    ])
    expect(sent(cdn)).toEqual([
      ['/file', undefined],
      ['/moved', undefined],
    ])
  })

  it("to a host that says 403 are no question of the hub's access", async () => {
    const { expected } = approvedBytes()
    const cdn = await aHost((_request, response) => {
      response.writeHead(403).end()
    })
    const hub = await aHost(redirectTo(`${cdn.url}/expired`))
    const network = aNetwork({ allowHosts: [cdn.hostPort] })
    const origin = configured(hub.url, { source: 'huggingface' })
    const error = await errorOf(network.download(origin, expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
  })

  it('show no query of a signed address in what is reported', async () => {
    const { expected } = approvedBytes()
    const cdn = await aHost((_request, response) => {
      response.writeHead(404).end()
    })
    const hub = await aHost(redirectTo(`${cdn.url}/blob?sig=topsecret`))
    const network = aNetwork({ allowHosts: [cdn.hostPort] })
    const origin = configured(`${hub.url}/f?token=topsecret`, { label: 'cache entry r3mes-v1' })
    const error = await errorOf(network.download(origin, expected, await partialPath()))
    expect(error.detail).toContain('cache entry r3mes-v1')
    expect(error.detail).not.toContain('topsecret')
    expect(error.message).not.toContain('127.0.0.1')
  })
})

describe('a recorded URL', () => {
  it.each([
    'http://127.0.0.1:1/',
    'https://0x7f.1/',
    'https://100.64.1.1/',
    'https://169.254.169.254/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://u:p@example.org/',
    'ftp://example.org/',
  ])('such as %s is refused without a connection', async (url) => {
    const { expected } = approvedBytes()
    const error = await errorOf(aNetwork().download(anOrigin(url), expected, await partialPath()))
    expect(error.code).toBe('URL_REFUSED')
  })
})
