import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SafePath, VerifiedFile } from '../../src/core/index.ts'
import { aFolder, anArtifact, aPartial, aStore, filesIn, scribble, TWO_FILES } from '../support/store.ts'
import { inOwnProcess } from '../support/store-process.ts'

describe('a new artifact', () => {
  it('becomes a folder of read-only hard links', async () => {
    const { store, home } = await aStore()
    const artifact = await anArtifact(store, { files: TWO_FILES })

    const promotion = await store.promote(artifact)

    expect(promotion).toMatchObject({ path: join(home, 'models', 'v1.0.0'), change: 'created' })
    expect(await filesIn(join(home, 'models'))).toEqual({
      'v1.0.0/model.gguf': 'the weights',
      'v1.0.0/tokenizer/vocab.json': '{}',
    })
    for (const { path, file } of artifact.files) {
      const promoted = await stat(join(promotion.path, path))
      expect(promoted.mode & 0o7777).toBe(0o444)
      expect(promoted.ino).toBe((await stat(file.path)).ino)
    }
    for (const folder of ['', 'tokenizer']) {
      expect((await stat(join(promotion.path, folder))).mode & 0o022).toBe(0)
    }
  })

  it('becomes one file with the extension of its own, when it is an adapter of one file', async () => {
    const { store, home } = await aStore()
    const adapter = { kind: 'adapter', name: 'coder', asFolder: false } as const
    const coder = await anArtifact(store, { ...adapter, files: { 'weights/a.safetensors': 'coder' } })
    const bare = await anArtifact(store, { ...adapter, name: 'bare', files: { adapter: 'bare' } })
    expect((await store.promote(coder)).path).toBe(join(home, 'adapters', 'coder.safetensors'))
    expect((await store.promote(bare)).path).toBe(join(home, 'adapters', 'bare'))
    expect(await filesIn(join(home, 'adapters'))).toEqual({ 'coder.safetensors': 'coder', bare: 'bare' })
  })

  it('stands beside other kinds and other versions in one store', async () => {
    const { store, home } = await aStore()
    await store.promote(await anArtifact(store, { name: 'v1.0.0', files: { m: 'one' } }))
    await store.promote(await anArtifact(store, { name: 'v2.0.0', files: { m: 'two' } }))
    await store.promote(await anArtifact(store, { kind: 'dataset', name: 'train v1', files: { d: 'one' } }))
    expect(await filesIn(join(home, 'models'))).toEqual({ 'v1.0.0/m': 'one', 'v2.0.0/m': 'two' })
    expect(await filesIn(join(home, 'datasets'))).toEqual({ 'train v1/d': 'one' })
  })

  it('may hold the same bytes under two names', async () => {
    const { store } = await aStore()
    const { path } = await store.promote(await anArtifact(store, { files: { a: 'same', b: 'same' } }))
    expect(await filesIn(path)).toEqual({ a: 'same', b: 'same' })
  })

  it('takes the place of an empty folder', async () => {
    const { store, home } = await aStore()
    await mkdir(join(home, 'models', 'v1.0.0'))
    expect(await store.promote(await anArtifact(store))).toMatchObject({ change: 'created' })
  })

  it('is made once when two promotions of it run at the same time', async () => {
    const { store, home } = await aStore()
    const artifact = await anArtifact(store, { files: TWO_FILES })
    const file = await anArtifact(store, { kind: 'adapter', name: 'coder', asFolder: false })
    const changes = await Promise.all(
      [artifact, artifact, file, file].map(async (each) => (await store.promote(each)).change),
    )
    expect(changes.toSorted()).toEqual(['created', 'created', 'unchanged', 'unchanged'])
    expect(Object.keys(await filesIn(join(home, 'models')))).toHaveLength(2)
    expect(Object.keys(await filesIn(join(home, 'adapters')))).toEqual(['coder.gguf'])
  })
})

describe('an artifact that several processes promote at once', () => {
  it('is whole for each of them, at one path, though each brings its own bytes', async () => {
    const home = join(await aFolder(), 'home')
    const artifacts = [
      { kind: 'model', name: 'v1.0.0', asFolder: true, files: TWO_FILES },
      { kind: 'adapter', name: 'coder', asFolder: false, files: { 'c.bin': 'the coder' } },
    ] as const
    const ends = await Promise.all(Array.from({ length: 6 }, () => inOwnProcess({ home, artifacts })))
    const paths = [join(home, 'models', 'v1.0.0'), join(home, 'adapters', 'coder.bin')]
    for (const { report } of ends) expect(report).toMatchObject({ ok: true, paths })
    expect(await filesIn(join(home, 'models', 'v1.0.0'))).toEqual(TWO_FILES)
    expect(await filesIn(join(home, 'adapters'))).toEqual({ 'coder.bin': 'the coder' })
  })
})

