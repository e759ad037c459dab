import { link, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Promotable } from '../../src/store/index.ts'
import { sha256Of } from '../support/digest.ts'
import {
  aFolder,
  aFolderElsewhere,
  anArtifact,
  aStore,
  blobPathIn,
  filesIn,
  type StoreAtHand,
} from '../support/store.ts'

const OLD = { 'model.gguf': 'the old weights', 'tokenizer/vocab.json': '{}' }
const NEW = { 'model.gguf': 'the new weights' }
const ADAPTER = { kind: 'adapter', name: 'coder', asFolder: false } as const

/** A store in which an earlier run, which has ended, put something. */
async function used(
  sketch: Parameters<typeof anArtifact>[1] = { files: OLD },
  moved = {},
): Promise<StoreAtHand> {
  const earlier = await aStore(moved)
  await earlier.store.promote(await anArtifact(earlier.store, sketch))
  await earlier.store.close()
  return await aStore({ ...moved, home: earlier.home })
}

async function modelsOf(home: string): Promise<Record<string, string>> {
  const files = Object.entries(await filesIn(join(home, 'models')))
  return Object.fromEntries(files.filter(([path]) => !path.startsWith('.r3mes-')))
}

function besideName({ name, digest }: Promotable): string {
  return `${name}@${digest.slice(0, 12)}`
}

describe('what this store put in place and nobody uses', () => {
  it('makes room for other content of that name, and is gone when the store is closed', async () => {
    const { store, home } = await used()
    const promotion = await store.promote(await anArtifact(store, { files: NEW }))
    expect(promotion).toMatchObject({ path: join(home, 'models/v1.0.0'), change: 'replaced' })
    expect(await modelsOf(home)).toEqual({ 'v1.0.0/model.gguf': 'the new weights' })
    await store.close()
    expect(await readdir(join(home, 'models'))).toEqual(['v1.0.0'])
  })

  it('makes room when it is one file', async () => {
    const { store, home } = await used({ ...ADAPTER, files: { 'a.bin': 'old' } })
    const promotion = await store.promote(await anArtifact(store, { ...ADAPTER, files: { 'b.bin': 'new' } }))
    expect(promotion.change).toBe('replaced')
    await store.close()
    expect(await filesIn(join(home, 'adapters'))).toEqual({ 'coder.bin': 'new' })
  })

  it.each([
    ['a folder', { files: OLD }, { files: NEW }],
    ['a file', { ...ADAPTER, files: { 'a.bin': 'old' } }, { ...ADAPTER, files: { 'b.bin': 'new' } }],
  ])('comes back when the run is taken back: %s', async (_name, before, after) => {
    const { store, home } = await used(before)
    const seen = async () => ({ ...(await modelsOf(home)), ...(await filesIn(join(home, 'adapters'))) })
    const there = await seen()
    const promotion = await store.promote(await anArtifact(store, after))
    expect(promotion.change).toBe('replaced')
    expect(await seen()).not.toEqual(there)
    await promotion.undo()
    expect(await seen()).toEqual(there)
    await store.close()
    expect(await seen()).toEqual(there)
  })

  it('makes room when it was copied, for the usage index knows its digests', async () => {
    const modelDir = await aFolderElsewhere()
    const earlier = await aStore({ modelDir })
    const old = await anArtifact(earlier.store, { files: OLD })
    const { path } = await earlier.store.promote(old)
    expect((await stat(join(path, 'model.gguf'))).nlink).toBe(1)
    const files = old.files.map((each) => ({
      path: each.path,
      sha256: each.file.sha256,
      size: each.file.size,
    }))
    await earlier.store.usage.noteUse([
      {
        kind: 'model',
        path,
        isFolder: true,
        digest: `manifest:${old.digest}`,
        version: '1.0.0',
        url: undefined,
        files,
        approvedAtHeight: 1n,
        chainId: 'chain',
        usedBy: undefined,
        downloaded: true,
        at: new Date(),
      },
    ])
    await earlier.store.close()
    const { store } = await aStore({ home: earlier.home, modelDir })
    expect((await store.promote(await anArtifact(store, { files: NEW }))).change).toBe('replaced')
  })

  it('is not known as ours when it was copied and nothing was recorded', async () => {
    const { store } = await used({ files: OLD }, { modelDir: await aFolderElsewhere() })
    expect((await store.promote(await anArtifact(store, { files: NEW }))).change).toBe('beside')
  })

  it('is kept for people to find when somebody worked in it after it made room', async () => {
    const { store, home } = await used()
    await store.promote(await anArtifact(store, { files: NEW }))
    const hidden = (await readdir(join(home, 'models'))).find((name) => name.startsWith('.r3mes-')) ?? ''
    await writeFile(join(home, 'models', hidden, 'results.csv'), 'mine')
    await store.close()
    const [kept] = (await readdir(join(home, 'models'))).filter((name) => name !== 'v1.0.0')
    expect(kept).toMatch(/^v1\.0\.0\.found-[0-9a-f]{8}$/)
    expect(await filesIn(join(home, 'models', kept ?? ''))).toMatchObject({ 'results.csv': 'mine' })
  })
})

