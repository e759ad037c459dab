import { chmod, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aPythonManager } from '../support/python-manager.ts'
import { aManager, aModelHost, aPythonVolume, hexOf, registryOf, safetensors } from '../support/volume.ts'

const URL_OF_MODEL = 'https://models.example.org/a.safetensors'

describe('a volume of a Python manager', () => {
  it('is adopted in place: a right file is hashed, gets a second name, and is not brought again', async () => {
    const bytes = safetensors(1_000_000)
    const base = await aPythonVolume([{ kind: 'checkpoint', name: 'a', bytes, url: URL_OF_MODEL, file: 'a' }])
    const before = await stat(join(base, 'checkpoints/a'))
    const { manager } = await aManager({ basePath: base })
    const got = await manager.get('checkpoint', { name: 'a', url: URL_OF_MODEL, hash: hexOf(bytes) })
    expect(got).toMatchObject({ path: join(base, 'checkpoints/a'), isHit: true })
    const after = await stat(got.path)
    expect({ ino: after.ino, nlink: after.nlink, mode: after.mode & 0o777 }).toEqual({
      ino: before.ino,
      nlink: 2,
      mode: 0o444,
    })
    expect((await registryOf(base))['checkpoints']?.['a']).toMatchObject({
      downloaded_at: 1_700_000_000.25,
      usage_count: 2,
      file_size: bytes.length,
    })
  })

  it('is not believed: a file that is not what its entry says is brought again, and the wrong one is kept', async () => {
    const host = await aModelHost()
    const [right, wrong] = [safetensors(), safetensors()]
    const entry = { hash: hexOf(right) }
    const base = await aPythonVolume([{ kind: 'lora', name: 'a', bytes: wrong, url: URL_OF_MODEL, entry }])
    const { manager } = await aManager({ basePath: base, hosts: [host] })
    const request = { name: 'a', url: host.serve('/a', right), hash: hexOf(right) }
    const got = await manager.get('lora', request)
    expect(got).toMatchObject({ path: join(base, 'loras/a.safetensors'), isHit: false })
    expect(await readFile(got.path)).toEqual(right)
  })

  it.each<[string, Record<string, unknown>]>([
    ['missing fields', { path: undefined, hash: undefined, usage_count: undefined, last_used: undefined }],
    ['texts for numbers', { usage_count: '7', last_used: '1700000000.5', file_size: '12' }],
    ['fractions for whole numbers', { usage_count: 7.5, file_size: 12.25 }],
    ['numbers for texts', { hash: 5, url: 6, path: 7 }],
    ['nonsense', { usage_count: -1, last_used: 'soon', file_size: null, hash: 'abc' }],
    ['a path outside of the volume', { path: '/etc/passwd/a.safetensors' }],
    ['a path of another mount', { path: '/runpod-volume/models/loras/a.safetensors' }],
    ['a path that climbs', { path: '../../a.safetensors' }],
  ])('is read although an entry has %s', async (_what, entry) => {
    const bytes = safetensors()
    const base = await aPythonVolume([{ kind: 'lora', name: 'a', bytes, url: URL_OF_MODEL, entry }])
    const { manager } = await aManager({ basePath: base })
    expect((await manager.entries()).map(({ path }) => path)).toEqual([join(base, 'loras/a.safetensors')])
    const got = await manager.get('lora', { name: 'a', url: URL_OF_MODEL, hash: hexOf(bytes) })
    expect(got).toMatchObject({ path: join(base, 'loras/a.safetensors'), isHit: true })
    const written = (await registryOf(base))['loras']?.['a']
    expect(written).toMatchObject({ path: got.path, hash: hexOf(bytes), file_size: bytes.length })
    expect(Object.keys(written ?? {}).toSorted()).toEqual([
      ...['downloaded_at', 'file_size', 'hash', 'last_used', 'path', 'url', 'usage_count'],
    ])
  })

  it('keeps what others have in the registry', async () => {
    const bytes = safetensors()
    const entry = { tags: ['anime'], trained_words: { a: 1 } }
    const base = await aPythonVolume([{ kind: 'lora', name: 'a', bytes, url: URL_OF_MODEL, entry }])
    const registry = await registryOf(base)
    await writeFile(
      join(base, 'cache_registry.json'),
      JSON.stringify({ ...registry, vaes: { v: { path: 'x' } }, schema: 3 }),
    )
    await chmod(join(base, 'cache_registry.json'), 0o664)
    const { manager } = await aManager({ basePath: base })
    await manager.get('lora', { name: 'a', url: URL_OF_MODEL, hash: hexOf(bytes) })
    expect(await registryOf(base)).toMatchObject({
      vaes: { v: { path: 'x' } },
      schema: 3,
      loras: { a: entry },
    })
    expect((await stat(join(base, 'cache_registry.json'))).mode & 0o777).toBe(0o664)
  })
})

