import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  aManager,
  aModelHost,
  aPythonVolume,
  hexOf,
  registryOf,
  safetensors,
  someBytes,
} from '../support/volume.ts'

const PAGE = Buffer.from('\ufeff<!-- a page -->\n<!DOCTYPE html><html><body>Sign in</body></html>')

describe('a model without a hash', () => {
  it('is hashed when it comes, is recorded as unpinned, and is there from then on', async () => {
    const host = await aModelHost()
    const bytes = safetensors(5_000_000)
    const request = { name: 'a', url: host.serve('/a', bytes) }
    const { manager, base, told } = await aManager({ hosts: [host], allowUnpinned: true })
    const got = await manager.get('lora', request)
    expect(got).toMatchObject({ sha256: hexOf(bytes), size: bytes.length, isHit: false, isUnpinned: true })
    expect(told('notice').join()).toContain('lora a: nobody named its hash')
    expect((await registryOf(base))['loras']?.['a']).toMatchObject({ hash: hexOf(bytes), unpinned: true })
    expect(await manager.get('lora', request)).toEqual({ ...got, isHit: true })
    expect(host.asked).toEqual(['GET /a'])
    expect(await readdir(join(base, '.r3mes/partials'))).toEqual([])
  })

  it('has to be the same ever after, also when the shared registry says otherwise', async () => {
    const host = await aModelHost()
    const [first, second] = [safetensors(), safetensors()]
    const request = { name: 'a', url: host.serve('/a', first) }
    const { manager, base } = await aManager({ hosts: [host], allowUnpinned: true })
    const { path } = await manager.get('lora', request)
    await manager.dispose()
    host.serve('/a', second)
    // The volume loses the bytes, and the file that every program writes names other ones.
    await rm(path)
    await rm(join(base, '.r3mes/blobs'), { recursive: true })
    const registry = await registryOf(base)
    await writeFile(
      join(base, 'cache_registry.json'),
      JSON.stringify({
        ...registry,
        loras: { a: { ...registry['loras']?.['a'], hash: hexOf(second), unpinned: false } },
      }),
    )
    const asked = manager.get('lora', request)
    await expect(asked).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      message: expect.stringContaining(hexOf(first)),
    })
    // Whoever means the change names it, and then it is the one that counts.
    await manager.get('lora', { ...request, hash: hexOf(second) })
    expect(await manager.get('lora', request)).toMatchObject({ sha256: hexOf(second), isUnpinned: true })
  })

  it('does not change because somebody names the hash of what its URL delivers now, for another model', async () => {
    const host = await aModelHost()
    const [first, second] = [safetensors(), safetensors()]
    const request = { name: 'a', url: host.serve('/a', first) }
    const { manager } = await aManager({ hosts: [host], allowUnpinned: true })
    const { path } = await manager.get('lora', request)
    host.serve('/a', second)
    await manager.get('lora', { ...request, name: 'b', hash: hexOf(second) })
    expect(await manager.get('lora', request)).toMatchObject({ sha256: hexOf(first) })
    expect(await readFile(path)).toEqual(first)
  })

  it('is never replaced by what its URL delivers later', async () => {
    const host = await aModelHost()
    const [first, second] = [safetensors(), safetensors()]
    const request = { name: 'a', url: host.serve('/a', first) }
    const { manager } = await aManager({ hosts: [host], allowUnpinned: true })
    const { path } = await manager.get('lora', request)
    host.serve('/a', second)
    expect(await manager.get('lora', request)).toMatchObject({ isHit: true, sha256: hexOf(first) })
    expect(await readFile(path)).toEqual(first)
    // The same URL under another name is the same model.
    expect(await manager.get('lora', { ...request, name: 'b' })).toMatchObject({ sha256: hexOf(first) })
  })

  it('is not believed any more when the list of digests is damaged', async () => {
    const host = await aModelHost()
    const request = { name: 'a', url: host.serve('/a', safetensors()) }
    const { manager, base } = await aManager({ hosts: [host], allowUnpinned: true })
    await manager.get('lora', request)
    for (const damage of ['', '{', '{"version":1,"pins":{"x":{"sha256":"y","size":1}}}']) {
      await writeFile(join(base, '.r3mes/volume/pins.json'), damage)
      await expect(manager.get('lora', request)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    }
  })

  it('is taken from the place where another manager put what it had from the very URL', async () => {
    const bytes = safetensors()
    const url = 'https://models.example.org/a.safetensors'
    const base = await aPythonVolume([{ kind: 'lora', name: 'a', bytes, url, entry: { hash: null } }])
    const { manager } = await aManager({ basePath: base, allowUnpinned: true })
    expect(await manager.get('lora', { name: 'a', url })).toMatchObject({ isHit: true, sha256: hexOf(bytes) })
  })

  it('is not taken from there when the file is not what the other manager wrote down', async () => {
    const host = await aModelHost()
    const [right, wrong] = [safetensors(), safetensors()]
    const url = host.serve('/a.safetensors', right)
    const entry = { hash: hexOf(right) }
    const base = await aPythonVolume([{ kind: 'lora', name: 'a', bytes: wrong, url, entry }])
    const { manager } = await aManager({ basePath: base, hosts: [host], allowUnpinned: true })
    expect(await manager.get('lora', { name: 'a', url })).toMatchObject({
      isHit: false,
      sha256: hexOf(right),
    })
  })
})