describe('what is in the way', () => {
  it('stays as long as another session uses it, and makes room when that has ended', async () => {
    const { store, home } = await used()
    const other = await aStore({ home })
    const path = join(home, 'models/v1.0.0')
    await other.store.leases.use({ artifacts: [path] })
    const wanted = await anArtifact(store, { files: NEW })
    expect(await store.promote(wanted)).toMatchObject({ change: 'beside' })
    expect(await modelsOf(home)).toMatchObject({ 'v1.0.0/model.gguf': 'the old weights' })
    await other.store.close()
    expect(await store.promote(wanted)).toMatchObject({ path, change: 'replaced' })
  })

  it('stays as long as a job uses it', async () => {
    const { store, home } = await used()
    const job = await aStore({ home })
    await job.store.leases.use({ artifacts: [join(home, 'models/v1.0.0')] })
    const names = { workflow: 'train', job: 'gpu', run: '1' }
    const id = (await job.store.leases.keepForJob({ ...names, pid: process.pid })) ?? ''
    await job.store.close()
    const wanted = await anArtifact(store, { files: NEW })
    expect((await store.promote(wanted)).change).toBe('beside')
    expect(await store.leases.release(id)).toBe(true)
    expect((await store.promote(wanted)).change).toBe('replaced')
  })

  const foreign: [string, (folder: string, home: string) => Promise<unknown>][] = [
    ['a foreign file in it', (folder) => writeFile(join(folder, 'notes.txt'), 'mine')],
    ['a foreign folder in it', (folder) => mkdir(join(folder, 'checkpoints'))],
    [
      'a file of other bytes in the place of one of ours',
      async (folder) => {
        await rm(join(folder, 'model.gguf'))
        await writeFile(join(folder, 'model.gguf'), 'mine')
      },
    ],
    [
      'a hard link to a foreign file in the place of one of ours',
      async (folder, home) => {
        await writeFile(join(home, 'mine'), 'mine')
        await rm(join(folder, 'model.gguf'))
        await link(join(home, 'mine'), join(folder, 'model.gguf'))
      },
    ],
  ]
  it.each(foreign)('stays with %s', async (_name, change) => {
    const { store, home } = await used()
    const folder = join(home, 'models/v1.0.0')
    await change(folder, await aFolder())
    const before = await filesIn(folder)
    const wanted = await anArtifact(store, { files: NEW })
    expect(await store.promote(wanted)).toMatchObject({
      path: join(home, 'models', besideName(wanted)),
      change: 'beside',
    })
    await store.close()
    expect(await filesIn(folder)).toEqual(before)
  })

  it('stays when its blobs are gone, for nothing proves that it is ours', async () => {
    const { store, home } = await used()
    await rm(blobPathIn(home, sha256Of(OLD['model.gguf'])))
    expect((await store.promote(await anArtifact(store, { files: NEW }))).change).toBe('beside')
  })
})