describe('a Python manager on the same volume', () => {
  it('finds what this one brought, right by its own check', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager, base } = await aManager({ hosts: [host] })
    const { path } = await manager.get('lora', {
      name: 'a',
      url: host.serve('/a', bytes),
      hash: hexOf(bytes),
    })
    const python = aPythonManager(base)
    expect(await python.call('use', 'loras', 'a')).toBe(path)
    expect((await manager.entries())[0]).toMatchObject({ name: 'a', usageCount: 2 })
  })

  it('takes nothing away by writing from an old memory: what it lost comes back', async () => {
    const host = await aModelHost()
    const { manager, base } = await aManager({ hosts: [host] })
    const python = aPythonManager(base)
    await python.call('known', 'loras')
    const bytes = safetensors()
    await manager.get('lora', { name: 'ours', url: host.serve('/a', bytes), hash: hexOf(bytes) })
    const theirs = String(await python.call('add', 'loras', 'theirs', 'their bytes'))
    expect(Object.keys((await registryOf(base))['loras'] ?? {})).toEqual(['theirs'])
    expect((await manager.entries()).map(({ name }) => name).toSorted()).toEqual(['ours', 'theirs'])
    const request = { name: 'theirs', url: `${host.url}/gone`, hash: hexOf(await readFile(theirs)) }
    expect(await manager.get('lora', request)).toMatchObject({ isHit: true })
    expect(await registryOf(base)).toMatchObject({
      loras: { ours: { usage_count: 1 }, theirs: { usage_count: 2 } },
    })
    await python.call('reload')
    expect(await python.call('known', 'loras')).toEqual(['ours', 'theirs'])
  })

  it('may write at the very same time: nothing is lost of either in the end', async () => {
    const host = await aModelHost()
    const { manager, base } = await aManager({ hosts: [host] })
    const python = aPythonManager(base)
    const models = Array.from({ length: 30 }, (_, index) => ({
      name: `ours${index}`,
      bytes: safetensors(index + 1),
    }))
    const theirs = python.call('hammer', 'loras', 'theirs', 200)
    for (const { name, bytes } of models) {
      await manager.get('lora', { name, url: host.serve(`/${name}`, bytes), hash: hexOf(bytes) })
    }
    await theirs
    await manager.dispose()
    const names = (await manager.entries()).map(({ name }) => name)
    for (const { name } of models) expect(names).toContain(name)
    for (let index = 0; index < 200; index += 1) expect(names).toContain(`theirs${index}`)
  })

  it('sees no entry any more of what it deleted itself', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager, base } = await aManager({ hosts: [host] })
    const url = host.serve('/a', bytes)
    const { path } = await manager.get('lora', { name: 'a', url, hash: hexOf(bytes) })
    await rm(path)
    await writeFile(
      join(base, 'cache_registry.json'),
      JSON.stringify({ checkpoints: {}, loras: {}, embeddings: {}, last_updated: 1 }),
    )
    expect(await manager.entries()).toEqual([])
    await manager.get('lora', { name: 'b', url, hash: hexOf(bytes) })
    expect(Object.keys((await registryOf(base))['loras'] ?? {})).toEqual(['b'])
  })
})

describe('a registry that cannot be read', () => {
  it.each(['', '{', 'null', '[]', '"x"', '\0\0\0'])(
    'is kept aside and made anew from what the manager knows: %j',
    async (damage) => {
      const host = await aModelHost()
      const bytes = safetensors()
      const { manager, base, told } = await aManager({ hosts: [host] })
      const request = { name: 'a', url: host.serve('/a', bytes), hash: hexOf(bytes) }
      await manager.get('lora', request)
      const path = join(base, 'cache_registry.json')
      await writeFile(path, damage)
      // Long ago, so that nobody is in the middle of writing it.
      await utimes(path, 1_700_000_000, 1_700_000_000)
      expect((await manager.entries()).map(({ name }) => name)).toEqual(['a'])
      await manager.get('lora', { ...request, name: 'b' })
      expect(Object.keys((await registryOf(base))['loras'] ?? {})).toEqual(['a', 'b'])
      const kept = (await readdir(base)).filter((name) => name.startsWith('cache_registry.json.damaged-'))
      expect(kept).toHaveLength(1)
      expect(await readFile(join(base, kept[0] ?? ''), 'utf8')).toBe(damage)
      expect(told('warning').join('\n')).toContain('registry of the volume cannot be read')
    },
  )
})
