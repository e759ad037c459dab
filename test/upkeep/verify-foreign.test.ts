import { chmod, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileChecker } from '../../src/upkeep/verify-files.ts'
import { sha256Of } from '../support/digest.ts'
import { aFolder, aReporter, aStore, filesIn, TWO_FILES } from '../support/store.ts'
import { checked, inPlace, statesOf } from '../support/verified.ts'

describe('what is not the store’s', () => {
  it('is not looked at through a folder that somebody replaced by a link', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store, { files: TWO_FILES, told: 'index' })
    const outside = await aFolder()
    await writeFile(join(outside, 'vocab.json'), 'mine, and other bytes')
    await rm(join(path, 'tokenizer'), { recursive: true })
    await symlink(outside, join(path, 'tokenizer'))
    expect(statesOf(store, await checked(store))).toEqual([
      'ok models/v1.0.0/model.gguf',
      'foreign models/v1.0.0/tokenizer',
      'missing models/v1.0.0/tokenizer/vocab.json',
    ])
    expect(await readFile(join(outside, 'vocab.json'), 'utf8')).toBe('mine, and other bytes')
    expect(await filesIn(join(home, 'blobs/quarantine'))).toEqual({})
  })

  it.each(['index', 'receipt'] as const)(
    'is not looked at through an artifact that somebody moved elsewhere and linked to (told by %s)',
    async (told) => {
      const { store, home } = await aStore()
      const path = await inPlace(store, { files: TWO_FILES, told })
      const outside = join(await aFolder(), 'moved')
      await mkdir(outside)
      await writeFile(join(outside, 'model.gguf'), 'mine, and other bytes')
      await rename(path, join(outside, 'old'))
      await symlink(outside, path)
      await checked(store, { all: true })
      expect(await readFile(join(outside, 'model.gguf'), 'utf8')).toBe('mine, and other bytes')
      expect(await filesIn(join(home, 'blobs/quarantine'))).toEqual({})
    },
  )

  it('keeps its mode when it cannot be read', async () => {
    const { store, home } = await aStore()
    const path = join(home, 'models/private')
    await writeFile(path, 'mine', { mode: 0o000 })
    const { dev, ino } = await stat(path, { bigint: true })
    const pool = { hash: async () => [{ kind: 'unreadable', errno: 'EACCES' } as const] }
    const place = { path, isBlob: false, sha256: undefined, artifact: undefined, inside: '' }
    const entry = {
      path,
      dev,
      ino,
      size: 4n,
      mtimeNs: 1n,
      ctimeNs: 1n,
      nlink: 1n,
      blocks: 8n,
      kind: 'file',
    } as const
    const hashed = { rest() {}, of: () => ({ kind: 'unreadable', errno: 'EACCES' }) as const }
    const checker = new FileChecker({ store, pool, reporter: aReporter() })
    const found = await checker.check([{ entry, first: place, others: [] }], hashed)
    expect(found.map(({ state }) => state)).toEqual(['foreign'])
    expect((await stat(path)).mode & 0o777).toBe(0)
  })
})

describe('the way to quarantine', () => {
  it.each(['tokenizer', ''])('does not go through a link (%s)', async (linked) => {
    const { store } = await aStore()
    const path = await inPlace(store, { files: TWO_FILES })
    const outside = await aFolder()
    await rename(join(path, linked), join(outside, 'moved'))
    await symlink(join(outside, 'moved'), join(path, linked))
    const file = join(path, 'tokenizer/vocab.json')
    const { dev, ino } = await stat(file, { bigint: true })
    await chmod(file, 0o000)
    expect(await store.makeReadable(file)).toBe(false)
    expect(await store.takeAway({ dev, ino, path: file, sha256: sha256Of('{}') })).toBeUndefined()
    expect((await stat(file)).mode & 0o777).toBe(0)
  })

  it('goes where the folder of models itself is a link', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store)
    const elsewhere = join(await aFolder(), 'models')
    await rename(join(home, 'models'), elsewhere)
    await symlink(elsewhere, join(home, 'models'))
    const { dev, ino } = await stat(join(path, 'model.gguf'), { bigint: true })
    const sha256 = sha256Of('the weights')
    expect(await store.takeAway({ dev, ino, path: join(path, 'model.gguf'), sha256 })).toContain(sha256)
  })
})