describe('what no Verifier let through', () => {
  it('is not promoted, whatever it looks like', async () => {
    const { store, home } = await aStore()
    const artifact = await anArtifact(store)
    const forged = artifact.files.map(({ path, file }) => ({ path, file: { ...file } as VerifiedFile }))
    await expect(store.promote({ ...artifact, files: forged })).rejects.toThrow(
      'Only a file that passed a Verifier',
    )
    expect(await filesIn(join(home, 'models'))).toEqual({})
  })

  it('is not promoted from outside the blobs, even when it was verified', async () => {
    const { store, home } = await aStore()
    const partial = await aPartial(store, 'right bytes')
    const artifact = await anArtifact(store)
    const files = [{ path: 'model.gguf' as SafePath, file: partial }]
    await expect(store.promote({ ...artifact, files })).rejects.toThrow('Only blobs of this store')
    expect(await filesIn(join(home, 'models'))).toEqual({})
  })

  it('is not promoted when the blob changed after it was verified', async () => {
    const { store, home } = await aStore()
    const artifact = await anArtifact(store, { files: TWO_FILES })
    await scribble(String(artifact.files[1]?.file.path), '[]')
    await expect(store.promote(artifact)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    expect(await filesIn(join(home, 'models'))).toEqual({})
  })

  it.each([
    { a: '1', A: '2' },
    { a: '1', 'A/b': '2' },
    { 'x/a': '1', 'X/b': '2' },
  ])('is not promoted when names fall onto each other under case folding: %j', async (files) => {
    const { store, home } = await aStore()
    await expect(store.promote(await anArtifact(store, { files }))).rejects.toMatchObject({
      code: 'ID_UNSAFE',
    })
    expect(await filesIn(join(home, 'models'))).toEqual({})
  })

  it('is not promoted without files, or as one file when it has two', async () => {
    const { store } = await aStore()
    const artifact = await anArtifact(store, { files: TWO_FILES })
    await expect(store.promote({ ...artifact, files: [] })).rejects.toThrow(TypeError)
    await expect(store.promote({ ...artifact, asFolder: false })).rejects.toThrow(TypeError)
  })
})

describe('an artifact that is there already', () => {
  it('is unchanged, also for the next process, which hashes it again', async () => {
    const { store, home } = await aStore()
    await store.promote(await anArtifact(store, { files: TWO_FILES }))
    expect(await store.promote(await anArtifact(store, { files: TWO_FILES }))).toMatchObject({
      change: 'unchanged',
    })
    const { store: later } = await aStore({ home })
    const again = await later.promote(await anArtifact(later, { files: TWO_FILES }))
    expect(again).toMatchObject({ path: join(home, 'models', 'v1.0.0'), change: 'unchanged' })
  })

  it('has every byte hashed again by the next run, and hashed once: blob and file are one', async () => {
    const home = join(await aFolder(), 'home')
    const mebibytes = 8
    const files = { 'model.gguf': mebibytes * 1024 * 1024 }
    const job = { home, artifacts: [{ kind: 'model', name: 'v1.0.0', asFolder: true, files }] } as const
    await inOwnProcess(job)
    const { report } = await inOwnProcess(job)
    if (report?.ok !== true) throw new Error('The second run failed')
    expect(report.calls['read']).toBeGreaterThan(mebibytes)
    expect(report.calls['read']).toBeLessThan(2 * mebibytes)
  })

  it('is unchanged when somebody else put exactly these bytes there', async () => {
    const { store, home } = await aStore()
    await mkdir(join(home, 'models', 'v1.0.0'))
    await writeFile(join(home, 'models', 'v1.0.0', 'model.gguf'), 'the weights')
    expect((await store.promote(await anArtifact(store))).change).toBe('unchanged')
  })

  it('is closed to others again', async () => {
    const { store } = await aStore()
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    await chmod(path, 0o777)
    await chmod(join(path, 'tokenizer'), 0o775)
    await chmod(join(path, 'model.gguf'), 0o666)
    expect((await store.promote(await anArtifact(store, { files: TWO_FILES }))).change).toBe('unchanged')
    expect((await stat(path)).mode & 0o777).toBe(0o755)
    expect((await stat(join(path, 'tokenizer'))).mode & 0o777).toBe(0o755)
    expect((await stat(join(path, 'model.gguf'))).mode & 0o777).toBe(0o444)
  })
})
