import { chmod, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outdated } from '../../src/manager/cleanup.ts'
import { MODEL_KINDS, type VolumeEntry } from '../../src/manager/index.ts'
import { aFolder } from '../support/store.ts'
import { aManager, aModelHost, aPythonVolume, hexOf, registryOf, safetensors } from '../support/volume.ts'

const DAY = 24 * 60 * 60
const NOW = 2_000_000_000

function anEntry(changes: Partial<VolumeEntry>): { readonly entry: VolumeEntry } {
  const entry: VolumeEntry = {
    kind: 'lora',
    name: 'a',
    path: '/m/loras/a.safetensors',
    url: undefined,
    hash: undefined,
    downloadedAt: 0,
    lastUsed: 0,
    usageCount: 0,
    fileSize: 1,
    isUnpinned: false,
    ...changes,
  }
  return { entry }
}

const names = (found: readonly { readonly entry: VolumeEntry }[]) => found.map(({ entry }) => entry.name)

describe('what cleaning up takes', () => {
  it('is old and not among the most used, the least used and oldest first', () => {
    const found = [
      anEntry({ name: 'popular', usageCount: 9, lastUsed: 0 }),
      anEntry({ name: 'recent', usageCount: 1, lastUsed: NOW - 29 * DAY }),
      anEntry({ name: 'old', usageCount: 2, lastUsed: NOW - 31 * DAY }),
      anEntry({ name: 'older', usageCount: 2, lastUsed: NOW - 99 * DAY }),
      anEntry({ name: 'rare', usageCount: 1, lastUsed: NOW - 31 * DAY }),
      anEntry({ name: 'unused', usageCount: 0, downloadedAt: NOW - DAY }),
    ]
    expect(names(outdated(found, { maxAgeDays: 30, keepPopular: 1 }, NOW))).toEqual(['rare', 'older', 'old'])
  })

  it('counts the popular ones of each kind apart', () => {
    const found = MODEL_KINDS.flatMap((kind) => [
      anEntry({ kind, name: `${kind} 1`, usageCount: 2 }),
      anEntry({ kind, name: `${kind} 2`, usageCount: 1 }),
    ])
    const taken = names(outdated(found, { maxAgeDays: 30, keepPopular: 1 }, NOW))
    expect(taken).toEqual(['checkpoint 2', 'lora 2', 'embedding 2'])
  })

  it('is never young, and never one that is used more than one that stays for being popular', () => {
    const entry = fc.record({
      usageCount: fc.nat(5),
      lastUsed: fc.integer({ min: NOW - 60 * DAY, max: NOW }),
      kind: fc.constantFrom(...MODEL_KINDS),
    })
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 40 }),
        fc.nat(12),
        fc.nat(60),
        (all, keepPopular, maxAgeDays) => {
          const found = all.map((each, at) => anEntry({ ...each, name: `m${at}` }))
          const taken = outdated(found, { maxAgeDays, keepPopular }, NOW)
          for (const { entry: gone } of taken) {
            expect(gone.lastUsed).toBeLessThan(NOW - maxAgeDays * DAY)
            const kept = found.filter((each) => each.entry.kind === gone.kind && !taken.includes(each))
            const asPopular = kept.filter((each) => each.entry.usageCount >= gone.usageCount)
            expect(asPopular.length).toBeGreaterThanOrEqual(Math.min(keepPopular, kept.length))
            expect(kept.length).toBeGreaterThanOrEqual(keepPopular)
          }
        },
      ),
      { verbose: true },
    )
  })
})

