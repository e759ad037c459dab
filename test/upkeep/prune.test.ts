import { existsSync } from 'node:fs'
import { link, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { R3mesError, silentReporter } from '../../src/core/index.ts'
import { openStore } from '../../src/store/index.ts'
import { pruneStore } from '../../src/upkeep/index.ts'
import { removeUnapproved } from '../../src/upkeep/prune.ts'
import { sha256Of } from '../support/digest.ts'
import { afterwards, allocated, aUsed, DAY } from '../support/prune.ts'
import { aFolder, aFolderElsewhere, aReporter, aStore, blobPathIn, filesIn } from '../support/store.ts'

const BIG = 'b'.repeat(200_000)
const OTHER = 'o'.repeat(100_000)
/** Blobs that nothing refers to are left alone for an hour after a name of theirs came or went. */
const LATER = 2 * 60 * 60 * 1000

const prune = async (
  store: Awaited<ReturnType<typeof aStore>>['store'],
  policy: Parameters<typeof pruneStore>[1],
  options: Parameters<typeof pruneStore>[3] = {},
) => await pruneStore(store, policy, silentReporter, options)

describe('pruning by age', () => {
  it('removes what nobody used for so long, its blobs and its entry, and frees what it says', async () => {
    const run = await aStore()
    const { home } = run
    const old = await aUsed(run.store, { name: 'v1.0.0', days: 40, files: { 'model.gguf': BIG } })
    const young = await aUsed(run.store, { name: 'v2.0.0', days: 3, files: { 'model.gguf': OTHER } })
    const bytes = await allocated(blobPathIn(home, sha256Of(BIG)))

    const store = await afterwards(run)
    const planned = await prune(store, { maxAge: 30 * DAY, keepPopular: 0 }, { dryRun: true })
    expect(planned).toMatchObject({ dryRun: true, bytes, short: 0 })
    expect(existsSync(old)).toBe(true)

    const report = await prune(store, { maxAge: 30 * DAY, keepPopular: 0 })
    expect(report).toMatchObject({ ...planned, dryRun: false })
    expect(report.removed).toMatchObject([{ kind: 'model', name: 'v1.0.0', path: old, reason: 'age', bytes }])
    expect(existsSync(old)).toBe(false)
    expect(existsSync(young)).toBe(true)
    expect(existsSync(blobPathIn(home, sha256Of(BIG)))).toBe(false)
    expect(await store.usage.lookUp('models', 'v1.0.0')).toBeUndefined()
    expect(await store.usage.lookUp('models', 'v2.0.0')).toMatchObject({ path: young })
  })

  it('keeps the most used', async () => {
    const run = await aStore()
    const popular = await aUsed(run.store, { name: 'v1.0.0', days: 40, uses: 3, files: { a: 'a' } })
    const other = await aUsed(run.store, { name: 'v2.0.0', days: 40, uses: 1, files: { a: 'b' } })
    const store = await afterwards(run)
    const report = await prune(store, { maxAge: 30 * DAY, keepPopular: 1 })
    expect(report.kept).toMatchObject({ popular: 1 })
    expect([existsSync(popular), existsSync(other)]).toEqual([true, false])
  })

  it('keeps ten of them when nothing is said', async () => {
    const run = await aStore()
    for (let number = 0; number < 12; number++) {
      await aUsed(run.store, {
        name: `v${number}.0.0`,
        days: 40,
        uses: number < 2 ? 1 : 2,
        files: { a: `${number}` },
      })
    }
    const store = await afterwards(run)
    const { removed } = await prune(store, {})
    expect(removed.map(({ name }) => name).sort()).toEqual(['v0.0.0', 'v1.0.0'])
  })
})

describe('files that several artifacts have', () => {
  it('are freed once, with the last of them', async () => {
    const run = await aStore()
    const { home } = run
    const bytes = await allocated(
      join(await aUsed(run.store, { days: 40, files: { shared: BIG } }), 'shared'),
    )
    await aUsed(run.store, { kind: 'dataset', name: 'words', days: 40, uses: 2, files: { shared: BIG } })
    const store = await afterwards(run)
    const half = await prune(store, { kinds: ['model'], keepPopular: 0 })
    expect(half).toMatchObject({ bytes: 0, removed: [{ kind: 'model', bytes: 0 }] })
    expect(existsSync(blobPathIn(home, sha256Of(BIG)))).toBe(true)
    const rest = await prune(store, { keepPopular: 0 })
    expect(rest).toMatchObject({ bytes, removed: [{ kind: 'dataset', bytes }] })
    expect(await filesIn(join(home, 'blobs'))).toEqual({})
  })

  it('stay under a name outside the store, and free nothing', async () => {
    const run = await aStore()
    const { home } = run
    const path = await aUsed(run.store, { days: 40, files: { a: BIG } })
    const mine = join(await aFolder(home), 'mine')
    await link(join(path, 'a'), mine)
    const store = await afterwards(run)
    expect(await prune(store, { keepPopular: 0 })).toMatchObject({ bytes: 0, removed: [{ bytes: 0 }] })
    expect(existsSync(mine)).toBe(true)
    expect(existsSync(blobPathIn(home, sha256Of(BIG)))).toBe(true)
  })

  it('that are copies, on another disk, go with their blob', async () => {
    const modelDir = join(await aFolderElsewhere(), 'models')
    const run = await aStore({ modelDir })
    const { home } = run
    const path = await aUsed(run.store, { days: 40, files: { a: BIG } })
    const bytes = (await allocated(join(path, 'a'))) + (await allocated(blobPathIn(home, sha256Of(BIG))))
    const store = await afterwards(run, { modelDir })
    expect(await prune(store, { keepPopular: 0 })).toMatchObject({ bytes })
    expect(await readdir(modelDir)).toEqual([])
    expect(await filesIn(join(home, 'blobs'))).toEqual({})
  })

  it('stay as a blob while the artifact of a copy stays, which a later run may want', async () => {
    const modelDir = join(await aFolderElsewhere(), 'models')
    const run = await aStore({ modelDir })
    const { home } = run
    await aUsed(run.store, { days: 1, files: { a: BIG } })
    const store = await afterwards(run, { modelDir })
    await prune(store, { keepPopular: 0 }, { now: Date.now() + LATER })
    expect(existsSync(blobPathIn(home, sha256Of(BIG)))).toBe(true)
  })
})

describe('what is in use', () => {
  it('by another process or a job stays, with its blobs', async () => {
    const run = await aStore()
    const { home } = run
    const path = await aUsed(run.store, { days: 40, files: { a: BIG } })
    const store = await afterwards(run)
    const other = await openStore({ home, reporter: silentReporter })
    await other.leases.use({ artifacts: [path], blobs: [sha256Of(BIG)] })
    const policy = { maxSize: 0 }
    expect(await prune(store, policy)).toMatchObject({ removed: [], kept: { used: 1 } })

    const job = await other.leases.keepForJob({ workflow: 'ci', job: 'train', run: '1', pid: process.pid })
    await other.close()
    expect(await prune(store, policy)).toMatchObject({ removed: [], kept: { used: 1 } })
    expect(await prune(store, policy)).toMatchObject({ short: (await prune(store, policy)).sizeBefore })

    await store.leases.release(job ?? '')
    expect((await prune(store, policy)).removed).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })

  it('since a moment ago stays, although the plan had it', async () => {
    const run = await aStore()
    const { home } = run
    const path = await aUsed(run.store, { days: 40, files: { a: BIG } })
    const store = await afterwards(run)
    const other = await openStore({ home, reporter: silentReporter })
    const remains = store.remover
    const late = {
      ...store,
      remover: {
        ...remains,
        artifact: async (...found: Parameters<typeof remains.artifact>) => {
          await other.leases.use({ artifacts: [path], blobs: [] })
          return await remains.artifact(...found)
        },
      },
    }
    const report = await prune(late, { keepPopular: 0 })
    expect(report).toMatchObject({ removed: [], spared: [{ kind: 'model', name: 'v1.0.0', why: 'used' }] })
    expect(await filesIn(path)).toEqual({ a: BIG })
    expect(await store.usage.lookUp('models', 'v1.0.0')).toBeDefined()
    await other.close()
  })
})

describe('what is not the store’s', () => {
  it('stays: files of a user, alone or among ours, links, and what an entry names outside', async () => {
    const run = await aStore()
    const { home } = run
    const outside = await aFolder()
    await writeFile(join(outside, 'precious'), 'mine')
    await mkdir(join(home, 'models', 'handmade'))
    await writeFile(join(home, 'models', 'handmade', 'model.gguf'), 'mine')
    await writeFile(join(home, 'adapters', 'own.safetensors'), 'mine')
    await symlink(outside, join(home, 'datasets', 'linked'))
    const mixed = await aUsed(run.store, { name: 'v1.0.0', days: 40, files: { a: 'ours' } })
    await writeFile(join(mixed, 'notes.txt'), 'mine')
    await writeFile(
      join(home, 'cache', 'cache_registry.json'),
      JSON.stringify({
        models: { evil: { path: outside, last_used: 1, usage_count: 1, files: [] } },
        datasets: { linked: { path: join(home, 'datasets', 'linked'), last_used: 1, usage_count: 1 } },
        last_updated: 1,
      }),
    )
    const before = await filesIn(join(home, 'models'))
    const store = await afterwards(run)
    const report = await prune(store, { maxSize: 0, maxAge: 1, keepPopular: 0 }, { now: Date.now() + LATER })
    expect(report.removed).toEqual([])
    expect(report.kept.foreign).toBeGreaterThanOrEqual(3)
    expect(await filesIn(join(home, 'models'))).toEqual(before)
    expect(await filesIn(outside)).toEqual({ precious: 'mine' })
    expect(existsSync(join(home, 'adapters', 'own.safetensors'))).toBe(true)
  })

  it('stays when an entry of the index says that it is, but the bytes are others', async () => {
    const run = await aStore()
    const { home } = run
    const path = join(home, 'models', 'handmade')
    await mkdir(path)
    await writeFile(join(path, 'a'), 'mine')
    const store = await afterwards(run)
    await store.usage.noteUse([
      {
        kind: 'model',
        path,
        isFolder: true,
        digest: `sha256:${sha256Of('ours')}`,
        version: '1.0.0',
        url: undefined,
        files: [{ path: 'a', sha256: sha256Of('ours'), size: 4 }],
        approvedAtHeight: 1n,
        chainId: 'chain',
        usedBy: undefined,
        downloaded: false,
        at: new Date(1_000),
      },
    ])
    const report = await prune(store, { keepPopular: 0, maxAge: DAY })
    expect(report).toMatchObject({ removed: [], spared: [{ name: 'handmade', why: 'changed' }] })
    expect(await filesIn(path)).toEqual({ a: 'mine' })
  })
})

describe('blobs', () => {
  it('that nothing refers to go by the age of their bytes', async () => {
    const run = await aStore()
    const { home } = run
    const path = await aUsed(run.store, { days: 1, files: { a: OTHER } })
    const orphan = await aUsed(run.store, { name: 'v9.0.0', files: { a: BIG } })
    await rm(orphan, { recursive: true })
    const now = Date.now() + 31 * DAY
    const store = await afterwards(run)
    expect((await prune(store, { keepPopular: 10 }, { now: Date.now() + LATER })).removed).toEqual([])
    const { removed } = await prune(store, { keepPopular: 10 }, { now })
    expect(removed).toMatchObject([{ kind: 'blob', name: sha256Of(BIG) }])
    expect(existsSync(blobPathIn(home, sha256Of(OTHER)))).toBe(true)
    expect(existsSync(path)).toBe(true)
  })
})

describe('what is not approved any more', () => {
  it('goes, but not what a run has put in its place since', async () => {
    const run = await aStore()
    const coder = { kind: 'adapter', name: 'coder', asFolder: false } as const
    const path = await aUsed(run.store, { ...coder, files: { 'a.gguf': 'new' } })
    const entry = await run.store.usage.lookUp('adapters', 'coder')
    const store = await afterwards(run)
    const old = await removeUnapproved(store, new Map([[path, `sha256:${sha256Of('old')}`]]), silentReporter)
    expect(old.removed).toEqual([])
    expect(existsSync(path)).toBe(true)
    const now = await removeUnapproved(store, new Map([[path, entry?.digest ?? '']]), silentReporter)
    expect(now.removed.map((each) => each.path)).toEqual([path])
    expect(existsSync(path)).toBe(false)
  })
})

describe('what stays behind beside artifacts and blobs', () => {
  it('goes when it is old enough, and the newest thousand receipts stay', async () => {
    const run = await aStore()
    const { home } = run
    const receipts = join(home, 'cache', 'receipts')
    await mkdir(receipts, { recursive: true })
    await Promise.all(
      Array.from({ length: 1_003 }, (_, number) => writeFile(join(receipts, `${number}.json`), '{}')),
    )
    const partial = run.store.partialPath(sha256Of('a'))
    await writeFile(partial, 'half')
    await writeFile(`${partial}.journal`, '{}')
    const kept = join(home, 'blobs', 'quarantine')
    const bad = `${sha256Of('a')}-20260101T000000Z-0123ab`
    await mkdir(join(kept, `${bad}-folder`))
    for (const name of [bad, `${bad}-folder/notes`, 'notes']) await writeFile(join(kept, name), 'bytes')
    const now = Date.now() + 31 * DAY

    const store = await afterwards(run)
    expect((await prune(store, {}, { dryRun: true })).remains).toEqual({
      receipt: 0,
      partial: 0,
      quarantine: 0,
    })
    const planned = await prune(store, {}, { now, dryRun: true })
    expect(planned.remains).toEqual({ receipt: 3, partial: 1, quarantine: 0 })
    expect((await prune(store, { kinds: ['model'] }, { now })).remains).toEqual({
      receipt: 0,
      partial: 0,
      quarantine: 0,
    })
    expect((await prune(store, {}, { now })).remains.receipt).toBe(3)
    expect(await readdir(receipts)).toHaveLength(1_000)
    expect((await prune(store, { quarantine: true }, { now })).remains.quarantine).toBe(1)
    // What no store has put there is no store's.
    expect(Object.keys(await filesIn(kept))).toEqual([`${bad}-folder/notes`, 'notes'])
  })
})

describe('a store that has to shrink', () => {
  it('loses the least used until it is enough, and says what is missing when that is not enough', async () => {
    const run = await aStore()
    const seldom = await aUsed(run.store, { name: 'v1.0.0', days: 1, uses: 1, files: { a: BIG } })
    const often = await aUsed(run.store, { name: 'v2.0.0', days: 9, uses: 4, files: { a: OTHER } })
    const room = await allocated(join(often, 'a'))
    const store = await afterwards(run)
    const report = await prune(store, { maxSize: room + 8192 })
    expect(report.removed).toMatchObject([{ name: 'v1.0.0', reason: 'size' }])
    expect(existsSync(seldom)).toBe(false)
    expect(await prune(store, { maxSize: 0, keepPopular: 1 })).toMatchObject({
      removed: [],
      kept: { popular: 1 },
    })
    expect((await prune(store, { maxSize: 0, keepPopular: 1 })).short).toBeGreaterThanOrEqual(room)
    expect(existsSync(often)).toBe(true)
  })
})

it('refuses where nobody can tell what is used, and says so once', async () => {
  const run = await aStore()
  const path = await aUsed(run.store, { days: 40, files: { a: 'a' } })
  await run.store.close()
  // A folder that is a file: as good as a file system without locks.
  await rm(join(run.home, 'leases'), { recursive: true })
  await writeFile(join(run.home, 'leases'), '')
  await using store = await openStore({ home: run.home, reporter: silentReporter })
  await expect(prune(store, { keepPopular: 0 })).rejects.toMatchObject({ code: 'STORE_NOT_WRITABLE' })
  expect((await prune(store, { keepPopular: 0 }, { dryRun: true })).removed).toHaveLength(1)
  expect(existsSync(path)).toBe(true)
})

it('goes on when one thing cannot be removed, and says which', async () => {
  const run = await aStore()
  const stuck = await aUsed(run.store, { name: 'v1.0.0', days: 40, files: { a: 'a' } })
  await aUsed(run.store, { name: 'v2.0.0', days: 41, files: { a: 'b' } })
  const store = await afterwards(run)
  const { remover } = store
  const failing = {
    ...store,
    remover: {
      ...remover,
      artifact: async (...found: Parameters<typeof remover.artifact>) => {
        if (found[0].path !== stuck) return await remover.artifact(...found)
        throw new R3mesError('STORE_NOT_WRITABLE', 'The file system did not allow it.', { detail: stuck })
      },
    },
  }
  const reporter = aReporter()
  const report = await pruneStore(failing, { keepPopular: 0 }, reporter)
  expect(report.removed.map(({ name }) => name)).toEqual(['v2.0.0'])
  expect(report.spared).toMatchObject([{ name: 'v1.0.0', why: 'failed' }])
  expect(reporter.lines.filter(({ level }) => level === 'warning')).toHaveLength(1)
})

it('removes nothing after a signal that came before it began', async () => {
  const run = await aStore()
  const path = await aUsed(run.store, { days: 40, files: { a: 'a' } })
  await run.store.close()
  const signal = AbortSignal.abort()
  await using store = await openStore({ home: run.home, reporter: silentReporter, signal })
  expect(await prune(store, { keepPopular: 0 }, { signal })).toMatchObject({ interrupted: true, removed: [] })
  expect(existsSync(path)).toBe(true)
})

it('can be stopped, and reports what went until then', async () => {
  const run = await aStore()
  await aUsed(run.store, { name: 'v1.0.0', days: 41, files: { a: 'a' } })
  const second = await aUsed(run.store, { name: 'v2.0.0', days: 40, uses: 2, files: { a: 'b' } })
  const controller = new AbortController()
  const reporter = { ...silentReporter, debug: () => controller.abort() }
  const store = await afterwards(run)
  const report = await pruneStore(store, { keepPopular: 0 }, reporter, { signal: controller.signal })
  expect(report).toMatchObject({ interrupted: true, removed: [{ name: 'v1.0.0' }] })
  expect(existsSync(second)).toBe(true)
  expect(await store.usage.lookUp('models', 'v1.0.0')).toBeUndefined()
})
