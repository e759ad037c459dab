import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentReporter, type TransferProgress } from '../../src/core/index.ts'
import { createFetchRun, fetchFile, type Source } from '../../src/sources/index.ts'
import { CacheWorld, fetched, type LocalFile, type Told } from '../support/cache-world.ts'
import { type Loopback, listen } from '../support/loopback.ts'

const FROM_ELSEWHERE = { fromStore: 0, fromCache: 0, fromElsewhere: 1 }
const FROM_CACHE = { fromStore: 0, fromCache: 1, fromElsewhere: 0 }

let world: CacheWorld

beforeEach(async () => {
  world = await CacheWorld.open()
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

/** A run that found nothing and saved everything. */
async function filled(...files: readonly LocalFile[]): Promise<void> {
  const { cache } = world.run()
  cache.prepare([{ files }])
  await cache.save(fetched(files))
  world.requests.length = 0
}

describe('a run that saves and one that restores', () => {
  it('brings a file back, byte for byte, under a key that names its digest', async () => {
    const file = await world.file(100_000)
    const first = world.run()
    expect(await world.fetch(first.cache, file)).toBeUndefined()
    expect(await first.cache.save(fetched([file]))).toEqual({ entries: 1, bytes: 100_000 })
    expect(first.cache.status(FROM_ELSEWHERE)).toBe('miss')
    expect(world.devnet.entries()).toEqual([
      {
        key: `r3mes-v1-${file.sha256}`,
        version: '070379dd5a0ed74af0d3ea4a7262e598599f970136c2bf274d3b9671e65b5635',
        size: 100_000,
      },
    ])

    const second = world.run()
    expect(await world.fetch(second.cache, file)).toEqual(file.bytes)
    expect(second.cache.status(FROM_CACHE)).toBe('hit')
    expect(second.told.warnings).toEqual([])
  })

  it('keeps small files of one artifact in one entry, with one look-up and one save', async () => {
    const files = await Promise.all([10, 2000, 300_000, 1].map((size) => world.file(size)))
    const first = world.run()
    first.cache.prepare([{ files }])
    expect(await Promise.all(files.map((file) => world.fetch(first.cache, file)))).toEqual(
      files.map(() => undefined),
    )
    expect(world.asked('GetCacheEntryDownloadURL')).toBe(1)
    expect(await first.cache.save(fetched(files))).toEqual({ entries: 1, bytes: 302_011 })
    expect(world.asked('CreateCacheEntry')).toBe(1)

    world.requests.length = 0
    const second = world.run()
    second.cache.prepare([{ files }])
    const brought = await Promise.all(files.map((file) => world.fetch(second.cache, file)))
    expect(brought).toEqual(files.map(({ bytes }) => bytes))
    expect(world.asked('GetCacheEntryDownloadURL')).toBe(1)
  })

  it('finds a file in the pack of either artifact that holds it', async () => {
    const [shared, one, other] = await Promise.all([world.file(10), world.file(20), world.file(30)])
    await filled(shared, other)
    const { cache } = world.run()
    cache.prepare([{ files: [shared, one] }, { files: [shared, other] }])
    expect(await world.fetch(cache, shared)).toEqual(shared.bytes)
  })

  it('saves large files in blocks that arrive in order, with bounded pieces', async () => {
    const file = await world.file(1_000_003)
    const limits = { blockBytes: 65_536, parallelBlocks: 3 }
    expect(await world.run({ limits }).cache.save(fetched([file]))).toEqual({ entries: 1, bytes: 1_000_003 })
    expect(world.asked(' block')).toBe(17)
    expect(world.asked('blocklist')).toBe(1)
    expect(await world.fetch(world.run().cache, file)).toEqual(file.bytes)
  })

  it('says how far the saving of a large file is, and that it is done', async () => {
    const file = await world.file(1_000_003)
    const events: TransferProgress[] = []
    const reporter = { ...silentReporter, progress: (event: TransferProgress) => events.push(event) }
    const limits = { blockBytes: 65_536, parallelBlocks: 3 }
    await world.run({ limits, reporter }).cache.save(fetched([file]))
    const saving = {
      subject: `Actions cache entry r3mes-v1-${file.sha256}`,
      source: 'store',
      total: 1_000_003,
    }
    expect(events[0]).toEqual({ ...saving, bytes: 0, done: false })
    expect(events.at(-1)).toEqual({ ...saving, bytes: 1_000_003, done: true })
    const taken = events.map(({ bytes }) => bytes)
    expect(taken).toEqual(taken.toSorted((a, b) => a - b))
    expect(events).toHaveLength(1 + 16 + 1)
  })

  it('saves packs in blocks that cross the borders of files', async () => {
    const files = await Promise.all([70_000, 1, 90_001, 65_536].map((size) => world.file(size)))
    const { cache } = world.run({ limits: { blockBytes: 50_000 } })
    cache.prepare([{ files }])
    expect(await cache.save(fetched(files))).toMatchObject({ entries: 1 })
    const { cache: next } = world.run()
    next.prepare([{ files }])
    for (const file of files) expect(await world.fetch(next, file)).toEqual(file.bytes)
  })
})

describe('what is saved', () => {
  it('is never what came from the cache or from the store', async () => {
    const [stored, cached] = await Promise.all([world.file(10), world.file(20)])
    const { cache } = world.run()
    expect(await cache.save([...fetched([stored], 'store'), ...fetched([cached], 'cache')])).toEqual({
      entries: 0,
      bytes: 0,
    })
    expect(world.requests).toEqual([])
  })

  it('is never what a look-up found, even if the file had to come from elsewhere', async () => {
    const file = await world.file(10)
    await filled(file)
    const { cache } = world.run()
    expect(await cache.source.origins(file)).toHaveLength(1)
    await cache.save(fetched([file]))
    expect(world.asked('CreateCacheEntry')).toBe(0)
  })

  it('is nothing a second time: an entry that another job saved meanwhile is fine', async () => {
    const file = await world.file(10)
    const { cache, told } = world.run()
    expect(await world.fetch(cache, file)).toBeUndefined()
    await filled(file)
    expect(await cache.save(fetched([file]))).toEqual({ entries: 0, bytes: 0 })
    expect(cache.status(FROM_ELSEWHERE)).toBe('miss')
    expect(told.warnings).toEqual([])
  })

  it('is a whole pack as soon as one of its files was fetched, the others taken from the store', async () => {
    const [one, other] = await Promise.all([world.file(10), world.file(20)])
    const { cache } = world.run()
    cache.prepare([{ files: [one, other] }])
    const files = [...fetched([one], 'store'), ...fetched([other])]
    expect(await cache.save(files)).toEqual({ entries: 1, bytes: 30 })
  })

  it('is no pack that lacks a file', async () => {
    const [one, other] = await Promise.all([world.file(10), world.file(20)])
    const { cache } = world.run()
    cache.prepare([{ files: [one, other] }])
    expect(await cache.save(fetched([one]))).toEqual({ entries: 0, bytes: 0 })
  })

  it('is no empty file', async () => {
    const empty = await world.file(0)
    const { cache } = world.run()
    expect(await cache.source.origins(empty)).toEqual([])
    expect(await cache.save(fetched([empty]))).toEqual({ entries: 0, bytes: 0 })
    expect(world.requests).toEqual([])
  })

  it('keeps to the limits of one run and says what it left', async () => {
    const files = await Promise.all([50, 60, 30, 10].map((size) => world.file(size)))
    const { cache, told } = world.run({ limits: { saveBytes: 100, saveEntries: 2 } })
    expect(await cache.save(fetched(files))).toEqual({ entries: 2, bytes: 80 })
    expect(world.devnet.entries().map(({ size }) => size)).toEqual([50, 30])
    expect(told.infos.join('\n')).toContain('2 entries with 70 bytes')
  })

  it('is nothing when the run does not want to save', async () => {
    const { cache } = world.run({ rights: { read: 'allowed', write: 'off' } })
    expect(await cache.save(fetched([await world.file(10)]))).toEqual({ entries: 0, bytes: 0 })
    expect(cache.status(FROM_ELSEWHERE)).toBe('miss')
    expect(world.requests).toEqual([])
  })

  it('is no entry whose file shrank after it was verified', async () => {
    const file = await world.file(1000)
    await writeFile(file.path, 'short')
    const { cache } = world.run({ limits: { retries: 0 } })
    expect(await cache.save(fetched([file]))).toEqual({ entries: 0, bytes: 0 })
    expect(world.devnet.entries()).toEqual([])
    expect(cache.status(FROM_ELSEWHERE)).toBe('unavailable')
  })
})

describe('wrong bytes', () => {
  it('name the entry with the command that deletes it, and end the reading', async () => {
    const [file, other] = await Promise.all([world.file(10), world.file(20)])
    await filled(file)
    await filled(other)
    await world.devnet.poison(`r3mes-v1-${file.sha256}`, 3)
    const { cache, told } = world.run()
    await expect(world.fetch(cache, file)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    cache.source.servedWrongBytes?.(file)
    expect(told.warnings).toHaveLength(1)
    expect(told.warnings[0]).toContain(`gh cache delete r3mes-v1-${file.sha256}`)
    expect(await cache.source.origins(other)).toEqual([])
    expect(await cache.save(fetched([file]))).toEqual({ entries: 0, bytes: 0 })
    expect(cache.status(FROM_ELSEWHERE)).toBe('miss')
  })

  it('in a pack hurt only the file they lie in, and name the pack', async () => {
    const files = await Promise.all([world.file(1000), world.file(1000)])
    await filled(...files)
    const [entry] = world.devnet.entries()
    await world.devnet.poison(entry?.key ?? '', 1500)
    const { cache, told } = world.run()
    cache.prepare([{ files }])
    const [first, second] = files.toSorted((one, other) => (one.sha256 < other.sha256 ? -1 : 1))
    if (first === undefined || second === undefined) throw new TypeError('there are two files')
    expect(await world.fetch(cache, first)).toEqual(first.bytes)
    await expect(world.fetch(cache, second)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    cache.source.servedWrongBytes?.(second)
    expect(told.warnings[0]).toContain(`gh cache delete ${entry?.key}`)
  })

  it('of a file the cache was never asked for are nobody’s business here', async () => {
    const { cache, told } = world.run()
    cache.source.servedWrongBytes?.(await world.file(10))
    expect(told.warnings).toEqual([])
  })
})

describe('in the search for a file', () => {
  /** A mirror that has every file of the world, as the source that follows the cache. */
  async function mirrorOf(files: readonly LocalFile[]): Promise<{ server: Loopback; source: Source }> {
    const server = await listen((request, response) => {
      response.end(files.find(({ sha256 }) => request.url === `/${sha256}`)?.bytes)
    })
    const source: Source = {
      name: 'http',
      origins: async ({ sha256 }) => [{ source: 'http', url: new URL(sha256, server.url), configured: true }],
    }
    return { server, source }
  }

  function searcher(cache: Source, told: Told, mirror: Source) {
    const run = createFetchRun({
      ...silentReporter,
      warning: (text) => told.warnings.push(text),
    })
    return (file: LocalFile) => fetchFile([cache, mirror], file, `${file.path}.part`, world.network, run)
  }

  it('blames only the entry that was wrong, although the whole cache is dropped', async () => {
    const files = await Promise.all([world.file(10), world.file(20), world.file(30)])
    for (const file of files) await filled(file)
    const [wrong] = files
    if (wrong === undefined) throw new TypeError('there are three files')
    await world.devnet.poison(`r3mes-v1-${wrong.sha256}`)
    const { server, source } = await mirrorOf(files)
    await using _server = server
    const { cache, told } = world.run()
    const search = searcher(cache.source, told, source)
    expect((await search(wrong)).source).toBe('http')
    await Promise.all(files.slice(1).map(search))
    const deletions = told.warnings.filter((text) => text.includes('gh cache delete'))
    expect(deletions).toHaveLength(1)
    expect(deletions[0]).toContain(`gh cache delete r3mes-v1-${wrong.sha256}`)
  })

  it('an expired URL costs a new look-up, not the cache', async () => {
    const file = await world.file(10)
    await filled(file)
    const { server, source } = await mirrorOf([])
    await using _server = server
    const { cache, told } = world.run()
    const stale: Source = {
      name: 'cache',
      async origins(wanted, signal) {
        const origins = await cache.source.origins(wanted, signal)
        if (world.asked('GetCacheEntryDownloadURL') === 1) world.devnet.expireUrls()
        return origins
      },
    }
    const found = await searcher(stale, told, source)(file)
    expect(found.source).toBe('cache')
    expect(world.asked('GetCacheEntryDownloadURL')).toBe(2)
  })
})

describe('signed URLs', () => {
  it('are asked for once more when they have expired', async () => {
    const file = await world.file(10)
    await filled(file)
    const { cache } = world.run()
    const [stale] = await cache.source.origins(file)
    world.devnet.expireUrls()
    if (stale === undefined) throw new TypeError('the cache has the file')
    await expect(world.network.download(stale, file, `${file.path}.part`)).rejects.toMatchObject({
      code: 'AUTH_REQUIRED',
    })
    expect(await world.fetch(cache, file)).toEqual(file.bytes)
    expect(await cache.source.origins(file)).toEqual([])
    expect(world.asked('GetCacheEntryDownloadURL')).toBe(2)
  })

  it('are renewed once for all files of a pack', async () => {
    const files = await Promise.all([world.file(10), world.file(20), world.file(30)])
    await filled(...files)
    const { cache } = world.run()
    cache.prepare([{ files }])
    await Promise.all(files.map((file) => cache.source.origins(file)))
    world.devnet.expireUrls()
    const brought = await Promise.all(files.map((file) => world.fetch(cache, file)))
    expect(brought).toEqual(files.map(({ bytes }) => bytes))
    expect(world.asked('GetCacheEntryDownloadURL')).toBe(2)
  })

  it('never appear in what people read', async () => {
    const file = await world.file(10)
    await filled(file)
    const { cache, told } = world.run()
    const [origin] = await cache.source.origins(file)
    expect(origin?.label).toBe(`Actions cache entry r3mes-v1-${file.sha256}`)
    cache.source.servedWrongBytes?.(file)
    expect([...told.warnings, ...told.infos].join('\n')).not.toContain('sig=')
  })
})