describe('what can be no model', () => {
  it.each([
    ['a web page by its type', { bytes: PAGE, type: 'text/html; charset=utf-8' }, 'AUTH_REQUIRED'],
    ['a web page by its first bytes', { bytes: PAGE }, 'AUTH_REQUIRED'],
    ['an empty file', { bytes: Buffer.alloc(0) }, 'SIZE_MISMATCH'],
    [
      'a text in place of a .safetensors file',
      { bytes: Buffer.from('{"error":"nope"}') },
      'SOURCES_EXHAUSTED',
    ],
    [
      'a .safetensors file that ends early',
      { bytes: safetensors(500).subarray(0, 400) },
      'SOURCES_EXHAUSTED',
    ],
    [
      'a .safetensors file and more',
      { bytes: Buffer.concat([safetensors(), Buffer.of(0)]) },
      'SOURCES_EXHAUSTED',
    ],
    ['seven bytes', { bytes: Buffer.alloc(7) }, 'SOURCES_EXHAUSTED'],
    ['random bytes', { bytes: someBytes(100_000) }, 'SOURCES_EXHAUSTED'],
  ])('is refused without a hash, and leaves nothing: %s', async (_what, served, code) => {
    const host = await aModelHost()
    const url = host.serve('/a', served)
    const { manager, base } = await aManager({ hosts: [host], allowUnpinned: true })
    await expect(manager.get('lora', { name: 'a', url })).rejects.toMatchObject({ code })
    expect(await readdir(join(base, 'loras'))).toEqual([])
    expect(await readdir(join(base, '.r3mes/partials'))).toEqual([])
    // What the URL delivers when it works is still free.
    const bytes = safetensors()
    host.serve('/a', bytes)
    expect(await manager.get('lora', { name: 'a', url })).toMatchObject({ sha256: hexOf(bytes) })
  })

  it('may be anything else where it is called so', async () => {
    const host = await aModelHost()
    const bytes = someBytes(3_000)
    const { manager } = await aManager({ hosts: [host], allowUnpinned: true })
    const url = host.serve('/a.ckpt', bytes)
    expect(await manager.get('checkpoint', { name: 'a', url })).toMatchObject({ sha256: hexOf(bytes) })
  })

  it('is called a login page with a hash, too, where the digest would only say that it is wrong', async () => {
    const host = await aModelHost()
    const url = host.serve('/a', { bytes: PAGE, type: 'text/html' })
    const { manager } = await aManager({ hosts: [host] })
    const asked = manager.get('lora', { name: 'a', url, hash: 'a'.repeat(64) })
    await expect(asked).rejects.toMatchObject({
      code: 'AUTH_REQUIRED',
      message: expect.stringContaining('web page'),
    })
  })
})
