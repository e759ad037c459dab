import { execFileSync } from 'node:child_process'
import { link, mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DiskEntry, Store } from '../../src/store/index.ts'
import { sha256Of } from '../support/digest.ts'
import { aBlob, aFolder, anArtifact, aStore, blobPathIn, TWO_FILES } from '../support/store.ts'

async function all<T extends DiskEntry>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const found: T[] = []
  for await (const batch of batches) found.push(...batch)
  return found
}

async function pathsAndKinds(store: Store): Promise<string[]> {
  const entries = await all(store.artifactEntries())
  return entries.map(({ path, kind }) => `${relative(store.home, path)} ${kind}`)
}

describe('a walk over final paths', () => {
  it('finds the files of folders and of single files, and what they belong to', async () => {
    const { store, home } = await aStore()
    const { path: model } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    const sketch = { kind: 'adapter', name: 'coder', asFolder: false } as const
    const { path: adapter } = await store.promote(await anArtifact(store, sketch))
    const found = await all(store.artifactEntries())
    expect(found.map(({ of, inside }) => [of.kind, of.path, inside])).toEqual([
      ['model', model, 'model.gguf'],
      ['model', model, 'tokenizer/vocab.json'],
      ['adapter', adapter, ''],
    ])
    const { dev, ino, size, mtimeNs } = await stat(blobPathIn(home, sha256Of('{}')), { bigint: true })
    expect(found[1]).toMatchObject({ dev, ino, size, mtimeNs, nlink: 2n, kind: 'file' })
  })

  it('follows no link, neither to a file nor to a folder', async () => {
    const { store, home } = await aStore()
    const outside = await aFolder()
    await writeFile(join(outside, 'secret'), 'x')
    await mkdir(join(home, 'models/v1.0.0'))
    await symlink(outside, join(home, 'models/v1.0.0/folder'))
    await symlink(join(outside, 'secret'), join(home, 'models/v1.0.0/file'))
    await symlink(outside, join(home, 'adapters/other'))
    execFileSync('mkfifo', [join(home, 'datasets/pipe')])
    expect((await pathsAndKinds(store)).sort()).toEqual([
      'adapters/other link',
      'datasets/pipe special',
      'models/v1.0.0/file link',
      'models/v1.0.0/folder link',
    ])
  })

  it.runIf(process.getuid?.() === 0)('walks no folder of another user', async () => {
    const { store, home } = await aStore()
    await mkdir(join(home, 'models/theirs'))
    await writeFile(join(home, 'models/theirs/file'), 'x')
    execFileSync('chown', ['12345', join(home, 'models/theirs')])
    expect(await pathsAndKinds(store)).toEqual(['models/theirs foreign'])
  })

  it('leaves out unfinished work, and names that only look like it stay', async () => {
    const { store, home } = await aStore()
    await mkdir(join(home, 'models/.r3mes-unfinished'))
    await writeFile(join(home, 'models/.r3mes-unfinished/x'), 'x')
    await mkdir(join(home, 'models/v1'))
    await writeFile(join(home, 'models/v1/.r3mes-hidden'), 'x')
    expect(await pathsAndKinds(store)).toEqual(['models/v1/.r3mes-hidden file'])
  })

  it('sees every file of a folder of thousands', async () => {
    const { store, home } = await aStore()
    await mkdir(join(home, 'datasets/many'))
    const names = Array.from({ length: 1500 }, (_, index) => `${index}`)
    await writeFile(join(home, 'first'), 'x')
    await Promise.all(names.map((name) => link(join(home, 'first'), join(home, 'datasets/many', name))))
    const found = await all(store.artifactEntries())
    expect(new Set(found.map(({ inside }) => inside))).toEqual(new Set(names))
  })
})

describe('a walk over blobs', () => {
  it('knows each by its digest, and what is none', async () => {
    const { store, home } = await aStore()
    const { sha256 } = await aBlob(store, 'bytes')
    await mkdir(join(home, 'blobs/sha256/zz'))
    await writeFile(join(home, 'blobs/sha256/zz', sha256), 'x')
    await writeFile(join(home, 'blobs/sha256', sha256), 'x')
    await symlink('/etc', join(home, 'blobs/sha256/qq'))
    const found = await all(store.blobEntries())
    expect(found.filter((entry) => entry.sha256 !== undefined).map(({ path }) => path)).toEqual([
      blobPathIn(home, sha256),
    ])
    expect(found).toHaveLength(4)
  })
})
