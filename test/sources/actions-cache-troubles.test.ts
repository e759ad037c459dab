import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cacheStatus } from '../../src/sources/actions-cache/status.ts'
import { CacheWorld, fetched } from '../support/cache-world.ts'
import { listen } from '../support/loopback.ts'

const FROM_ELSEWHERE = { fromStore: 0, fromCache: 0, fromElsewhere: 1 }

let world: CacheWorld

beforeEach(async () => {
  world = await CacheWorld.open()
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

/** Uses a cache for two files, as a run does when everything has to come from elsewhere. */
async function useInVain(options: Parameters<CacheWorld['run']>[0] = {}) {
  const files = await Promise.all([world.file(10), world.file(20)])
  const { cache, told } = world.run(options)
  for (const file of files) expect(await cache.source.origins(file)).toEqual([])
  const saved = await cache.save(fetched(files))
  return { status: cache.status(FROM_ELSEWHERE), saved, told }
}

const NOTHING = { entries: 0, bytes: 0 }

describe('a cache that refuses', () => {
  it('denies reading: warned of once, still saved to', async () => {
    world.devnet.deny('read')
    const { status, saved, told } = await useInVain()
    expect([status, saved.entries, told.warnings.length]).toEqual(['denied', 2, 1])
    expect(world.asked('GetCacheEntryDownloadURL')).toBe(1)
  })

  it('denies writing: warned of once, asked once', async () => {
    world.devnet.deny('write')
    const { status, saved, told } = await useInVain()
    expect([status, saved, told.warnings.length]).toEqual(['denied', NOTHING, 1])
    expect(world.asked('CreateCacheEntry')).toBe(1)
    expect(told.warnings[0]).toContain('cache write denied:')
  })

  it('is not even asked for what the run’s rights deny', async () => {
    const { status, told } = await useInVain({ rights: { read: 'denied', write: 'denied' } })
    expect([status, told.warnings.length, world.requests]).toEqual(['denied', 1, []])
  })

  it('refuses the token', async () => {
    const { status, told } = await useInVain({ token: 'forged' })
    expect([status, told.warnings.length]).toEqual(['denied', 1])
  })

  it('is full: what it has is still restored', async () => {
    const there = await world.file(10)
    await world.run().cache.save(fetched([there]))
    world.devnet.full()
    const { cache, told } = world.run()
    expect(await world.fetch(cache, there)).toEqual(there.bytes)
    expect(await cache.save(fetched([await world.file(20)]))).toEqual(NOTHING)
    expect(cache.status({ fromStore: 0, fromCache: 1, fromElsewhere: 1 })).toBe('full')
    expect(told.warnings).toHaveLength(1)
  })

  it('limits the rate for longer than a run waits: asked once, not saved to', async () => {
    world.devnet.rateLimit(3600)
    const { status, saved, told } = await useInVain()
    expect([status, saved, told.warnings.length]).toEqual(['rate-limited', NOTHING, 1])
    expect(world.requests).toEqual(['POST GetCacheEntryDownloadURL'])
  })

  it('limits the rate for a moment: waited for and then used', async () => {
    const file = await world.file(10)
    await world.run().cache.save(fetched([file]))
    world.devnet.rateLimit(1, 1)
    const { cache, told } = world.run()
    expect(await world.fetch(cache, file)).toEqual(file.bytes)
    expect(told.warnings).toEqual([])
  })

  it('stays limited: given up after the tries', async () => {
    world.devnet.rateLimit(0)
    const { status } = await useInVain({ limits: { retries: 2 } })
    expect(status).toBe('rate-limited')
    expect(world.requests).toHaveLength(3)
  })
})

describe('a cache that does not answer as it should', () => {
  const answers = (status: number, body: string) =>
    listen((request, response) => {
      request.resume()
      response.writeHead(status).end(body)
    })

  it.each([
    ['500', 500, '{}'],
    ['no JSON', 200, '<html>'],
    ['JSON that is no object', 200, 'null'],
    ['no verdict', 200, '{}'],
    ['a verdict of another type', 200, '{"ok":"true"}'],
    ['a hit without a URL', 200, 'KEY'],
    ['another service', 404, '{"code":"bad_route","msg":"no handler"}'],
    ['more than anyone would read', 200, `{"ok":false,"x":"${'x'.repeat(70_000)}"}`],
  ])('is unavailable: %s', async (_what, status, body) => {
    const file = await world.file(10)
    const key = `r3mes-v1-${file.sha256}`
    await using server = await answers(
      status,
      body === 'KEY'
        ? JSON.stringify({ ok: true, matched_key: key, signed_download_url: 'ftp://x/y' })
        : body,
    )
    const { cache, told } = world.run({ url: new URL(server.url) })
    expect(await cache.source.origins(file)).toEqual([])
    expect(await cache.save(fetched([file]))).toEqual(NOTHING)
    expect(cache.status(FROM_ELSEWHERE)).toBe('unavailable')
    expect(told.warnings).toHaveLength(1)
  })

  it('takes no URL that is less secure than the service, and none with credentials', async () => {
    const file = await world.file(10)
    for (const url of ['http://user:secret@127.0.0.1/x', 'file:///etc/passwd', '', 7]) {
      await using server = await answers(
        200,
        JSON.stringify({ ok: true, matched_key: `r3mes-v1-${file.sha256}`, signed_download_url: url }),
      )
      const { cache } = world.run({ url: new URL(server.url) })
      expect(await cache.source.origins(file)).toEqual([])
      expect(cache.status(FROM_ELSEWHERE)).toBe('unavailable')
    }
  })

  it('is a miss when the service offers another entry than the one asked for', async () => {
    const file = await world.file(10)
    await using server = await answers(
      200,
      JSON.stringify({
        ok: true,
        matched_key: `r3mes-v1-${file.sha256}-evil`,
        signed_download_url: `${world.blobs.url}/x`,
      }),
    )
    const { cache, told } = world.run({ url: new URL(server.url) })
    expect(await cache.source.origins(file)).toEqual([])
    expect([cache.status(FROM_ELSEWHERE), told.warnings]).toEqual(['miss', []])
  })

  it('is a miss when the service says so with 404', async () => {
    await using server = await answers(404, '{"code":"not_found","msg":"no entry"}')
    const { cache } = world.run({ url: new URL(server.url) })
    expect(await cache.source.origins(await world.file(10))).toEqual([])
    expect(cache.status(FROM_ELSEWHERE)).toBe('miss')
  })

  it('is tried again after a 5xx', async () => {
    const file = await world.file(10)
    await world.run().cache.save(fetched([file]))
    let failures = 2
    await using server = await listen((request, response) => {
      if (failures === 0) return world.devnet.service(request, response)
      failures -= 1
      request.resume()
      response.writeHead(503).end()
    })
    const { cache } = world.run({ url: new URL(server.url), limits: { retries: 2 } })
    expect(await world.fetch(cache, file)).toEqual(file.bytes)
  })

  it('is unavailable where nothing listens', async () => {
    const closed = await listen(() => {})
    await closed.close()
    const { status, told } = await useInVain({ url: new URL(closed.url) })
    expect([status, told.warnings.length]).toEqual(['unavailable', 1])
  })

  it('is unavailable when it accepts a connection and says nothing', async () => {
    await using silent = await listen(() => {})
    const { status } = await useInVain({
      url: new URL(silent.url),
      limits: { callTimeoutMs: 50, retries: 0 },
    })
    expect(status).toBe('unavailable')
  })

  it('is unavailable when the blob store refuses the upload, and nothing is finalized', async () => {
    await using blobs = await answers(403, '')
    await using service = await answers(
      200,
      JSON.stringify({ ok: true, signed_upload_url: `${blobs.url}/x?sig=s` }),
    )
    const { cache, told } = world.run({ url: new URL(service.url) })
    expect(await cache.save(fetched([await world.file(10)]))).toEqual(NOTHING)
    expect(cache.status(FROM_ELSEWHERE)).toBe('unavailable')
    expect(told.warnings[0]).toContain('HTTP 403')
    expect(told.warnings[0]).not.toContain('sig=')
  })

  it('gets a failed upload again, from the first byte', async () => {
    const file = await world.file(200_000)
    let failures = 1
    await using proxy = await listen((request, response) => {
      if (failures === 0) return world.devnet.blobs(request, response)
      failures -= 1
      request.resume()
      request.on('end', () => response.writeHead(500).end())
    })
    await using service = await listen((request, response) => {
      const end = response.end.bind(response)
      response.end = (text: unknown) => end(String(text).replace(world.blobs.url, proxy.url))
      world.devnet.service(request, response)
    })
    const { cache } = world.run({ url: new URL(service.url) })
    expect(await cache.save(fetched([file]))).toMatchObject({ entries: 1 })
    expect(await world.fetch(world.run().cache, file)).toEqual(file.bytes)
  })
})

describe('any answer at all', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.constant('KEY'),
    fc.constant('http://127.0.0.1:9/x?sig=s'),
  )
  const almostAHit = fc.record({
    ok: fc.constant(true),
    matched_key: fc.constantFrom('KEY', 'KEY-2', 'r3mes-v1-', ''),
    signed_download_url: fc.constantFrom('http://127.0.0.1:9/x?sig=s', 'ftp://127.0.0.1/x', 'x'),
  })
  const near = fc.record(
    {
      ok: fc.oneof(fc.boolean(), fc.jsonValue()),
      matched_key: fc.oneof(texts, fc.jsonValue()),
      signed_download_url: fc.oneof(texts, fc.jsonValue()),
      signed_upload_url: fc.oneof(fc.string(), fc.jsonValue()),
      code: texts,
      msg: fc.oneof(texts, fc.constant('insufficient usage'), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  const status = fc.constantFrom(200, 201, 204, 301, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503)

  it('neither throws nor lets in another entry', async () => {
    const file = await world.file(10)
    const key = `r3mes-v1-${file.sha256}`
    let next = { status: 200, body: '' }
    await using server = await listen((request, response) => {
      request.resume()
      response.writeHead(next.status, { location: '/elsewhere' }).end(next.body)
    })
    const seed = Date.now() & 0x7fffffff
    await fc.assert(
      fc.asyncProperty(status, fc.oneof(almostAHit, near, fc.jsonValue()), async (code, json) => {
        const body = JSON.stringify(json).replaceAll('"KEY', `"${key}`)
        next = { status: code, body }
        const { cache, told } = world.run({ url: new URL(server.url), limits: { retries: 0 } })
        const origins = await cache.source.origins(file)
        if (origins.length > 0) {
          const answer = JSON.parse(body) as Record<string, unknown>
          expect([code, answer['ok'], answer['matched_key']]).toEqual([200, true, key])
        }
        expect(await cache.save(fetched([file]))).toEqual(NOTHING)
        expect(told.warnings.length).toBeLessThanOrEqual(1)
      }),
      { seed, numRuns: 300 },
    )
  })
})

describe('an aborted run', () => {
  it('asks nothing more and blames nobody', async () => {
    const file = await world.file(10)
    const { cache, told } = world.run()
    const aborted = AbortSignal.abort()
    expect(await cache.source.origins(file, aborted)).toEqual([])
    expect(await cache.save(fetched([file]), aborted)).toEqual(NOTHING)
    expect([told.warnings, world.requests]).toEqual([[], []])
  })

  it('stops in the middle of an upload', async () => {
    const abort = new AbortController()
    await using blobs = await listen((request) => {
      request.once('data', () => abort.abort())
    })
    await using service = await listen((request, response) => {
      request.resume()
      response.end(JSON.stringify({ ok: true, signed_upload_url: `${blobs.url}/x?sig=s` }))
    })
    const { cache, told } = world.run({ url: new URL(service.url) })
    expect(await cache.save(fetched([await world.file(3_000_000)]), abort.signal)).toEqual(NOTHING)
    expect(told.warnings).toEqual([])
  })
})

describe('cacheStatus', () => {
  it.each([
    ['unused', { fromStore: 3, fromCache: 0, fromElsewhere: 0 }, undefined],
    ['hit', { fromStore: 0, fromCache: 2, fromElsewhere: 0 }, undefined],
    ['hit', { fromStore: 1, fromCache: 2, fromElsewhere: 0 }, undefined],
    ['hit', { fromStore: 0, fromCache: 2, fromElsewhere: 0 }, 'denied'],
    ['partial', { fromStore: 0, fromCache: 1, fromElsewhere: 1 }, undefined],
    ['full', { fromStore: 0, fromCache: 1, fromElsewhere: 1 }, 'full'],
    ['miss', { fromStore: 0, fromCache: 0, fromElsewhere: 1 }, undefined],
    ['miss', { fromStore: 4, fromCache: 0, fromElsewhere: 1 }, undefined],
    ['rate-limited', { fromStore: 0, fromCache: 0, fromElsewhere: 1 }, 'rate-limited'],
    ['unavailable', { fromStore: 0, fromCache: 0, fromElsewhere: 0 }, 'unavailable'],
  ] as const)('is %s for %o with trouble %s', (status, used, trouble) => {
    expect(cacheStatus(used, trouble)).toBe(status)
  })
})
