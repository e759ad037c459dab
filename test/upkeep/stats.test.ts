import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { openStore } from '../../src/store/index.ts'
import { clearCache, hitRate, listStore, statsOf } from '../../src/upkeep/index.ts'
import { allOf } from '../support/all-of.ts'
import { afterwards, allocated, aUsed } from '../support/prune.ts'
import { aBlob, aReporter, aStore, filesIn } from '../support/store.ts'

const BIG = 'b'.repeat(300_000)

describe('the numbers of a store', () => {
  it('count a shared file once on the disk, and what sharing saves', async () => {
    const run = await aStore()
    const { home } = run
    const one = await aUsed(run.store, { name: 'v1.0.0', files: { 'a/big': BIG, own: 'x' } })
    await aUsed(run.store, { kind: 'dataset', name: 'words', files: { big: BIG }, days: 8 })
    await aBlob(run.store, 'nobody refers to this')
    await writeFile(join(home, 'blobs', 'quarantine', 'bad'), 'bytes')
    const store = await afterwards(run)
    const stats = await statsOf(store, Date.now() / 1000)
    const blobs = (
      await readdir(join(home, 'blobs', 'sha256'), { recursive: true, withFileTypes: true })
    ).filter((entry) => entry.isFile())
    const onDisk = await Promise.all(blobs.map(({ parentPath, name }) => allocated(join(parentPath, name))))
    expect(stats).toMatchObject({
      home,
      kinds: {
        model: { count: 1, files: 2, bytes: 300_001 },
        adapter: { count: 0, files: 0, bytes: 0 },
        dataset: { count: 1, files: 1, bytes: 300_000 },
      },
      blobs: { count: 3, bytes: 300_001 + 'nobody refers to this'.length },
      allocated: onDisk.reduce((sum, bytes) => sum + bytes, 0),
      saved: await allocated(join(one, 'a', 'big')),
      ages: [1, 0, 1, 0, 0, 0],
      used: 2,
      users: 0,
    })
    expect(stats.quarantine.count).toBe(1)
    expect(stats.disk.total).toBeGreaterThanOrEqual(stats.disk.used + stats.disk.free)
  })

  it('name who is used most, and how many use the store now', async () => {
    const run = await aStore()
    for (let number = 0; number < 12; number++) {
      await aUsed(run.store, { name: `v${number}.0.0`, uses: 1 + (number % 4), files: { a: `${number}` } })
    }
    const store = await afterwards(run)
    await using other = await openStore({ home: run.home, reporter: silentReporter })
    await other.leases.use({ artifacts: [join(run.home, 'models', 'v0.0.0')] })
    const { popular, users } = await statsOf(store, Date.now() / 1000)
    expect(users).toBe(1)
    expect(popular.map(({ useCount }) => useCount)).toEqual([4, 4, 4, 3, 3, 3, 2, 2, 2, 1])
  })

  it('know no hit rate before anything was asked for', () => {
    expect(hitRate({ hits: 0, misses: 0 })).toBeUndefined()
    expect(hitRate({ hits: 3, misses: 1 })).toBe(0.75)
  })
})

describe('the list of a store', () => {
  it('begins before all of it was looked at', async () => {
    const run = await aStore()
    for (let number = 0; number < 5; number++) {
      await aUsed(run.store, { name: `v${number}.0.0`, files: { a: `${number}` } })
    }
    const store = await afterwards(run)
    let looked = 0
    const watched = {
      ...store,
      artifactEntriesAt: (...place: Parameters<typeof store.artifactEntriesAt>) => {
        looked += 1
        return store.artifactEntriesAt(...place)
      },
      artifactEntries: () => {
        looked += 1_000
        return store.artifactEntries()
      },
    }
    const list = listStore(watched)
    expect((await list.next()).value).toMatchObject({ name: 'v0.0.0' })
    expect(looked).toBe(1)
    expect(await allOf(list)).toHaveLength(4)
  })

  it('names a path once, although the index names it twice', async () => {
    const run = await aStore()
    const path = await aUsed(run.store, { files: { a: 'a' } })
    const store = await afterwards(run)
    const entry = { path, last_used: 5, usage_count: 2, hash: '', files: [] }
    await writeFile(
      join(run.home, 'cache', 'cache_registry.json'),
      JSON.stringify({ models: { one: entry, two: entry }, last_updated: 1 }),
    )
    expect((await allOf(listStore(store))).map((each) => each.path)).toEqual([path])
  })
})

describe('clearing the cache', () => {
  it('disturbs no job: what it uses stays, and it goes on noting uses', async () => {
    const run = await aStore()
    const path = await aUsed(run.store, { files: { a: BIG } })
    const reporter = aReporter()
    {
      await using other = await openStore({ home: run.home, reporter: silentReporter })
      await clearCache(other, reporter)
    }
    expect(reporter.lines.filter(({ level }) => level === 'warning')).toEqual([])
    expect(await filesIn(path)).toEqual({ a: BIG })
    await aUsed(run.store, { files: { a: BIG } })
    expect(await run.store.usage.lookUp('models', 'v1.0.0')).toMatchObject({ path, usageCount: 1 })
    expect(run.reporter.lines.filter(({ level }) => level === 'warning')).toEqual([])
  })
})
