import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MODEL_KINDS, SECTION_OF_MODEL } from '../../src/manager/index.ts'
import { aFolder } from '../support/store.ts'
import { aManager, aModelHost, hexOf, registryOf, safetensors, someBytes } from '../support/volume.ts'

describe('a model by URL and hash', () => {
  it.each(MODEL_KINDS)('is brought once, and is there from then on: %s', async (kind) => {
    const host = await aModelHost()
    const bytes = safetensors(6_000_000)
    const request = { name: 'one', url: host.serve('/file', bytes), hash: hexOf(bytes) }
    const { manager, base } = await aManager({ hosts: [host] })
    const first = await manager.get(kind, request)
    expect(first).toEqual({
      kind,
      name: 'one',
      path: join(base, SECTION_OF_MODEL[kind], 'one.safetensors'),
      sha256: hexOf(bytes),
      size: bytes.length,
      isHit: false,
      isUnpinned: false,
    })
    expect(await readFile(first.path)).toEqual(bytes)
    expect((await stat(first.path)).mode & 0o777).toBe(0o444)
    const asked = host.asked.length
    expect(await manager.get(kind, request)).toEqual({ ...first, isHit: true })
    expect(host.asked).toHaveLength(asked)
  })

  it('gets its name by the methods of the Python manager, which say null when it cannot be had', async () => {
    const host = await aModelHost()
    const [bytes, hash] = [safetensors(), 'a'.repeat(64)]
    const { manager, base, told } = await aManager({ hosts: [host] })
    const url = host.serve('/x.ckpt', bytes)
    expect(await manager.getOrDownloadCheckpoint('c', url, hexOf(bytes))).toBe(
      join(base, 'checkpoints/c.ckpt'),
    )
    expect(await manager.getOrDownloadLora('l', url, hexOf(bytes))).toBe(join(base, 'loras/l.safetensors'))
    expect(await manager.getOrDownloadEmbedding('e.pt', url, hexOf(bytes))).toBe(
      join(base, 'embeddings/e.pt'),
    )
    expect(await manager.getOrDownloadLora('wrong', url, hash)).toBeNull()
    expect(told('warning').join('\n')).toContain('DIGEST_MISMATCH')
    expect(await readdir(join(base, 'loras'))).toEqual(['l.safetensors'])
  })

  it('is hashed at each use, and brought again when its bytes are wrong', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const request = { name: 'one', url: host.serve('/file', bytes), hash: hexOf(bytes) }
    const { manager } = await aManager({ hosts: [host] })
    const { path } = await manager.get('lora', request)
    await chmod(path, 0o644)
    const wrong = Buffer.from(bytes)
    wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1
    await writeFile(path, wrong)
    expect(await manager.get('lora', request)).toMatchObject({ path, isHit: false })
    expect(await readFile(path)).toEqual(bytes)
    await chmod(path, 0o644)
    await truncate(path, 0)
    await manager.get('lora', request)
    expect(await readFile(path)).toEqual(bytes)
  })

  it('is downloaded once for two names, and takes the disk of one', async () => {
    const host = await aModelHost()
    const bytes = safetensors(2_000_000)
    const url = host.serve('/file', bytes)
    const { manager, base } = await aManager({ hosts: [host] })
    const loras = ['a', 'b'].map((name) => ({ name, url, hash: hexOf(bytes) }))
    const [, paths, failures] = await manager.prepareModelsForRequest(
      { name: 'c', url, hash: hexOf(bytes) },
      loras,
    )
    expect(failures).toEqual([])
    expect(host.asked).toHaveLength(1)
    const inodes = await Promise.all(
      [...paths.map(([path]) => path), join(base, 'checkpoints/c.safetensors')].map(
        async (path) => (await stat(path)).ino,
      ),
    )
    expect(new Set(inodes).size).toBe(1)
    const { checkpoints, loras: inStats, shared_size } = await manager.getCacheStats()
    expect([checkpoints, inStats]).toEqual([
      { count: 1, total_size: bytes.length },
      { count: 2, total_size: 2 * bytes.length },
    ])
    expect(shared_size).toBe(2 * bytes.length)
  })

  it('of a newer hash takes the place of the older one, which nobody else uses', async () => {
    const host = await aModelHost()
    const [older, newer] = [safetensors(), safetensors()]
    const { manager, base } = await aManager({ hosts: [host] })
    const { path } = await manager.get('lora', {
      name: 'a',
      url: host.serve('/1', older),
      hash: hexOf(older),
    })
    await manager.get('lora', { name: 'a', url: host.serve('/2', newer), hash: hexOf(newer) })
    expect(await readFile(path)).toEqual(newer)
    expect(await readdir(join(base, 'loras'))).toEqual(['a.safetensors'])
    expect((await registryOf(base))['loras']?.['a']).toMatchObject({ hash: hexOf(newer), usage_count: 2 })
  })

  it('does not take the place of other bytes that another manager uses', async () => {
    const host = await aModelHost()
    const [older, newer] = [safetensors(), safetensors()]
    const one = await aManager({ hosts: [host] })
    const other = await aManager({ hosts: [host], basePath: one.base })
    const { path } = await one.manager.get('lora', {
      name: 'a',
      url: host.serve('/1', older),
      hash: hexOf(older),
    })
    const request = { name: 'a', url: host.serve('/2', newer), hash: hexOf(newer) }
    await expect(other.manager.get('lora', request)).rejects.toMatchObject({ code: 'STORE_NOT_WRITABLE' })
    expect(await readFile(path)).toEqual(older)
    await one.manager.dispose()
    await other.manager.get('lora', request)
    expect(await readFile(path)).toEqual(newer)
  })

  it('keeps aside what stands in its place and is not the manager’s', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager, base, told } = await aManager({ hosts: [host] })
    await mkdir(join(base, 'loras'), { recursive: true })
    const elsewhere = join(await aFolder(), 'elsewhere')
    await writeFile(elsewhere, bytes)
    await symlink(elsewhere, join(base, 'loras/linked.safetensors'))
    await writeFile(join(base, 'loras/own.safetensors'), 'somebody’s work')
    const url = host.serve('/a', bytes)
    for (const name of ['linked', 'own']) await manager.get('lora', { name, url, hash: hexOf(bytes) })
    expect((await lstat(join(base, 'loras/linked.safetensors'))).isFile()).toBe(true)
    const kept = await readdir(join(base, '.r3mes/volume/kept'))
    expect(kept).toHaveLength(2)
    const own = kept.find((name) => name.startsWith('loras-own')) ?? ''
    expect(await readFile(join(base, '.r3mes/volume/kept', own), 'utf8')).toBe('somebody’s work')
    expect(told('notice').filter((text) => text.includes('It is kept as'))).toHaveLength(2)
    expect(await readFile(elsewhere)).toEqual(bytes)
  })

  it('comes from a mirror when its own host fails', async () => {
    const [host, mirror] = [await aModelHost(), await aModelHost()]
    const bytes = safetensors()
    mirror.serve(`/sha256/${hexOf(bytes)}`, bytes)
    mirror.serve('/path/loras/p.safetensors', bytes)
    for (const [name, template] of [
      ['s', '/sha256/{sha256}'],
      ['p', '/path/{path}'],
    ] as const) {
      const { manager } = await aManager({ hosts: [host], mirrors: [`${mirror.url}${template}`] })
      const request = { name, url: `${host.url}/gone`, hash: hexOf(bytes) }
      expect(await manager.get('lora', request)).toMatchObject({ isHit: false })
    }
    expect(host.asked).toEqual(['GET /gone', 'GET /gone'])
    expect(mirror.asked).toHaveLength(2)
  })

  it('larger than the limit is refused', async () => {
    const host = await aModelHost()
    const bytes = someBytes(100_000)
    const { manager } = await aManager({ hosts: [host], maxModelSize: 99_999, allowUnpinned: true })
    const url = host.serve('/big.bin', bytes)
    for (const hash of [hexOf(bytes), null]) {
      const asked = manager.get('checkpoint', { name: 'big', url, hash })
      await expect(asked).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' })
    }
  })
})

