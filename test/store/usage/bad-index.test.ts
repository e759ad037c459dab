import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aFolder, aStore, filesIn, type StoreAtHand } from '../../support/store.ts'
import {
  allOf,
  anEntry,
  aUse,
  logPath,
  readRegistry,
  registryPath,
  writeRegistry,
} from '../../support/usage.ts'

const IS_ROOT = process.getuid?.() === 0
const PLAIN_USER = '12345'
const CHILD = join(import.meta.dirname, '../../support/usage-child.ts')

/** What the user was told, by level. */
function told({ reporter }: StoreAtHand): readonly string[] {
  return reporter.lines.filter(({ level }) => level === 'warning').map(({ text }) => text)
}

async function keptAside(home: string): Promise<readonly string[]> {
  return (await readdir(join(home, 'cache'))).filter((name) => name.includes('.damaged-'))
}

const EMPTY = { checkpoints: {}, loras: {}, embeddings: {}, last_updated: 1 }

describe('a time that no calendar has', () => {
  it.each([1e300, 8.64e12 + 1])('is none: %d', async (time) => {
    const { store, home } = await aStore()
    const times = { last_used: time, downloaded_at: time }
    const entry = anEntry(join(home, 'adapters/coder.safetensors'), times)
    await writeRegistry(home, { ...EMPTY, adapters: { coder: entry } })
    expect(await store.usage.lookUp('adapters', 'coder')).toMatchObject({ lastUsed: 0, downloadedAt: 0 })
  })
})

