import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFetchRun, fetchFile } from '../../src/sources/index.ts'
import { CacheWorld, fetched, type LocalFile } from '../support/cache-world.ts'
import { aReporter } from '../support/store.ts'

const SIZE = 60_000_000

describe('a large entry of the Actions cache', () => {
  let world: CacheWorld
  let file: LocalFile

  beforeEach(async () => {
    world = await CacheWorld.open()
    file = await world.file(SIZE)
    await world.run().cache.save(fetched([file]))
    world.requests.length = 0
  })
  afterEach(() => world[Symbol.asyncDispose]())

  /** Requests for bytes of the entry. */
  const parts = (): number => world.requests.filter((request) => request.startsWith('GET ')).length

  it('comes in parts, by one signed URL', async () => {
    const brought = await world.fetch(world.run().cache, file)
    expect(brought?.equals(file.bytes)).toBe(true)
    expect(parts()).toBeGreaterThan(3)
    expect(world.asked('GetCacheEntryDownloadURL')).toBe(1)
  })

  it('goes on by a new signed URL where the first one expires in the middle', async () => {
    const { cache } = world.run()
    const path = join(world.folder, 'large.part')
    let most = 0
    let isExpired = false
    const delivered = await fetchFile(
      [cache.source],
      file,
      path,
      world.network,
      createFetchRun(aReporter()),
      {
        resume: true,
        onProgress: ({ bytes }) => {
          if (!isExpired) world.devnet.expireUrls()
          isExpired = true
          // Less than before would mean that it began anew.
          expect(bytes).toBeGreaterThanOrEqual(most)
          most = bytes
        },
      },
    )
    expect(delivered.source).toBe('cache')
    expect(file.bytes.equals(await readFile(path))).toBe(true)
    expect(world.asked('GetCacheEntryDownloadURL')).toBe(2)
  })
})