describe('a request', () => {
  it('is answered as by the Python manager, failures beside it, and the rest goes on', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager, base, told } = await aManager({ hosts: [host] })
    const url = host.serve('/a', bytes)
    const hash = hexOf(bytes)
    const [checkpoint, loras, failures] = await manager.prepareModelsForRequest(
      { name: 'gone', url: `${host.url}/gone`, hash: 'a'.repeat(64) },
      [
        { name: 'a', url, hash, scale: '0.80' },
        { name: '../b', url, hash },
        { name: 'c', url, hash },
        { name: 'd', url, hash, scale: 'much' },
      ],
    )
    expect(checkpoint).toBeNull()
    expect(loras).toEqual([
      [join(base, 'loras/a.safetensors'), '0.80'],
      [join(base, 'loras/c.safetensors'), 1],
    ])
    expect(failures.map(({ kind, name, error }) => [kind, name, error.code])).toEqual([
      ['checkpoint', 'gone', 'SOURCES_EXHAUSTED'],
      ['lora', '../b', 'ID_UNSAFE'],
      ['lora', 'd', 'INPUT_INVALID'],
    ])
    expect(told('warning')).toHaveLength(3)
    expect(manager.buildLoraPrompt('x', loras)).toBe('<lora:a:0.80> <lora:c:1> x')
  })

  it('fails as a whole when asked to, once nothing is on its way any more', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager, base } = await aManager({ hosts: [host] })
    const loras = [
      { name: 'a', url: host.serve('/a', bytes), hash: hexOf(bytes) },
      { name: 'b', url: host.serve('/b', someBytes()), hash: 'b'.repeat(64) },
    ]
    const asked = manager.prepareModelsForRequest(null, loras, { onError: 'fail' })
    await expect(asked).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await readdir(join(base, 'loras'))).toEqual(['a.safetensors'])
  })

  it('without models has none', async () => {
    const { manager } = await aManager()
    expect(await manager.prepareModelsForRequest()).toEqual([null, [], []])
    expect(await manager.prepareModelsForRequest(null, null)).toEqual([null, [], []])
  })

  it('of 50 models loses none', async () => {
    const host = await aModelHost()
    const models = Array.from({ length: 50 }, (_, index) => ({
      name: `m${index}`,
      bytes: safetensors(1_000 + index),
    }))
    const loras = models.map(({ name, bytes }) => ({
      name,
      url: host.serve(`/${name}`, bytes),
      hash: hexOf(bytes),
    }))
    const { manager, base } = await aManager({ hosts: [host] })
    const [, paths, failures] = await manager.prepareModelsForRequest(null, loras)
    expect(failures).toEqual([])
    expect(paths.map(([path]) => basename(path, '.safetensors'))).toEqual(models.map(({ name }) => name))
    expect(Object.keys((await registryOf(base))['loras'] ?? {}).toSorted()).toEqual(
      models.map(({ name }) => name).toSorted(),
    )
    expect(await manager.getCacheStats()).toMatchObject({ loras: { count: 50 }, hits: 0, misses: 50 })
  })

  it('ends when it is cancelled, and the manager can be used again', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager } = await aManager({ hosts: [host] })
    const controller = new AbortController()
    controller.abort(new Error('no more'))
    const lora = { name: 'a', url: host.serve('/a', bytes), hash: hexOf(bytes) }
    const asked = manager.prepareModelsForRequest(null, [lora], { signal: controller.signal })
    await expect(asked).rejects.toThrow('no more')
    expect((await manager.prepareModelsForRequest(null, [lora]))[2]).toEqual([])
  })
})

