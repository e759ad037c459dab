import { rm, truncate } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Reporter, silentReporter } from '../../src/core/index.ts'
import { bytesOf } from '../../src/sources/actions-cache/body.ts'
import { CacheWorld, fetched } from '../support/cache-world.ts'
import { listen } from '../support/loopback.ts'

const MIB = 1024 * 1024

async function aWorld(options: Parameters<typeof CacheWorld.open>[0] = {}): Promise<CacheWorld> {
  const world = await CacheWorld.open(options)
  onTestFinished(() => world[Symbol.asyncDispose]())
  return world
}

/** A service that hands out these upload URLs, one after the other, and takes every upload as finished. */
async function aServiceFor(urls: string[]): Promise<URL> {
  const service = await listen((request, response) => {
    request.resume()
    const isReservation = request.url?.endsWith('/CreateCacheEntry') === true
    const url = isReservation ? { signed_upload_url: urls.shift() } : { entry_id: '1' }
    response.end(JSON.stringify({ ok: true, ...url }))
  })
  onTestFinished(() => service.close())
  return new URL(service.url)
}

/** Reads a body more slowly than it is sent. */
async function readSlowly(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(Buffer.from(chunk))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return Buffer.concat(chunks)
}

describe('an upload', () => {
  it('of a block or less is one request, and of more is blocks and their list', async () => {
    const world = await aWorld()
    const [whole, more] = await Promise.all([world.file(65_536), world.file(65_537)])
    const { cache } = world.run({ limits: { blockBytes: 65_536 } })
    expect(await cache.save(fetched([whole]))).toMatchObject({ entries: 1 })
    expect(world.asked('PUT')).toBe(1)
    expect(await cache.save(fetched([more]))).toMatchObject({ entries: 1 })
    expect([world.asked(' block'), world.asked('blocklist')]).toEqual([2 + 1, 1])
    for (const file of [whole, more]) expect(await world.fetch(world.run().cache, file)).toEqual(file.bytes)
  })

  it('is as it lies on the disk, however slowly the service reads and however many blocks are on their way', async () => {
    const world = await aWorld()
    const file = await world.file(9 * MIB + 12_345)
    const received = new Map<string, Buffer>()
    const blobs = await listen(async (request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://blobs.invalid')
      const body = await readSlowly(request)
      received.set(searchParams.get('blockid') ?? 'list', body)
      response.writeHead(201).end()
    })
    onTestFinished(() => blobs.close())
    const url = await aServiceFor([`${blobs.url}/x?sig=s`])
    const { cache } = world.run({ url, limits: { blockBytes: 2 * MIB, parallelBlocks: 4 } })
    expect(await cache.save(fetched([file]))).toMatchObject({ entries: 1 })
    const list = [...(received.get('list')?.toString() ?? '').matchAll(/<Latest>([^<]*)</g)]
    const joined = Buffer.concat(list.map(([, id]) => received.get(id ?? '') ?? Buffer.alloc(0)))
    expect(joined.equals(file.bytes)).toBe(true)
  })

  it('sends a block again that failed, and no other', async () => {
    const world = await aWorld()
    const file = await world.file(5 * 65_536)
    let failures = 1
    const proxy = await listen((request, response) => {
      if (failures === 0 || !request.url?.includes('comp=block')) return world.devnet.blobs(request, response)
      failures -= 1
      request.resume()
      return request.on('end', () => response.writeHead(500).end())
    })
    onTestFinished(() => proxy.close())
    const service = await listen((request, response) => {
      const end = response.end.bind(response)
      response.end = (text: unknown) => end(String(text).replace(world.blobs.url, proxy.url))
      world.devnet.service(request, response)
    })
    onTestFinished(() => service.close())
    const { cache } = world.run({ url: new URL(service.url), limits: { blockBytes: 65_536 } })
    expect(await cache.save(fetched([file]))).toMatchObject({ entries: 1 })
    expect(await world.fetch(world.run().cache, file)).toEqual(file.bytes)
  })

  it.each([
    ['is gone', (path: string) => rm(path)],
    ['became shorter', (path: string) => truncate(path, 100_000)],
  ])('of a file that %s fails, and costs a warning', async (_what, spoil) => {
    const world = await aWorld()
    const file = await world.file(300_000)
    await spoil(file.path)
    const { cache, told } = world.run({ limits: { retries: 0, blockBytes: 200_000 } })
    expect(await cache.save(fetched([file]))).toEqual({ entries: 0, bytes: 0 })
    expect(told.warnings).toHaveLength(1)
    expect(world.devnet.entries()).toEqual([])
  })
})

