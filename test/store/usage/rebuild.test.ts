import { writeFileSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256Of } from '../../support/digest.ts'
import { anArtifact, aStore } from '../../support/store.ts'
import { allOf, aUse, readRegistry, registryPath } from '../../support/usage.ts'

interface Sketch {
  readonly at: string
  readonly from?: string
  readonly success?: boolean
}

/** A receipt of a run that put `models/v1.0.0` in place. */
async function aReceipt(home: string, { at, from = 'store', success = true }: Sketch): Promise<void> {
  const sha256 = sha256Of('the weights')
  const files = [
    { path: 'model.gguf', sha256, size: 11, from, url: 'https://example.org/model', milliseconds: 3 },
  ]
  const path = join(home, 'models/v1.0.0')
  const artifact = { kind: 'model', id: '1.0.0', version: '1.0.0', digest: `sha256:${sha256}`, path, files }
  const receipt = {
    version: 1,
    finishedAt: at,
    success,
    chain: { id: 'remes-test-1' },
    artifacts: [
      { ...artifact, approvedAtHeight: '77' },
      { ...artifact, path: '/etc/passwd' },
      { ...artifact, kind: 'shell', path: join(home, 'shell') },
    ],
  }
  await mkdir(join(home, 'cache/receipts'), { recursive: true })
  const name = `${at.replaceAll(/[-:.]/g, '')}-0.json`
  await writeFile(join(home, 'cache/receipts', name), JSON.stringify(receipt))
}

describe('an index that is missing', () => {
  it('is made although a folder holds more files than a call takes arguments', async () => {
    const { store, home, reporter } = await aStore()
    const folder = join(home, 'datasets/many')
    await mkdir(folder)
    for (let number = 0; number < 130_000; number += 1) writeFileSync(join(folder, `${number}`), '')
    expect(await allOf(store.usage)).toMatchObject([{ name: 'many', fileSize: 0 }])
    expect(reporter.lines).toEqual([])
  }, 60_000)

  it('is made from the folders: digests are those of the blobs that the files are links of', async () => {
    const { store, home, reporter } = await aStore()
    await store.promote(await anArtifact(store))
    await store.promote(
      await anArtifact(store, { kind: 'adapter', name: 'a.b', asFolder: false, files: { 'x.gguf': 'x' } }),
    )
    await mkdir(join(home, 'models/.r3mes-0-1-2'))
    await writeFile(join(home, 'models/.r3mes-0-1-2/a'), 'hidden')
    const [model, adapter] = await allOf(store.usage)
    expect(model).toMatchObject({
      name: 'v1.0.0',
      path: join(home, 'models/v1.0.0'),
      hash: sha256Of('the weights'),
      fileSize: 11,
      usageCount: 0,
      files: [{ path: 'model.gguf', sha256: sha256Of('the weights'), size: 11 }],
    })
    expect(model?.lastUsed).toBeCloseTo(Date.now() / 1000, -2)
    expect(adapter).toMatchObject({ name: 'a.b', path: join(home, 'adapters/a.b.gguf'), hash: sha256Of('x') })
    expect(Object.keys((await readRegistry(home))['models'] ?? {})).toEqual(['v1.0.0'])
    expect(reporter.lines).toEqual([])
  })

  it('counts the uses that receipts tell of, and no failed run, no garbage, nothing elsewhere', async () => {
    const { store, home } = await aStore()
    await store.promote(await anArtifact(store))
    await aReceipt(home, { at: '2026-01-01T00:00:00.000Z', from: 'http' })
    await aReceipt(home, { at: '2026-01-02T00:00:00.000Z' })
    await aReceipt(home, { at: '2026-01-03T00:00:00.000Z' })
    await aReceipt(home, { at: '2026-01-04T00:00:00.000Z', success: false })
    await writeFile(join(home, 'cache/receipts/z.json'), 'no json')
    await writeFile(
      join(home, 'cache/receipts/y.json'),
      '{"success": true, "finishedAt": 5, "artifacts": [1]}',
    )
    await mkdir(join(home, 'cache/receipts/x.json'))
    expect(await allOf(store.usage)).toMatchObject([
      {
        name: 'v1.0.0',
        usageCount: 3,
        downloadedAt: Date.UTC(2026, 0, 1) / 1000,
        lastUsed: Date.UTC(2026, 0, 3) / 1000,
        approvedAtHeight: 77n,
        chainId: 'remes-test-1',
        url: 'https://example.org/model',
      },
    ])
  })

  it('counts the use that found it missing', async () => {
    const { store, home } = await aStore()
    const { path } = await store.promote(await anArtifact(store))
    await aReceipt(home, { at: '2026-01-01T00:00:00.000Z' })
    const digest = `sha256:${sha256Of('the weights')}`
    await store.usage.noteUse([aUse(home, 'v1.0.0', { kind: 'model', path, isFolder: true, digest })])
    expect(await store.usage.lookUp('models', 'v1.0.0')).toMatchObject({ usageCount: 2 })
  })

  it('comes back when the whole cache folder was deleted', async () => {
    const { store, home, reporter } = await aStore()
    await store.promote(await anArtifact(store))
    await store.usage.noteUse([aUse(home, 'coder')])
    await rm(join(home, 'cache'), { recursive: true })
    await store.usage.noteUse([aUse(home, 'coder')])
    expect((await allOf(store.usage)).map(({ name }) => name)).toEqual(['v1.0.0', 'coder'])
    expect(reporter.lines).toEqual([])
  })
})

describe('rebuilding', () => {
  it('keeps aside what was there, and says what the store holds', async () => {
    const { store, home } = await aStore()
    await store.promote(await anArtifact(store))
    await store.usage.noteUse([aUse(home, 'gone')])
    await store.usage.rebuild()
    expect((await allOf(store.usage)).map(({ name }) => name)).toEqual(['v1.0.0'])
    expect((await readdir(join(home, 'cache'))).filter((name) => name.includes('.damaged-'))).toHaveLength(1)
    expect(registryPath(home)).toContain('cache_registry.json')
  })
})
