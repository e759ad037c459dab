import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aStore, filesIn } from '../support/store.ts'

describe('a cache file', () => {
  it('is written below the cache folder and replaced as a whole', async () => {
    const { store, home } = await aStore()
    const path = await store.writeCacheFile('receipts/run.json', '{"run":1}')
    expect(path).toBe(join(home, 'cache', 'receipts', 'run.json'))
    await store.writeCacheFile('receipts/run.json', '{}')
    expect(await readFile(path, 'utf8')).toBe('{}')
    expect(await filesIn(join(home, 'cache'))).toEqual({ 'receipts/run.json': '{}' })
  })

  it.each(['../x.json', '/etc/x.json', 'a/../../x.json', 'CON', 'a\0b', 'x.', '', 'a//b', '.', 'ü.json'])(
    'has no unsafe name: %j',
    async (name) => {
      const { store, home } = await aStore()
      await expect(store.writeCacheFile(name, '{}')).rejects.toMatchObject({ code: 'ID_UNSAFE' })
      expect(await filesIn(home)).toEqual({})
    },
  )

  it('leaves nothing behind when it cannot be put in place', async () => {
    const { store, home } = await aStore()
    await mkdir(join(home, 'cache', 'run.json'))
    await expect(store.writeCacheFile('run.json', '{}')).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    expect(await filesIn(join(home, 'cache'))).toEqual({})
  })
})
