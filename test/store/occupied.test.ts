import { chmod, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aFolder, aFolderWith, anArtifact, aStore, filesIn } from '../support/store.ts'
import { inOwnProcess } from '../support/store-process.ts'

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

  it('keeps even its modes', async () => {
    const { store, home } = await aStore()
    const path = join(home, 'models', 'v1.0.0')
    await aFolderWith(path, { 'model.gguf': 'the weights', 'tokenizer.json': '[]' })
    await chmod(path, 0o775)
    await chmod(join(path, 'model.gguf'), 0o664)
    const files = { 'model.gguf': 'the weights', 'tokenizer.json': '{}' }
    expect((await store.promote(await anArtifact(store, { files }))).change).toBe('beside')
    expect((await stat(path)).mode & 0o777).toBe(0o775)
    expect((await stat(join(path, 'model.gguf'))).mode & 0o777).toBe(0o664)
  })

  it('is left alone when it cannot even be read', async () => {
    const folder = await aFolder()
    const home = join(folder, 'home')
    await chmod(folder, 0o777)
    const artifacts = [
      { kind: 'model', name: 'v1.0.0', asFolder: true, files: { m: 'the weights' } },
    ] as const
    // Root reads everything, so root becomes somebody else.
    const job = process.getuid?.() === 0 ? { home, artifacts, user: 12345 } : { home, artifacts }
    const first = await inOwnProcess(job)
    expect(first.report).toMatchObject({ ok: true, paths: [join(home, 'models', 'v1.0.0')] })
    await chmod(join(home, 'models', 'v1.0.0'), 0o000)
    const second = await inOwnProcess(job)
    await chmod(join(home, 'models', 'v1.0.0'), 0o755)
    expect(second.report).toMatchObject({ ok: true, paths: [expect.stringContaining('v1.0.0@')] })
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

  it('is not replaced by what another artifact has beside, whatever its file is called', async () => {
    const { store, home } = await aStore()
    const adapter = { kind: 'adapter', name: 'coder.v2', files: { 'a.bin': 'a', 'b.bin': 'b' } } as const
    const target = await anArtifact(store, adapter)
    await aFolderWith(join(home, 'adapters', 'coder.v2'), { notes: 'mine' })
    // Its own path would be the other's path beside, were the end of this name its extension.
    const file = `x.v2@${target.digest.slice(0, 12)}`
    const sly = await anArtifact(store, {
      kind: 'adapter',
      name: 'coder',
      asFolder: false,
      files: { [file]: 'sly' },
    })

    const first = await store.promote(sly)
    const second = await store.promote(target)

    expect(second.change).toBe('beside')
    expect(second.path).not.toBe(first.path)
    expect(await filesIn(join(home, 'adapters'))).toMatchObject({ coder: 'sly' })
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