describe('a signed URL that runs out in the middle of an upload', () => {
  /** Lets all URLs run out when the upload of the entry came so far. */
  function expiringAt(world: CacheWorld, bytes: number): Reporter & { readonly warnings: string[] } {
    const warnings: string[] = []
    let expired = false
    return {
      ...silentReporter,
      warnings,
      warning: (text) => warnings.push(text),
      progress: (event) => {
        if (expired || event.bytes < bytes) return
        expired = true
        world.devnet.expireUrls()
      },
    }
  }

  it.each([
    ['before the only request', 0, 1_000_000, { put: 2, blocks: 0 }],
    ['before the first block', 0, 65_536, { put: 0, blocks: 5 + 1 }],
    ['after two blocks', 2 * 65_536, 65_536, { put: 0, blocks: 5 + 1 }],
    ['before the list', 5 * 65_536, 65_536, { put: 0, blocks: 5 }],
  ])('is renewed once, and what is there stays there: %s', async (_when, at, blockBytes, asked) => {
    const world = await aWorld({ renewsUploads: true })
    const file = await world.file(5 * 65_536)
    const reporter = expiringAt(world, at)
    const { cache } = world.run({ reporter, limits: { blockBytes, parallelBlocks: 1 } })
    expect(await cache.save(fetched([file]))).toMatchObject({ entries: 1 })
    expect(world.asked('CreateCacheEntry')).toBe(2)
    const blocks = world.requests.filter((request) => request.endsWith(' block'))
    expect(blocks).toHaveLength(asked.blocks)
    if (asked.put > 0) expect(world.asked('PUT')).toBe(asked.put)
    expect(await world.fetch(world.run().cache, file)).toEqual(file.bytes)
  })

  it('ends the saving where the service has no other one, with one warning', async () => {
    const world = await aWorld()
    const file = await world.file(5 * 65_536)
    const reporter = expiringAt(world, 65_536)
    const { cache } = world.run({ reporter, limits: { blockBytes: 65_536, parallelBlocks: 2 } })
    expect(await cache.save(fetched([file]))).toEqual({ entries: 0, bytes: 0 })
    expect(reporter.warnings).toEqual([expect.stringContaining('HTTP 403')])
    expect(world.asked('FinalizeCacheEntryUpload')).toBe(0)
  })

  it('is renewed no second time', async () => {
    const world = await aWorld()
    const file = await world.file(1000)
    const blobs = await listen((request, response) => {
      request.resume()
      response.writeHead(403).end()
    })
    onTestFinished(() => blobs.close())
    const urls = [1, 2, 3].map((at) => `${blobs.url}/x?sig=${at}`)
    const { cache } = world.run({ url: await aServiceFor(urls) })
    expect(await cache.save(fetched([file]))).toEqual({ entries: 0, bytes: 0 })
    expect(urls).toEqual([`${blobs.url}/x?sig=3`])
  })

  it('begins anew where the new one is of another blob', async () => {
    const world = await aWorld()
    const file = await world.file(3 * 65_536)
    const asked: string[] = []
    const blobs = await listen((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://blobs.invalid')
      const isOver = pathname === '/first' && asked.length > 0
      asked.push(`${pathname} ${searchParams.get('comp')}`)
      request.resume()
      request.on('end', () => response.writeHead(isOver ? 401 : 201).end())
    })
    onTestFinished(() => blobs.close())
    const url = await aServiceFor([`${blobs.url}/first?sig=1`, `${blobs.url}/second?sig=2`])
    const { cache } = world.run({ url, limits: { blockBytes: 65_536, parallelBlocks: 1 } })
    expect(await cache.save(fetched([file]))).toMatchObject({ entries: 1 })
    expect(asked).toEqual([
      '/first block',
      '/first block',
      '/second block',
      '/second block',
      '/second block',
      '/second blocklist',
    ])
  })
})

describe('the bytes of a body', () => {
  it('are those of its files, whatever part is asked for', async () => {
    const world = await aWorld()
    const files = await Promise.all([1, 700_000, 0, 262_144, 524_289, 3].map((size) => world.file(size)))
    const all = Buffer.concat(files.map(({ bytes }) => bytes))
    for (const [start, end] of [
      [0, all.length],
      [0, 1],
      [1, 700_001],
      [262_145, 700_000],
      [699_999, 962_146],
      [all.length - 4, all.length],
      [5, 5],
    ] as const) {
      const pieces: Buffer[] = []
      // A copy of each: the next piece may be read into the same buffer.
      for await (const piece of bytesOf(files, start, end)) pieces.push(Buffer.from(piece))
      expect(Buffer.concat(pieces).equals(all.subarray(start, end))).toBe(true)
    }
  })
})
