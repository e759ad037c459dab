import { chmod, mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aFolderWith, anArtifact, aStore, filesIn, TWO_FILES } from '../support/store.ts'

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