describe('the other methods of the Python manager', () => {
  it('make the folders, hash files, and check them', async () => {
    const { manager, base } = await aManager()
    await manager.ensureDirectories()
    expect((await readdir(base)).toSorted()).toEqual(['checkpoints', 'embeddings', 'loras'])
    const bytes = someBytes()
    await writeFile(join(base, 'loras/x.pt'), bytes)
    await writeFile(join(base, 'loras/empty.pt'), '')
    await symlink('x.pt', join(base, 'loras/link.pt'))
    expect(await manager.calculateFileHash(join(base, 'loras/x.pt'))).toBe(hexOf(bytes))
    await expect(manager.calculateFileHash('loras/none.pt')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    const verdicts = await Promise.all([
      manager.verifyModelIntegrity('loras/x.pt'),
      manager.verifyModelIntegrity('loras/x.pt', `sha256:${hexOf(bytes).toUpperCase()}`),
      manager.verifyModelIntegrity('loras/x.pt', 'a'.repeat(64)),
      manager.verifyModelIntegrity('loras/empty.pt'),
      manager.verifyModelIntegrity('loras/none.pt'),
      manager.verifyModelIntegrity('loras/link.pt'),
      manager.verifyModelIntegrity('loras'),
    ])
    expect(verdicts).toEqual([true, true, false, false, false, false, false])
    await expect(manager.verifyModelIntegrity('loras/x.pt', 'abc')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
  })

  it('download to a path inside the volume, and nowhere else', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const url = host.serve('/a', bytes)
    const { manager, base } = await aManager({ hosts: [host] })
    expect(await manager.downloadModel(url, 'loras/deep/er/a.safetensors', hexOf(bytes))).toBe(true)
    expect(await readFile(join(base, 'loras/deep/er/a.safetensors'))).toEqual(bytes)
    expect(await manager.downloadModel(url, join(base, 'checkpoints/b.ckpt'), hexOf(bytes))).toBe(true)
    expect(await manager.downloadModel(url, join(base, 'checkpoints/b.ckpt'), hexOf(bytes))).toBe(true)
    expect(host.asked).toHaveLength(1)
    const outside = await aFolder()
    await symlink(outside, join(base, 'loras/out'))
    for (const destination of [
      '/etc/passwd',
      '../a.safetensors',
      join(base, '..', 'a'),
      join(outside, 'a'),
      'loras/../../a',
      'loras/out/a.safetensors',
      'a.safetensors',
      'cache_registry.json',
      '.r3mes/blobs/a',
      'loras/',
      '',
    ]) {
      expect([destination, await manager.downloadModel(url, destination, hexOf(bytes))]).toEqual([
        destination,
        false,
      ])
    }
    expect(await manager.downloadModel(url, 'loras/out/new/er/a.safetensors', hexOf(bytes))).toBe(false)
    expect(await readdir(outside)).toEqual([])
    expect(await manager.downloadModel(url, 'loras/c', 'b'.repeat(64))).toBe(false)
    await expect(registryOf(base)).rejects.toThrow('ENOENT')
  })
})
