import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256Of } from '../../support/digest.ts'
import { aStore } from '../../support/store.ts'
import { allOf, aUse, readRegistry, registryPath } from '../../support/usage.ts'

describe('a use that is noted', () => {
  it('stands in the index in the shape of the Python manager, ours beside it', async () => {
    const { store, home, reporter } = await aStore()
    const at = new Date(1_763_000_000_500)
    await store.usage.noteUse([aUse(home, 'coder', { at, downloaded: true })])
    const registry = await readRegistry(home)
    const sections = ['checkpoints', 'loras', 'embeddings', 'models', 'adapters', 'datasets']
    expect(Object.keys(registry).slice(0, 7)).toEqual([...sections, 'last_updated'])
    expect(registry['last_updated']).toBeTypeOf('number')
    expect(registry['adapters']).toEqual({
      coder: {
        url: 'https://example.org/coder',
        path: join(home, 'adapters/coder.safetensors'),
        hash: sha256Of('coder'),
        downloaded_at: 1_763_000_000.5,
        last_used: 1_763_000_000.5,
        usage_count: 1,
        file_size: 1000,
        version: '1.0.0',
        digest: `sha256:${sha256Of('coder')}`,
        files: [{ path: 'adapter.safetensors', sha256: sha256Of('coder'), size: 1000 }],
        approved_at_height: 42,
        chain_id: 'remes-test-1',
        used_by: 'somebody on a machine',
      },
    })
    expect(Object.keys(registry['adapters']?.['coder'] ?? {}).slice(0, 7)).toEqual(
      'url path hash downloaded_at last_used usage_count file_size'.split(' '),
    )
    expect(reporter.lines).toEqual([])
  })

  it('is counted, and keeps the time of the download until there is another one', async () => {
    const { store, home } = await aStore()
    const use = (at: number, downloaded: boolean) =>
      store.usage.noteUse([aUse(home, 'coder', { at: new Date(at * 1000), downloaded })])
    await use(100, true)
    await use(200, false)
    expect(await store.usage.lookUp('adapters', 'coder')).toMatchObject({
      downloadedAt: 100,
      lastUsed: 200,
      usageCount: 2,
    })
    await use(300, true)
    expect(await store.usage.lookUp('adapters', 'coder')).toMatchObject({ downloadedAt: 300, usageCount: 3 })
  })

  it('takes a clock that was set back as it is: a time that was once ahead does not stay', async () => {
    const { store, home } = await aStore()
    await store.usage.noteUse([aUse(home, 'coder', { at: new Date('2099-01-01') })])
    await store.usage.noteUse([aUse(home, 'coder', { at: new Date(5_000) })])
    expect(await store.usage.lookUp('adapters', 'coder')).toMatchObject({ lastUsed: 5, usageCount: 2 })
  })

  it('begins to count anew when the name holds other content', async () => {
    const { store, home } = await aStore()
    for (const digest of [sha256Of('old'), sha256Of('old'), sha256Of('new')]) {
      await store.usage.noteUse([aUse(home, 'coder', { digest: `sha256:${digest}` })])
    }
    expect(await store.usage.lookUp('adapters', 'coder')).toMatchObject({
      hash: sha256Of('new'),
      usageCount: 1,
    })
  })

  it.each([
    ['a model', { kind: 'model', isFolder: true }, 'models', 'v1.0.0', 'v1.0.0'],
    [
      'a dataset beside its place',
      { kind: 'dataset', isFolder: true },
      'datasets',
      'd@0123456789ab',
      'd@0123456789ab',
    ],
    ['an adapter of several files', { isFolder: true }, 'adapters', 'a.b', 'a.b'],
    ['an adapter of one file', {}, 'adapters', 'a.b.safetensors', 'a.b'],
    ['an adapter beside its place', {}, 'adapters', 'a@0123456789ab.gguf', 'a@0123456789ab'],
    ['an adapter without an extension', {}, 'adapters', 'plain', 'plain'],
  ] as const)('names %s by what stands in place', async (_what, sketch, section, base, name) => {
    const { store, home } = await aStore()
    const path = join(home, section, base)
    await store.usage.noteUse([aUse(home, 'x', { ...sketch, path })])
    expect(await store.usage.lookUp(section, name)).toMatchObject({ section, name, path, usageCount: 1 })
  })

  it('keeps heights that a double cannot hold', async () => {
    const { store, home } = await aStore()
    await store.usage.noteUse([aUse(home, 'coder', { approvedAtHeight: 2n ** 63n })])
    expect(await store.usage.lookUp('adapters', 'coder')).toMatchObject({ approvedAtHeight: 2n ** 63n })
  })

  it('cannot give a command to a runner that prints the file', async () => {
    const { store, home } = await aStore()
    const url = 'https://example.org/##[add-mask]x\n::set-env name=A::b'
    await store.usage.noteUse([aUse(home, 'coder', { url, usedBy: '::stop-commands::x' })])
    expect(await store.usage.lookUp('adapters', 'coder')).toMatchObject({ url, usedBy: '::stop-commands::x' })
    expect(await readFile(registryPath(home), 'utf8')).not.toMatch(/##\[|::/)
  })

  it('leaves nothing hidden behind', async () => {
    const { store, home } = await aStore()
    await store.usage.noteUse([aUse(home, 'coder')])
    expect(await readdir(join(home, 'cache'))).toEqual(['cache_registry.json'])
  })
})

describe('entries', () => {
  it('are streamed section by section, and gone once they were removed', async () => {
    const { store, home } = await aStore()
    const uses = ['b', 'a', 'c'].map((name) => aUse(home, name))
    const model = aUse(home, 'm', { kind: 'model', path: join(home, 'models/v1.0.0'), isFolder: true })
    await store.usage.noteUse([...uses, model])
    expect((await allOf(store.usage)).map(({ name }) => name)).toEqual(['v1.0.0', 'a', 'b', 'c'])
    await store.usage.remove([
      { section: 'adapters', name: 'c' },
      { section: 'adapters', name: 'nobody' },
    ])
    expect((await allOf(store.usage)).map(({ name }) => name)).toEqual(['v1.0.0', 'a', 'b'])
    expect(await store.usage.lookUp('adapters', 'c')).toBeUndefined()
  })

  it('may be left half-read', async () => {
    const { store, home } = await aStore()
    await store.usage.noteUse(['a', 'b', 'c'].map((name) => aUse(home, name)))
    for await (const { name } of store.usage.entries()) if (name === 'a') break
    await store.usage.noteUse([aUse(home, 'd')])
    expect(await allOf(store.usage)).toHaveLength(4)
  })
})

describe('reconciling with the disk', () => {
  it('forgets what is gone and adds what nobody noted', async () => {
    const { store, home, reporter } = await aStore()
    await mkdir(join(home, 'datasets/found/sub'), { recursive: true })
    await writeFile(join(home, 'datasets/found/sub/a.jsonl'), 'four')
    await writeFile(join(home, 'adapters/kept.safetensors'), 'kept')
    await store.usage.noteUse([aUse(home, 'gone'), aUse(home, 'kept')])
    await store.usage.remove([{ section: 'datasets', name: 'found' }])
    expect(await store.usage.reconcile()).toEqual({ dropped: 1, added: 1 })
    expect(await allOf(store.usage)).toMatchObject([
      { name: 'kept', usageCount: 1 },
      { name: 'found', usageCount: 0, fileSize: 4, path: join(home, 'datasets/found') },
    ])
    expect(await store.usage.reconcile()).toEqual({ dropped: 0, added: 0 })
    expect(reporter.lines).toEqual([])
  })
})
