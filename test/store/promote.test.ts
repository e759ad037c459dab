import { chmod, link, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SafePath, VerifiedFile } from '../../src/core/index.ts'
import { aFolder, anArtifact, aPartial, aStore, filesIn, scribble } from '../support/store.ts'

const TWO_FILES = { 'model.gguf': 'the weights', 'tokenizer/vocab.json': '{}' }

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

describe('a path that holds other content', () => {
  const occupations: [string, (path: string) => Promise<unknown>][] = [
    ['other bytes under the same name', (path) => aFolderWith(path, { 'model.gguf': 'not weights' })],
    ['bytes of the same length', (path) => aFolderWith(path, { 'model.gguf': 'THE WEIGHTS' })],
    ['a file more', (path) => aFolderWith(path, { 'model.gguf': 'the weights', 'notes.txt': 'mine' })],
    ['a hidden file more', (path) => aFolderWith(path, { 'model.gguf': 'the weights', '.r3mes': 'mine' })],
    ['a foreign file alone', (path) => aFolderWith(path, { 'notes.txt': 'mine' })],
    ['an empty file', (path) => aFolderWith(path, { 'model.gguf': '' })],
    ['a folder more', (path) => mkdir(join(path, 'checkpoints'), { recursive: true })],
    ['a folder in the place of the file', (path) => mkdir(join(path, 'model.gguf'), { recursive: true })],
    ['a file in the place of the folder', (path) => writeFile(path, 'mine')],
  ]

  it.each(occupations)('is left alone: %s', async (_name, occupy) => {
    const { store, home } = await aStore()
    const artifact = await anArtifact(store)
    await occupy(join(home, 'models', 'v1.0.0'))
    const before = await filesIn(join(home, 'models'))

    const promotion = await store.promote(artifact)

    const beside = `v1.0.0@${artifact.digest.slice(0, 12)}`
    expect(promotion).toMatchObject({ path: join(home, 'models', beside), change: 'beside' })
    expect(await filesIn(join(home, 'models'))).toEqual({
      ...before,
      [`${beside}/model.gguf`]: 'the weights',
    })
    expect(await store.promote(artifact)).toMatchObject({ path: promotion.path, change: 'unchanged' })
  })

  it('is left alone when it is a symlink, to whatever it leads', async () => {
    const { store, home } = await aStore()
    const elsewhere = await aFolder()
    await writeFile(join(elsewhere, 'model.gguf'), 'the weights')
    await symlink(elsewhere, join(home, 'models', 'v1.0.0'))
    await symlink(join(elsewhere, 'nowhere'), join(home, 'models', 'v2.0.0'))
    expect((await store.promote(await anArtifact(store))).change).toBe('beside')
    expect((await store.promote(await anArtifact(store, { name: 'v2.0.0' }))).change).toBe('beside')
    expect(await filesIn(elsewhere)).toEqual({ 'model.gguf': 'the weights' })
  })

  it('is left alone when a file in it is a symlink to the right bytes', async () => {
    const { store, home } = await aStore()
    const artifact = await anArtifact(store)
    await mkdir(join(home, 'models', 'v1.0.0'))
    await symlink(String(artifact.files[0]?.file.path), join(home, 'models', 'v1.0.0', 'model.gguf'))
    expect((await store.promote(artifact)).change).toBe('beside')
  })

  it('keeps the extension beside, when the artifact is one file', async () => {
    const { store, home } = await aStore()
    await writeFile(join(home, 'adapters', 'coder.bin'), 'mine')
    const sketch = { kind: 'adapter', name: 'coder', asFolder: false, files: { 'a.bin': 'coder' } } as const
    const artifact = await anArtifact(store, sketch)
    const promotion = await store.promote(artifact)
    const beside = `coder@${artifact.digest.slice(0, 12)}.bin`
    expect(promotion).toMatchObject({ path: join(home, 'adapters', beside), change: 'beside' })
    expect(await filesIn(join(home, 'adapters'))).toEqual({ 'coder.bin': 'mine', [beside]: 'coder' })
  })

  it('is asked again by the next run: a path that became free is used', async () => {
    const { store, home } = await aStore()
    await writeFile(join(home, 'models', 'v1.0.0'), 'mine')
    await store.promote(await anArtifact(store))
    await rm(join(home, 'models', 'v1.0.0'))
    expect((await store.promote(await anArtifact(store))).change).toBe('created')
  })
})

describe('taking a promotion back', () => {
  it('removes a new folder and keeps its blobs', async () => {
    const { store, home } = await aStore()
    const artifact = await anArtifact(store, { files: TWO_FILES })
    const promotion = await store.promote(artifact)
    await promotion.undo()
    expect(await filesIn(join(home, 'models'))).toEqual({})
    await promotion.undo()
    for (const { file } of artifact.files) expect(await store.find(file.sha256)).toEqual(file)
  })

  it('removes what was put beside, and only that', async () => {
    const { store, home } = await aStore()
    await aFolderWith(join(home, 'models', 'v1.0.0'), { mine: 'mine' })
    const promotion = await store.promote(await anArtifact(store))
    await promotion.undo()
    expect(await filesIn(join(home, 'models'))).toEqual({ 'v1.0.0/mine': 'mine' })
  })

  it('leaves alone what was there before', async () => {
    const { store } = await aStore()
    const { path } = await store.promote(await anArtifact(store))
    await (await store.promote(await anArtifact(store))).undo()
    expect(await filesIn(path)).toEqual({ 'model.gguf': 'the weights' })
  })

  it('leaves alone what was put there since', async () => {
    const { store, home } = await aStore()
    const promotion = await store.promote(await anArtifact(store))
    await rename(promotion.path, join(home, 'models', 'moved'))
    await aFolderWith(promotion.path, { mine: 'mine' })
    await promotion.undo()
    expect(await filesIn(promotion.path)).toEqual({ mine: 'mine' })
  })

  it('gives an empty folder back as it was', async () => {
    const { store, home } = await aStore()
    const path = join(home, 'models', 'v1.0.0')
    await mkdir(path)
    await chmod(path, 0o750)
    await (await store.promote(await anArtifact(store))).undo()
    expect(await filesIn(path)).toEqual({})
    expect((await stat(path)).mode & 0o777).toBe(0o750)
  })
})

