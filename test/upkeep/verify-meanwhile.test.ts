import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { openStore } from '../../src/store/index.ts'
import { FileChecker } from '../../src/upkeep/verify-files.ts'
import { ensured } from '../support/ensured.ts'
import { MAIN_JOB } from '../support/scenario.ts'
import { aBlob, aStore, filesIn } from '../support/store.ts'
import { checked } from '../support/verified.ts'

describe('a check while runs work in the store', () => {
  it('finds nothing corrupt, takes nothing away, and keeps nobody from working', {
    timeout: 60_000,
  }, async () => {
    const world = await ensured()
    await using store = await openStore({ home: world.home, reporter: silentReporter })
    let running = true
    const run = async (): Promise<boolean[]> => {
      const first = await world.run(MAIN_JOB)
      const again = await world.run({ ...MAIN_JOB, force: 'true' })
      running = false
      return [first.success, again.success]
    }
    const check = async (): Promise<number> => {
      let corrupt = 0
      while (running) corrupt += (await checked(store, { all: true })).counts.corrupt
      return corrupt
    }
    expect(await Promise.all([run(), check()])).toEqual([[true, true], 0])
    expect((await checked(store, { all: true })).counts).toMatchObject({ ok: 4, missing: 0, corrupt: 0 })
    expect(await readdir(join(world.home, 'blobs/quarantine'))).toEqual([])
  })
})

describe('a file that cannot be read', () => {
  it('is made readable again when only its mode was in the way', async () => {
    const { store } = await aStore()
    const { path } = await aBlob(store, 'bytes')
    await chmod(path, 0o000)
    expect(await store.makeReadable(path)).toBe(true)
    expect((await stat(path)).mode & 0o7777).toBe(0o444)
    expect(await store.makeReadable(path)).toBe(false)
    expect(await store.makeReadable(`${path}-none`)).toBe(false)
  })

  it('goes to quarantine when the disk does not give its bytes', async () => {
    const { store, home } = await aStore()
    const { path, sha256 } = await aBlob(store, 'bytes')
    // No disk breaks on demand.
    const pool = { hash: async () => [{ kind: 'unreadable', errno: 'EIO' } as const] }
    const checker = new FileChecker({ store, pool, reporter: silentReporter })
    const place = { path, sha256, isBlob: true, artifact: undefined, inside: '' }
    const { dev, ino, size, mtimeNs, ctimeNs, nlink, blocks } = await stat(path, { bigint: true })
    const entry = { path, kind: 'file', dev, ino, size, mtimeNs, ctimeNs, nlink, blocks } as const
    const found = await checker.check([{ entry, first: place, others: [] }], {
      rest: () => {},
      of: () => ({ kind: 'unreadable', errno: 'EIO' }),
    })
    expect(found).toMatchObject([{ state: 'corrupt', reason: 'It cannot be read (EIO).' }])
    expect(Object.values(await filesIn(join(home, 'blobs')))).toEqual(['bytes'])
    expect(await store.blobAt(sha256)).toBeUndefined()
  })
})
