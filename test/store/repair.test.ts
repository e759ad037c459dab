import { link, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anArtifact, aStore, filesIn, scribble, TWO_FILES } from '../support/store.ts'

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
