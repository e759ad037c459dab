import pLimit from 'p-limit'
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

  it('lets a record reach no host only because a configured origin lies there', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost(serving(bytes))
    const network = aNetwork()
    await network.download(configured(`${host.url}/mirror`), expected, await partialPath())
    const recorded = anOrigin(`${host.url}/recorded`)
    const refused = await errorOf(network.download(recorded, expected, await partialPath()))
    expect(refused.code).toBe('URL_REFUSED')
    expect(host.requests.map(({ url }) => url)).toEqual(['/mirror'])

    const named = aNetwork({ allowHosts: [host.hostPort] })
    await named.download(recorded, expected, await partialPath())
    expect(host.requests.map(({ url }) => url)).toEqual(['/mirror', '/recorded'])
  })

  it('answers nothing after it was closed', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost(serving(bytes))
    const network = aNetwork()
    await network.close()
    await expect(network.download(configured(host.url), expected, await partialPath())).rejects.toThrow()
    expect(host.requests).toHaveLength(0)
  })
})

describe('many small files', () => {
  it('come over a few connections, which are kept', async () => {
    const files = Array.from({ length: 200 }, () => approvedBytes(2000))
    const host = await aHost((request, response) => {
      serving(files[Number(request.url?.slice(1))]?.bytes ?? Buffer.alloc(0))(request, response)
    })
    const network = aNetwork()
    const path = await partialPath()
    const eightAtATime = pLimit(8)
    await eightAtATime.map(files, ({ expected }, index) =>
      network.download(configured(`${host.url}/${index}`), expected, `${path}.${index}`),
    )
    expect(host.requests).toHaveLength(200)
    // One for each of the eight, and the one of the full client, which asks first.
    expect(new Set(host.requests.map(({ socket }) => socket)).size).toBeLessThanOrEqual(9)
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
