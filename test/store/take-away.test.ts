import { copyFile, link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Condemned } from '../../src/store/index.ts'
import { sha256Of } from '../support/digest.ts'
import { aBlob, aFolderElsewhere, anArtifact, aStore, filesIn } from '../support/store.ts'

const SHA256 = sha256Of('the weights')

async function condemned(path: string): Promise<Condemned> {
  const { dev, ino } = await stat(path, { bigint: true })
  return { path, sha256: SHA256, dev, ino }
}

describe('taking a damaged file away', () => {
  it('keeps its bytes, once, however many names it has', async () => {
    const { store, home } = await aStore()
    const { path } = await store.promote(await anArtifact(store))
    const blob = await store.blobAt(SHA256)
    if (blob === undefined) throw new Error('the blob is missing')
    const file = join(path, 'model.gguf')

    const first = await store.takeAway({ ...blob, sha256: SHA256 })
    const second = await store.takeAway(await condemned(file))

    expect(second).toBe(first)
    expect(await filesIn(join(home, 'models'))).toEqual({})
    expect(Object.values(await filesIn(join(home, 'blobs')))).toEqual(['the weights'])
  })

  it('moves a copy, although the blob of that name is kept already', async () => {
    const { store, home } = await aStore()
    const { path: blob } = await aBlob(store, 'the weights')
    const copy = join(home, 'adapters/copy')
    await copyFile(blob, copy)
    await store.takeAway(await condemned(blob))
    await store.takeAway(await condemned(copy))
    expect(Object.values(await filesIn(join(home, 'blobs')))).toEqual(['the weights', 'the weights'])
    expect(await readdir(join(home, 'adapters'))).toEqual([])
  })

  it('leaves alone what has come to its path since', async () => {
    const { store, home } = await aStore()
    const { path } = await aBlob(store, 'the weights')
    const found = await condemned(path)
    await writeFile(join(home, 'repaired'), 'repaired')
    await rename(join(home, 'repaired'), path)
    expect(await store.takeAway(found)).toBeUndefined()
    expect(await readFile(path, 'utf8')).toBe('repaired')
    await rm(path)
    expect(await store.takeAway(found)).toBeUndefined()
    expect(await readdir(join(home, 'blobs/quarantine'))).toEqual([])
  })

  it('works across file systems', async () => {
    const adapterDir = await aFolderElsewhere()
    const { store, home } = await aStore({ adapterDir })
    await writeFile(join(adapterDir, 'coder'), 'rotten')
    await link(join(adapterDir, 'coder'), join(adapterDir, 'still-open'))
    const kept = await store.takeAway(await condemned(join(adapterDir, 'coder')))
    expect(await readFile(String(kept), 'utf8')).toBe('rotten')
    expect(kept).toMatch(join(home, 'blobs/quarantine', SHA256))
    expect(await filesIn(adapterDir)).toEqual({ 'still-open': 'rotten' })
  })
})