describe('an index that is no index', () => {
  it.each([
    ['empty', ''],
    ['no JSON', 'checkpoints: {}'],
    ['cut off', '{"checkpoints": {"a": {"url": "https://exam'],
    ['binary', Buffer.from([0xff, 0xfe, 0, 1, 2])],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"index"'],
    ['with a list for a section', '{"models": [], "adapters": {}}'],
    ['with a number for a section of the manager', '{"checkpoints": 5}'],
    ['with NaN', '{"checkpoints": {}, "last_updated": NaN}'],
    ['nested without end', `{"theirs": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
  ])('is kept aside and made anew: %s', async (_what, content) => {
    const at = await aStore()
    await writeFile(registryPath(at.home), content)
    await at.store.usage.noteUse([aUse(at.home, 'coder')])
    expect(await at.store.usage.lookUp('adapters', 'coder')).toMatchObject({ usageCount: 1 })
    const [kept = ''] = await keptAside(at.home)
    expect(await readFile(join(at.home, 'cache', kept))).toEqual(Buffer.from(content))
    expect(told(at)).toEqual([expect.stringContaining(kept)])
  })

  it('is noticed at every length that it may be cut to', async () => {
    const { store, home } = await aStore()
    await store.usage.noteUse([aUse(home, 'a'), aUse(home, 'b')])
    const whole = await readFile(registryPath(home))
    for (let length = 0; length < whole.length; length += 41) {
      const at = await aStore()
      await writeFile(registryPath(at.home), whole)
      await truncate(registryPath(at.home), length)
      await at.store.usage.noteUse([aUse(at.home, 'coder')])
      expect(Object.keys((await readRegistry(at.home))['adapters'] ?? {})).toEqual(['coder'])
      expect(told(at)).toHaveLength(1)
    }
  })

  it.each([
    ['a folder', (path: string) => mkdir(join(path, 'sub'), { recursive: true })],
    ['a symlink to a file elsewhere', (path: string) => symlink('/etc/hostname', path)],
    ['a symlink to nothing', (path: string) => symlink('/nowhere/at/all', path)],
  ])('is kept aside when it is %s, which is neither followed nor emptied', async (_what, make) => {
    const at = await aStore()
    await make(registryPath(at.home))
    await at.store.usage.noteUse([aUse(at.home, 'coder')])
    expect(Object.keys((await readRegistry(at.home))['adapters'] ?? {})).toEqual(['coder'])
    expect(await keptAside(at.home)).toHaveLength(1)
  })

  it('is kept three times at most', async () => {
    const { store, home } = await aStore()
    for (let round = 0; round < 6; round += 1) {
      await writeFile(registryPath(home), `damage ${round}`)
      await store.usage.noteUse([aUse(home, 'coder')])
    }
    expect(await keptAside(home)).toHaveLength(3)
  })

  it('does not stop the changes beside it from being taken', async () => {
    const { store, home } = await aStore()
    await writeFile(logPath(home), 'no log at all\n')
    await store.usage.noteUse([aUse(home, 'coder')])
    expect(await store.usage.lookUp('adapters', 'coder')).toMatchObject({ usageCount: 1 })
  })
})

describe('entries that are not to be believed', () => {
  it.each([
    ['through ..', (home: string) => `${home}/adapters/../../outside`],
    ['through .. to the very place', (home: string) => `${home}/adapters/../adapters/x`],
    ['at another absolute place', () => '/etc/passwd'],
    ['at a relative place', () => 'adapters/x'],
    ['in another section', (home: string) => `${home}/models/x`],
    ['at the folder of the adapters itself', (home: string) => `${home}/adapters`],
    ['below another artifact', (home: string) => `${home}/adapters/a/b`],
    ['at a hidden name', (home: string) => `${home}/adapters/.r3mes-x`],
    ['behind a NUL', (home: string) => `${home}/adapters/x\0y`],
    ['nowhere', () => undefined],
    ['at a number', () => 5],
  ])('lie %s', async (_what, path) => {
    const at = await aStore()
    const { home, store } = at
    await writeFile(join(home, 'adapters/good.bin'), 'good')
    const good = anEntry(join(home, 'adapters/good.bin'))
    const bad = { ...anEntry(''), path: path(home) }
    await writeRegistry(home, { ...EMPTY, adapters: { bad, good } })
    expect(await store.usage.lookUp('adapters', 'bad')).toBeUndefined()
    expect((await allOf(store.usage)).map(({ name }) => name)).toEqual(['good'])
    expect(await store.usage.reconcile()).toEqual({ dropped: 1, added: 0 })
    expect(Object.keys((await readRegistry(home))['adapters'] ?? {})).toEqual(['good'])
    expect(told(at)).toEqual([expect.stringContaining('1 entries of the usage index')])
  })

  it('are links: what they lead to is not touched', async () => {
    const at = await aStore()
    const elsewhere = join(await aFolder(), 'precious')
    await writeFile(elsewhere, 'precious')
    const path = join(at.home, 'adapters/linked.bin')
    await symlink(elsewhere, path)
    await writeRegistry(at.home, { ...EMPTY, adapters: { linked: anEntry(path) } })
    expect(await at.store.usage.lookUp('adapters', 'linked')).toBeUndefined()
    expect(await at.store.usage.reconcile()).toEqual({ dropped: 1, added: 0 })
    expect(told(at)).toHaveLength(1)
    expect(await readFile(elsewhere, 'utf8')).toBe('precious')
  })

  it.each([null, 5, 'text', [], true])('are %j', async (value) => {
    const { store, home } = await aStore()
    await writeRegistry(home, { ...EMPTY, adapters: { odd: value } })
    expect(await store.usage.lookUp('adapters', 'odd')).toBeUndefined()
    expect(await allOf(store.usage)).toEqual([])
    await store.usage.noteUse([aUse(home, 'odd')])
    expect(await store.usage.lookUp('adapters', 'odd')).toMatchObject({ usageCount: 1 })
  })

  it('count from zero where a field is missing or of a wrong type', async () => {
    const { store, home } = await aStore()
    const path = join(home, 'adapters/odd.bin')
    const fields = {
      path,
      url: 5,
      hash: 'not hex',
      downloaded_at: '2026-01-01',
      last_used: -1,
      usage_count: '7',
      file_size: null,
      files: [{ path: '../../x', sha256: 'x', size: 1 }],
      approved_at_height: 1.5,
      chain_id: {},
    }
    await writeRegistry(home, { ...EMPTY, adapters: { odd: fields, bare: { path } } })
    const none = {
      url: undefined,
      hash: undefined,
      files: [],
      approvedAtHeight: undefined,
      chainId: undefined,
    }
    const zero = { downloadedAt: 0, lastUsed: 0, usageCount: 0, fileSize: 0 }
    for (const name of ['odd', 'bare']) {
      expect(await store.usage.lookUp('adapters', name)).toMatchObject({ path, ...none, ...zero })
    }
  })

  it('may have fractions in their times and counts', async () => {
    const { store, home } = await aStore()
    const entry = anEntry(join(home, 'adapters/a.bin'), {
      usage_count: 3.0,
      last_used: 17.75,
      file_size: 10.9,
    })
    await writeRegistry(home, { ...EMPTY, adapters: { a: entry } })
    expect(await store.usage.lookUp('adapters', 'a')).toMatchObject({
      usageCount: 3,
      lastUsed: 17.75,
      fileSize: 10,
    })
  })
})

describe('what others keep in the index', () => {
  it('stays: sections of the manager, sections that nobody knows, fields of entries', async () => {
    const { store, home } = await aStore()
    const checkpoints = { sdxl: anEntry('/workspace/models/checkpoints/sdxl.safetensors', { mine: [1] }) }
    const theirs = { controlnets: { a: { deep: { er: 1.5 } } }, note: 'text', none: null }
    const known = aUse(home, 'coder')
    const adapters = { coder: anEntry(known.path, { hash: known.digest.slice(7), label: 'keep me' }) }
    await writeRegistry(home, { checkpoints, loras: {}, adapters, ...theirs })
    await store.usage.noteUse([known])
    await store.usage.reconcile()
    await store.usage.noteUse([known])
    const registry: Record<string, unknown> = await readRegistry(home)
    expect(registry).toMatchObject({ checkpoints, ...theirs })
    await store.usage.rebuild()
    expect(await readRegistry(home)).toMatchObject({ checkpoints, ...theirs })
  })

  it('stays in an entry whose content is the same', async () => {
    const { store, home } = await aStore()
    const use = aUse(home, 'coder')
    const entry = anEntry(use.path, { hash: use.digest.slice(7), label: 'keep me' })
    await writeRegistry(home, { adapters: { coder: entry } })
    await store.usage.noteUse([use])
    expect((await readRegistry(home))['adapters']?.['coder']).toMatchObject({
      label: 'keep me',
      usage_count: 8,
    })
  })
})

describe('a cache folder in which nothing can be written', () => {
  it.each([0o500, 0o000])('costs one warning of a plain user (mode %o)', async (mode) => {
    const { store, home } = await aStore()
    await store.close()
    await chmod(join(home, '..'), 0o755)
    const cache = join(home, 'cache')
    if (IS_ROOT) spawnSync('chown', ['-R', PLAIN_USER, home])
    await chmod(cache, mode)
    const flags = ['--disable-warning=ExperimentalWarning']
    const child = spawnSync(
      process.execPath,
      [...flags, CHILD, home, 'coder', '3', IS_ROOT ? PLAIN_USER : ''],
      {
        encoding: 'utf8',
      },
    )
    await chmod(cache, 0o755)
    expect([child.status, child.stderr]).toEqual([0, ''])
    expect(child.stdout.match(/The usage index of the store is left out/g)).toHaveLength(1)
    expect(await readdir(cache)).toEqual([])
  })

  it('costs one warning where it is a file, which hinders root as well', async () => {
    const at = await aStore()
    await rm(join(at.home, 'cache'), { recursive: true })
    await writeFile(join(at.home, 'cache'), 'a file')
    const before = await filesIn(at.home)
    await at.store.usage.noteUse([aUse(at.home, 'coder')])
    expect(await at.store.usage.lookUp('adapters', 'coder')).toBeUndefined()
    expect(await allOf(at.store.usage)).toEqual([])
    expect(await at.store.usage.reconcile()).toEqual({ dropped: 0, added: 0 })
    await at.store.usage.remove([{ section: 'adapters', name: 'coder' }])
    await at.store.usage.rebuild()
    await at.store.usage.count({ success: true, hits: 1, misses: 0, sources: {} })
    expect(await at.store.usage.counters()).toBeUndefined()
    expect(told(at)).toHaveLength(1)
    expect(told(at)[0]).toContain('usage index')
    const after = await filesIn(at.home)
    delete after['leases/index.lock']
    delete before['leases/index.lock']
    expect(after).toEqual(before)
  })
})
