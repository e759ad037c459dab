import { execFile, spawnSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { aStore } from '../../support/store.ts'
import { aUse, logPath, readRegistry, registryPath } from '../../support/usage.ts'

const CHILD = join(import.meta.dirname, '../../support/usage-child.ts')
const run = promisify(execFile)

/** What a program does that reads the index, changes it and writes it as a whole. */
const PYTHON = `
import json, sys, time
path = sys.argv[1]
with open(path) as f: registry = json.load(f)
registry["checkpoints"]["sdxl"] = {"url": "https://example.org/sdxl", "path": "/workspace/models/checkpoints/sdxl.safetensors",
  "hash": None, "downloaded_at": time.time(), "last_used": time.time(), "usage_count": 1, "file_size": 10}
for entry in registry["adapters"].values(): entry["usage_count"] += 10
registry["last_updated"] = time.time()
with open(path, "w") as f: json.dump(registry, f, indent=2)
`

function python(home: string): void {
  const { status, stderr } = spawnSync('python3', ['-c', PYTHON, registryPath(home)], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
}

describe('several processes', () => {
  it('lose no use: 16 of them, 200 each', async () => {
    const { store, home } = await aStore()
    const names = Array.from({ length: 16 }, (_, index) => `process ${index}`)
    const flags = ['--disable-warning=ExperimentalWarning']
    const ends = await Promise.all(
      names.map((name) => run(process.execPath, [...flags, CHILD, home, name, '200'])),
    )
    expect(ends.map(({ stdout }) => stdout).join('')).toBe('')
    expect(await store.usage.lookUp('adapters', 'shared')).toMatchObject({ usageCount: 3200 })
    for (const name of names) {
      expect(await store.usage.lookUp('adapters', name)).toMatchObject({ usageCount: 200 })
    }
    expect(await store.usage.counters()).toMatchObject({ runs: 320, hits: 320 })
    expect((await store.usage.counters())?.sources['http']).toEqual({
      ok: 320,
      failed: 0,
      bytes: 3200,
      milliseconds: 320,
    })
  }, 300_000)

  it('lose no use within one process', async () => {
    const { store, home } = await aStore()
    await Promise.all(Array.from({ length: 40 }, () => store.usage.noteUse([aUse(home, 'shared')])))
    expect(await store.usage.lookUp('adapters', 'shared')).toMatchObject({ usageCount: 40 })
  })
})

describe('the Python manager', () => {
  it('may write the index in between: what it changed counts, and what it does not know stays', async () => {
    const { store, home, reporter } = await aStore()
    await store.usage.noteUse([
      aUse(home, 'coder'),
      aUse(home, 'é ##[x] 😀', { isFolder: true, path: join(home, 'adapters/é ##[x] 😀') }),
    ])
    python(home)
    expect(await store.usage.lookUp('adapters', 'coder')).toMatchObject({ usageCount: 11 })
    await store.usage.noteUse([aUse(home, 'coder')])
    python(home)
    const registry = await readRegistry(home)
    expect(registry['checkpoints']?.['sdxl']).toMatchObject({ usage_count: 1 })
    expect(registry['adapters']?.['coder']).toMatchObject({ usage_count: 22, chain_id: 'remes-test-1' })
    expect(await store.usage.lookUp('adapters', 'é ##[x] 😀')).toMatchObject({ usageCount: 21 })
    expect(reporter.lines).toEqual([])
  })

  it('may write a large one: changes that are still beside it are not lost', async () => {
    const { store, home } = await aStore()
    const names = Array.from({ length: 3000 }, (_, index) => `adapter ${index}`)
    await store.usage.noteUse(names.map((name) => aUse(home, name)))
    await store.usage.noteUse([aUse(home, 'adapter 5')])
    expect((await stat(logPath(home))).size).toBeGreaterThan(0)
    python(home)
    await store.usage.noteUse([aUse(home, 'adapter 5')])
    expect(await store.usage.lookUp('adapters', 'adapter 5')).toMatchObject({ usageCount: 13 })
    expect((await readRegistry(home))['adapters']?.['adapter 5']).toMatchObject({ usage_count: 13 })
  })
})
