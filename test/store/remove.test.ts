import { chmod, link, mkdir, readdir, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../src/store/layout.ts'
import type { FoundArtifact } from '../../src/store/remove.ts'
import { type Remover, removerOf } from '../../src/store/remover.ts'
import { stagingPath } from '../../src/store/staging.ts'
import { walkArtifact } from '../../src/store/walk.ts'
import { allOf } from '../support/all-of.ts'
import { sha256Of } from '../support/digest.ts'
import { aFolderElsewhere, anArtifact, aStore, blobPathIn, filesIn, TWO_FILES } from '../support/store.ts'

interface World {
  readonly remover: Remover
  /** What is in use: digests and paths. */
  readonly used: Set<string>
  /** Runs when the lock is held, right before anything is looked at again. */
  between: () => Promise<void>
}

/** A remover of a store, in a world where this test says who uses what. */
function aRemover(home: string, options: { readonly modelDir?: string } = {}): World {
  const used = new Set<string>()
  const world: { between: () => Promise<void> } = { between: async () => {} }
  const remover = removerOf(
    {
      layout: layoutOf(home, options),
      leases: {
        async exclusively(work) {
          await world.between()
          return await work({ isUsed: (each) => used.has(each) })
        },
      },
      hiddenIn: (folder) => stagingPath(folder),
    },
    async () => true,
  )
  return Object.assign(world, { remover, used })
}

async function find(path: string): Promise<FoundArtifact> {
  const batches = await allOf(walkArtifact('model', path))
  return { kind: 'model', path, entries: batches.flat() }
}

function digestOf(files: Readonly<Record<string, string>>) {
  return (inside: string) => {
    const content = files[inside]
    return content === undefined ? undefined : sha256Of(content)
  }
}

const identityOf = async (path: string) => await stat(path, { bigint: true })

describe('an artifact', () => {
  it('goes whole, and its blobs stay', async () => {
    const { store, home } = await aStore()
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    const { remover } = aRemover(home)
    const removal = await remover.artifact(await find(path), digestOf(TWO_FILES))
    // The bytes are still there under the names of the blobs.
    expect(removal).toEqual({ outcome: 'removed', bytes: 0 })
    expect(await readdir(dirname(path))).toEqual([])
    expect(Object.keys(await filesIn(join(home, 'blobs')))).toHaveLength(2)
  })

  it('stays while somebody uses it', async () => {
    const { store, home } = await aStore()
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    const { remover, used } = aRemover(home)
    used.add(path)
    expect(await remover.artifact(await find(path), digestOf(TWO_FILES))).toEqual({ outcome: 'used' })
    expect(await filesIn(path)).toEqual(TWO_FILES)
  })

  it.each([
    ['a file of somebody else', (path: string) => writeFile(join(path, 'notes.txt'), 'mine')],
    ['another file in the place of one', replaceOne],
    [
      'a folder of somebody else',
      (path: string) => mkdir(join(path, 'more')).then(() => writeFile(join(path, 'more/a'), '')),
    ],
  ])('stays whole when %s came between the look and the removal', async (_what, change) => {
    const { store, home } = await aStore()
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    const world = aRemover(home)
    const found = await find(path)
    world.between = () => change(path)
    expect(await world.remover.artifact(found, digestOf(TWO_FILES))).toEqual({ outcome: 'changed' })
    expect(Object.keys(await filesIn(path))).toEqual(expect.arrayContaining(Object.keys(TWO_FILES)))
  })

  it('stays when its bytes are not those of its digest and no blob is behind it', async () => {
    const { home } = await aStore()
    const path = join(home, 'models', 'v1.0.0')
    await mkdir(path)
    await writeFile(join(path, 'model.gguf'), 'something of mine')
    const { remover } = aRemover(home)
    const claimed = digestOf({ 'model.gguf': 'the weights' })
    expect(await remover.artifact(await find(path), claimed)).toEqual({ outcome: 'changed' })
    expect(await remover.artifact(await find(path), () => undefined)).toEqual({ outcome: 'changed' })
    expect(await filesIn(path)).toEqual({ 'model.gguf': 'something of mine' })
  })

  it('of copies goes when its bytes are right, and frees them', async () => {
    const modelDir = join(await aFolderElsewhere(), 'models')
    const { store, home } = await aStore({ modelDir })
    const { path } = await store.promote(
      await anArtifact(store, { files: { 'model.gguf': 'x'.repeat(100_000) } }),
    )
    const { remover } = aRemover(home, { modelDir })
    const allocated = (await stat(join(path, 'model.gguf'))).blocks * 512
    const removal = await remover.artifact(await find(path), digestOf({ 'model.gguf': 'x'.repeat(100_000) }))
    expect(removal).toEqual({ outcome: 'removed', bytes: allocated })
    expect(allocated).toBeGreaterThan(0)
    expect(await readdir(modelDir)).toEqual([])
  })

  it('that is gone already is not there to be removed', async () => {
    const { store, home } = await aStore()
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    const world = aRemover(home)
    const found = await find(path)
    world.between = () => rename(path, `${path}-elsewhere`)
    expect(await world.remover.artifact(found, digestOf(TWO_FILES))).toEqual({ outcome: 'changed' })
  })
})

/** The way a user puts another file in the place of one of ours. */
async function replaceOne(path: string): Promise<void> {
  await writeFile(join(path, 'new'), 'the weights of mine')
  await rename(join(path, 'new'), join(path, 'model.gguf'))
}

describe('a blob', () => {
  async function aBlobAlone() {
    const { store, home } = await aStore()
    const [file] = (await anArtifact(store, { files: { a: 'x'.repeat(50_000) } })).files
    const sha256 = file?.file.sha256 ?? sha256Of('')
    return { home, sha256, path: blobPathIn(home, sha256), ...aRemover(home) }
  }

  it('goes and frees what it takes on the disk', async () => {
    const { home, sha256, path, remover } = await aBlobAlone()
    const { blocks } = await stat(path)
    const removal = await remover.blob(sha256, await identityOf(path))
    expect(removal).toEqual({ outcome: 'removed', bytes: blocks * 512 })
    expect(await filesIn(join(home, 'blobs'))).toEqual({})
  })

  it('takes along when it was checked, which nobody asks for any more', async () => {
    const { home, sha256, path, remover } = await aBlobAlone()
    const [record, other] = [sha256, sha256Of('another')].map((digest) =>
      join(home, 'cache', 'checks', digest.slice(0, 2), `${digest}.json`),
    )
    for (const each of [record, other]) {
      await mkdir(dirname(each ?? ''), { recursive: true })
      await writeFile(each ?? '', '{}')
    }
    await remover.blob(sha256, await identityOf(path))
    expect(
      Object.keys(await filesIn(join(home, 'cache', 'checks'))).map((inside) => basename(inside)),
    ).toEqual([basename(other ?? '')])
  })

  it('stays while somebody uses it', async () => {
    const { sha256, path, remover, used } = await aBlobAlone()
    used.add(sha256)
    expect(await remover.blob(sha256, await identityOf(path))).toEqual({ outcome: 'used' })
    expect((await stat(path)).isFile()).toBe(true)
  })

  it('stays when it got another name since it was looked at', async () => {
    const { home, sha256, path, remover } = await aBlobAlone()
    const found = await identityOf(path)
    await link(path, join(home, 'models', 'one.gguf'))
    expect(await remover.blob(sha256, found)).toEqual({ outcome: 'changed' })
    expect((await stat(path)).isFile()).toBe(true)
  })

  it('stays when it is another file by now', async () => {
    const { sha256, path, remover } = await aBlobAlone()
    const found = await identityOf(path)
    await chmod(path, 0o644)
    await utimes(path, 1, 1)
    expect(await remover.blob(sha256, found)).toEqual({ outcome: 'changed' })
    expect((await stat(path)).isFile()).toBe(true)
  })
})

describe('what stays behind', () => {
  it('is found by its kind and removed with the bytes that it frees', async () => {
    const { store, home } = await aStore()
    const receipt = await store.writeCacheFile('receipts/one.json', '{}')
    await writeFile(join(home, 'cache', 'receipts', 'notes.txt'), 'mine')
    const partial = store.partialPath(sha256Of('a'))
    await writeFile(partial, 'half')
    await writeFile(`${partial}.journal`, '{}')
    await writeFile(join(home, 'blobs', 'quarantine', 'bad'), 'bytes')
    const { remover } = aRemover(home)
    const found = await Promise.all(
      (['receipt', 'partial', 'quarantine'] as const).map((kind) => allOf(remover.remains(kind))),
    )
    expect(found.map((some) => some.map(({ entry }) => entry.path))).toEqual([
      [receipt],
      [partial],
      [join(home, 'blobs', 'quarantine', 'bad')],
    ])
    for (const remain of found.flat()) expect(await remover.remain(remain)).toBeGreaterThan(0)
    expect(await filesIn(join(home, 'cache'))).toEqual({ 'receipts/notes.txt': 'mine' })
    expect(await filesIn(join(home, 'partials'))).toEqual({})
    expect(await filesIn(join(home, 'blobs'))).toEqual({})
  })

  it('is left alone when it changed, and when a damaged artifact is a link of it', async () => {
    const { home, store } = await aStore()
    await store.writeCacheFile('receipts/one.json', '{}')
    const bad = join(home, 'blobs', 'quarantine', 'bad')
    await writeFile(bad, 'bytes')
    await link(bad, join(home, 'models', 'damaged.gguf'))
    const { remover } = aRemover(home)
    const [receipt] = await allOf(remover.remains('receipt'))
    const [kept] = await allOf(remover.remains('quarantine'))
    if (receipt === undefined || kept === undefined) throw new Error('nothing was found')
    await writeFile(receipt.entry.path, '{"other": true}')
    expect(await remover.remain(receipt)).toBeUndefined()
    expect(await remover.remain(kept)).toBeUndefined()
    expect((await stat(bad)).isFile()).toBe(true)
  })
})
