import { describe, expect, it } from 'vitest'
import { openNetwork } from '../../src/transfer/index.ts'
import { listen } from '../support/loopback.ts'
import {
  aHost,
  aNetwork,
  anOrigin,
  approvedBytes,
  configured,
  errorOf,
  partialPath,
  serving,
} from '../support/transfer.ts'

describe('openNetwork', () => {
  it('refuses allow-hosts that cannot be read', () => {
    const open = () => openNetwork({ allowHosts: ['http://x/'], maxArtifactSize: 1, environment: {} })
    expect(open).toThrow(/allow-hosts/)
  })

  it('remembers a configured host for other URLs of it', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost(serving(bytes))
    const network = aNetwork()
    const recorded = anOrigin(`${host.url}/recorded`)
    expect((await errorOf(network.download(recorded, expected, await partialPath()))).code).toBe(
      'URL_REFUSED',
    )
    await network.download(configured(`${host.url}/mirror`), expected, await partialPath())
    await network.download(recorded, expected, await partialPath())
    expect(host.requests.map(({ url }) => url)).toEqual(['/mirror', '/recorded'])
  })

  it('answers nothing after it was closed', async () => {
    const { bytes } = approvedBytes()
    const host = await aHost(serving(bytes))
    const network = aNetwork()
    await network.close()
    await expect(network.fetchSmall(configured(host.url), 1_000_000)).rejects.toThrow()
    expect(host.requests).toHaveLength(0)
  })
})

describe('fetchSmall', () => {
  it('brings a body within its limit, under the same rules', async () => {
    const { bytes } = approvedBytes(5000)
    const host = await aHost(serving(bytes))
    const network = aNetwork()
    expect(bytes.equals(await network.fetchSmall(configured(host.url), 5000))).toBe(true)
    expect((await errorOf(aNetwork().fetchSmall(anOrigin(host.url), 5000))).code).toBe('URL_REFUSED')
  })

  it('refuses a body over its limit, announced or not', async () => {
    const { bytes } = approvedBytes(5000)
    const announced = await aHost(serving(bytes))
    const chunked = await aHost((_request, response) => {
      response.write(bytes.subarray(0, 10))
      response.end(bytes.subarray(10))
    })
    for (const { url } of [announced, chunked]) {
      expect((await errorOf(aNetwork().fetchSmall(configured(url), 4999))).code).toBe('ARTIFACT_TOO_LARGE')
    }
  })

  it('asks again after a passing failure', async () => {
    const { bytes } = approvedBytes(5000)
    const host = await aHost((request, response) => {
      if (host.requests.length === 1) response.writeHead(503).end()
      else serving(bytes)(request, response)
    })
    expect(bytes.equals(await aNetwork().fetchSmall(configured(host.url), 5000))).toBe(true)
    expect(host.requests).toHaveLength(2)
  })

  it('takes a slice', async () => {
    const { bytes } = approvedBytes(5000)
    const host = await aHost((_request, response) => {
      response.writeHead(206, { 'content-range': 'bytes 10-19/5000' })
      response.end(bytes.subarray(10, 20))
    })
    const origin = configured(host.url, { slice: { start: 10, length: 10 } })
    expect(bytes.subarray(10, 20).equals(await aNetwork().fetchSmall(origin, 5000))).toBe(true)
  })
})

describe('answers', () => {
  it('is true for anything that speaks HTTP, whatever its status', async () => {
    const host = await aHost((_request, response) => {
      response.writeHead(404).end()
    })
    expect(await aNetwork().answers(new URL(host.url), 5000)).toBe(true)
  })

  it('is false where nothing listens, and where what listens says nothing', async () => {
    const gone = await listen(() => undefined)
    await gone.close()
    const silent = await aHost(() => undefined)
    const network = aNetwork()
    expect(await network.answers(new URL(gone.url), 5000)).toBe(false)
    expect(await network.answers(new URL(silent.url), 50)).toBe(false)
  })
})