describe('cleaning up a volume', () => {
  const old = { last_used: 1_600_000_000, downloaded_at: 1_600_000_000 }
  const url = 'https://models.example.org/a.safetensors'

  it('removes the files of old entries, and gives the disk its bytes back', async () => {
    const host = await aModelHost()
    const bytes = safetensors(1_000_000)
    const { manager, base } = await aManager({ hosts: [host] })
    const of = (name: string) => ({ name, url: host.serve('/a', bytes), hash: hexOf(bytes) })
    await manager.prepareModelsForRequest(null, [of('a'), of('b')])
    await manager.dispose()
    const { freedBytes, removed, inUse } = await manager.cleanupOldModels(0, 1)
    expect(removed.map(({ name }) => name)).toHaveLength(1)
    expect([freedBytes, inUse]).toEqual([0, []])
    const rest = await manager.cleanupOldModels(0, 0)
    expect(rest.freedBytes).toBeGreaterThanOrEqual(bytes.length)
    expect(await readdir(join(base, 'loras'))).toEqual([])
    expect((await registryOf(base))['loras']).toEqual({})
    expect(await manager.getCacheStats()).toMatchObject({ loras: { count: 0, total_size: 0 } })
    expect(await manager.get('lora', of('a'))).toMatchObject({ isHit: false })
  })

  it('keeps what an open manager uses, its own included, and says so', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const using = await aManager({ hosts: [host] })
    const { path } = await using.manager.get('lora', {
      name: 'a',
      url: host.serve('/a', bytes),
      hash: hexOf(bytes),
    })
    const other = await aManager({ basePath: using.base })
    for (const { manager } of [using, other]) {
      for (const dryRun of [true, false]) {
        const { removed, inUse } = await manager.cleanupOldModels(0, 0, { dryRun })
        expect([removed, inUse.map((each) => each.path)]).toEqual([[], [path]])
      }
    }
    await using.manager.dispose()
    expect((await other.manager.cleanupOldModels(0, 0)).removed).toHaveLength(1)
  })

  it('frees the bytes of an older version that has no name any more', async () => {
    const host = await aModelHost()
    const [older, newer] = [safetensors(1_000_000), safetensors(10)]
    const { manager, base } = await aManager({ hosts: [host] })
    await manager.get('lora', { name: 'a', url: host.serve('/1', older), hash: hexOf(older) })
    const { path } = await manager.get('lora', {
      name: 'a',
      url: host.serve('/2', newer),
      hash: hexOf(newer),
    })
    await manager.dispose()
    const would = await manager.cleanupOldModels(30, 10, { dryRun: true })
    expect(await manager.cleanupOldModels(30, 10)).toEqual(would)
    expect(would.removed).toEqual([])
    expect(would.freedBytes).toBeGreaterThanOrEqual(older.length)
    expect(await readFile(path)).toEqual(newer)
    expect(await readdir(join(base, '.r3mes/blobs/sha256'), { recursive: true })).toContain(
      `${hexOf(newer).slice(0, 2)}/${hexOf(newer)}`,
    )
  })

  it('says beforehand what it would do, and does nothing', async () => {
    const bytes = safetensors(1_000_000)
    const base = await aPythonVolume([{ kind: 'lora', name: 'a', bytes, url, entry: old }])
    const { manager } = await aManager({ basePath: base })
    const would = await manager.cleanupOldModels(30, 0, { dryRun: true })
    expect(await readFile(join(base, 'loras/a.safetensors'))).toEqual(bytes)
    expect(await manager.cleanupOldModels(30, 0)).toEqual(would)
    expect(would.freedBytes).toBeGreaterThanOrEqual(bytes.length)
  })

  it('touches nothing that is not in the registry, is a link, or lies elsewhere', async () => {
    const outside = join(await aFolder(), 'outside.safetensors')
    await writeFile(outside, 'outside')
    const bytes = safetensors()
    const base = await aPythonVolume([
      { kind: 'lora', name: 'a', bytes, url, entry: { ...old, path: outside } },
      {
        kind: 'lora',
        name: 'linked',
        bytes,
        url,
        file: 'real.safetensors',
        entry: { ...old, path: 'linked.pt' },
      },
    ])
    await symlink(outside, join(base, 'loras/linked.pt'))
    await writeFile(join(base, 'loras/mine.safetensors'), 'mine')
    const { manager } = await aManager({ basePath: base })
    const { removed } = await manager.cleanupOldModels(0, 0)
    // The path of an entry that leads elsewhere stands for the file of its last segment, which is not there.
    expect(removed).toEqual([])
    expect(await readFile(outside, 'utf8')).toBe('outside')
    expect((await readdir(join(base, 'loras'))).toSorted()).toEqual([
      ...['a.safetensors', 'linked.pt', 'mine.safetensors', 'real.safetensors'],
    ])
  })

  it.each([
    [-1, 0],
    [Number.NaN, 0],
    [30, -1],
    [30, 1.5],
  ])('refuses rules that mean nothing: %s days, %s popular', async (days, popular) => {
    const { manager } = await aManager()
    await expect(manager.cleanupOldModels(days, popular)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})

describe('a manager with recorded checks', () => {
  it('takes a file that is exactly the one that was hashed, also in a later process, and hashes any other', async () => {
    const host = await aModelHost()
    const bytes = safetensors(1_000_000)
    const request = { name: 'a', url: host.serve('/a', bytes), hash: hexOf(bytes) }
    const { manager, base } = await aManager({ hosts: [host], verify: 'changed' })
    const { path } = await manager.get('lora', request)
    await manager.dispose()
    const before = await stat(path)
    expect(await manager.get('lora', request)).toMatchObject({ isHit: true })
    await manager.dispose()
    const again = await aManager({ hosts: [host], basePath: base, verify: 'changed' })
    await chmod(path, 0o644)
    const wrong = Buffer.from(bytes)
    wrong[500_000] = (wrong[500_000] ?? 0) ^ 1
    await writeFile(path, wrong)
    await utimes(path, before.atime, before.mtime)
    expect(await again.manager.get('lora', request)).toMatchObject({ isHit: false })
    expect(await readFile(path)).toEqual(bytes)
  })
})