describe('a damaged artifact', () => {
  it('is repaired in its place when its file is a hard link of the damaged blob', async () => {
    const { store, home } = await aStore()
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    await scribble(join(path, 'model.gguf'), 'scribbled')

    const promotion = await store.promote(await anArtifact(store, { files: TWO_FILES }))

    expect(promotion).toMatchObject({ path, change: 'repaired' })
    expect(await filesIn(join(home, 'models'))).toEqual({
      'v1.0.0/model.gguf': 'the weights',
      'v1.0.0/tokenizer/vocab.json': '{}',
    })
    await promotion.undo()
    expect(await readFile(join(path, 'model.gguf'), 'utf8')).toBe('the weights')
  })

  it('is repaired by a later process than the one that found the damage', async () => {
    const { store, home } = await aStore()
    const artifact = await anArtifact(store)
    const { path } = await store.promote(artifact)
    await scribble(join(path, 'model.gguf'), '')
    for (const { file } of artifact.files) expect(await store.find(file.sha256)).toBeUndefined()
    const { store: later } = await aStore({ home })
    expect(await later.promote(await anArtifact(later))).toMatchObject({ path, change: 'repaired' })
  })

  it('gets back files and folders that were deleted', async () => {
    const { store } = await aStore()
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    await rm(join(path, 'tokenizer'), { recursive: true })
    const promotion = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    expect(promotion).toMatchObject({ path, change: 'repaired' })
    expect(await filesIn(path)).toEqual(TWO_FILES)
  })

  it('is repaired when it is one file', async () => {
    const { store } = await aStore()
    const sketch = { kind: 'adapter', name: 'coder', asFolder: false } as const
    const { path } = await store.promote(await anArtifact(store, sketch))
    await scribble(path, 'scribbled')
    expect(await store.promote(await anArtifact(store, sketch))).toMatchObject({ path, change: 'repaired' })
    expect(await readFile(path, 'utf8')).toBe('the weights')
  })

  it('lets who has the damaged file open read on', async () => {
    const { store, home } = await aStore()
    const { path } = await store.promote(await anArtifact(store))
    await scribble(join(path, 'model.gguf'), 'scribbled')
    await link(join(path, 'model.gguf'), join(home, 'still-open'))
    await store.promote(await anArtifact(store))
    expect(await readFile(join(home, 'still-open'), 'utf8')).toBe('scribbled')
  })

  it('is not touched when a foreign file lies in it', async () => {
    const { store } = await aStore()
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    await scribble(join(path, 'model.gguf'), 'scribbled')
    await writeFile(join(path, 'notes.txt'), 'mine')
    expect((await store.promote(await anArtifact(store, { files: TWO_FILES }))).change).toBe('beside')
    expect(await filesIn(path)).toEqual({
      'model.gguf': 'scribbled',
      'notes.txt': 'mine',
      'tokenizer/vocab.json': '{}',
    })
  })

  it('is not touched when its file was replaced by another: that may be another version', async () => {
    const { store } = await aStore()
    const { path } = await store.promote(await anArtifact(store))
    await rm(join(path, 'model.gguf'))
    await writeFile(join(path, 'model.gguf'), 'other weights')
    expect((await store.promote(await anArtifact(store))).change).toBe('beside')
    expect(await filesIn(path)).toEqual({ 'model.gguf': 'other weights' })
  })

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['other bytes', (path) => scribble(join(path, 'model.gguf'), 'scribbled')],
    ['a foreign file', (path) => writeFile(join(path, 'notes.txt'), 'foreign')],
    ['a missing file', (path) => rm(join(path, 'model.gguf'))],
    ['a file instead', (path) => rm(path, { recursive: true }).then(() => writeFile(path, 'foreign'))],
    ['a symlink instead', (path) => rm(path, { recursive: true }).then(() => symlink('/', path))],
  ])('is made right beside, where its name carries the digest: %s', async (_name, damage) => {
    const { store, home } = await aStore()
    await writeFile(join(home, 'models', 'v1.0.0'), 'mine')
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    await damage(path)
    const promotion = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    expect(promotion).toMatchObject({ path, change: 'repaired' })
    expect(await filesIn(path)).toEqual(TWO_FILES)
    expect(await readFile(join(home, 'models', 'v1.0.0'), 'utf8')).toBe('mine')
  })
})

async function aFolderWith(path: string, files: Record<string, string>): Promise<void> {
  await mkdir(path)
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes)
}
