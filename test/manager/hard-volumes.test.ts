import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EXFAT, isThere } from '../../scripts/real-parts/programs.ts'
import { anExfatDisk, aSmallDisk, asRoot, mayHaveDisks } from '../support/crash-disk.ts'
import { aManager, aModelHost, hexOf, registryOf, safetensors, someBytes } from '../support/volume.ts'

describe.runIf(mayHaveDisks())('a volume on a disk of its own', () => {
  it('that is mounted read-only gives what is in place and right, and says of the rest why not', async () => {
    await using disk = await aSmallDisk(20_000_000)
    const host = await aModelHost()
    const bytes = safetensors()
    const base = join(disk.folder, 'models')
    const right = { name: 'right', url: host.serve('/right', bytes), hash: hexOf(bytes) }
    const unpinned = { name: 'unpinned', url: host.serve('/unpinned', safetensors()) }
    const writable = await aManager({ basePath: base, hosts: [host], allowUnpinned: true })
    const before = await writable.manager.prepareModelsForRequest(null, [right, unpinned])
    await writeFile(join(base, 'loras/wrong.safetensors'), 'wrong bytes')
    await writable.manager.dispose()
    const registry = await registryOf(base)
    asRoot('mount', '-o', 'remount,ro', disk.folder)
    const asked = host.asked.length
    const { manager, told } = await aManager({ basePath: base, hosts: [host], allowUnpinned: true })
    await using _closed = manager
    const wrong = { name: 'wrong', url: `${host.url}/wrong`, hash: hexOf(bytes) }
    const missing = { name: 'missing', url: `${host.url}/missing`, hash: 'a'.repeat(64) }
    const [, loras, failures] = await manager.prepareModelsForRequest(null, [right, unpinned, wrong, missing])
    expect(loras).toEqual(before[1])
    expect(failures.map(({ name, error }) => [name, error.code])).toEqual([
      ['wrong', 'STORE_NOT_WRITABLE'],
      ['missing', 'STORE_NOT_WRITABLE'],
    ])
    expect(host.asked).toHaveLength(asked)
    expect(told('warning').filter((text) => text.includes('The volume cannot be written'))).toHaveLength(1)
    expect(await registryOf(base)).toEqual(registry)
    expect(await manager.getCacheStats()).toMatchObject({ loras: { count: 2 } })
    await expect(manager.cleanupOldModels(0, 0)).rejects.toMatchObject({ code: 'STORE_NOT_WRITABLE' })
    expect(await manager.downloadModel(right.url, 'loras/x.pt', right.hash)).toBe(false)
  })

  it('that fills up fails with DISK_FULL, and keeps what is in place', async () => {
    await using disk = await aSmallDisk(8_000_000)
    const host = await aModelHost()
    const [small, large] = [safetensors(), someBytes(9_000_000)]
    const base = join(disk.folder, 'models')
    const { manager } = await aManager({ basePath: base, hosts: [host], allowUnpinned: true })
    await using _closed = manager
    const inPlace = { name: 'small', url: host.serve('/small', small), hash: hexOf(small) }
    await manager.get('lora', inPlace)
    const url = host.serve('/large.ckpt', large)
    for (const hash of [hexOf(large), null]) {
      const asked = manager.get('checkpoint', { name: 'large', url, hash })
      await expect(asked).rejects.toMatchObject({ code: 'DISK_FULL' })
    }
    expect(await readdir(join(base, 'checkpoints'))).toEqual([])
    expect(await manager.get('lora', inPlace)).toMatchObject({ isHit: true })
    expect((await registryOf(base))['loras']?.['small']).toMatchObject({ hash: hexOf(small) })
  })

  it.runIf(isThere(EXFAT))('without hard links has copies, each hashed', async () => {
    await using disk = await anExfatDisk(50_000_000)
    const host = await aModelHost()
    const bytes = safetensors(1_000_000)
    const base = join(disk.folder, 'models')
    const { manager } = await aManager({ basePath: base, hosts: [host] })
    await using _closed = manager
    const request = { name: 'a', url: host.serve('/a', bytes), hash: hexOf(bytes) }
    const { path } = await manager.get('lora', request)
    expect(await manager.get('lora', request)).toMatchObject({ path, isHit: true })
    await chmod(path, 0o644)
    await writeFile(path, 'other bytes')
    await manager.get('lora', request)
    expect(await readFile(path)).toEqual(bytes)
    // Upper and lower case are one here.
    await expect(
      manager.get('lora', { ...request, name: 'A', hash: hexOf(safetensors()) }),
    ).rejects.toMatchObject({
      code: 'ID_UNSAFE',
    })
  })
})

describe('a volume whose own folder is not safe', () => {
  it('is refused when others may write to it, and works when that is mended', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager, base, told } = await aManager({ hosts: [host] })
    const home = join(base, '.r3mes')
    await mkdir(home, { recursive: true })
    await chmod(home, 0o777)
    onTestFinished(() => chmod(home, 0o755))
    const url = host.serve('/a', bytes)
    expect(await manager.getOrDownloadLora('a', url, hexOf(bytes))).toBeNull()
    expect(told('warning').join()).toContain('STORE_UNSAFE')
    await chmod(home, 0o755)
    expect(await manager.getOrDownloadLora('a', url, hexOf(bytes))).toBe(join(base, 'loras/a.safetensors'))
  })

  it('may have folders of models that others write to: each file is hashed', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager, base } = await aManager({ hosts: [host] })
    await mkdir(join(base, 'loras'), { recursive: true })
    await chmod(base, 0o777)
    await chmod(join(base, 'loras'), 0o777)
    await manager.get('lora', { name: 'a', url: host.serve('/a', bytes), hash: hexOf(bytes) })
    expect((await stat(join(base, 'loras'))).mode & 0o777).toBe(0o777)
  })

  it('that vanishes while the manager lives is made again', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const request = { name: 'a', url: host.serve('/a', bytes), hash: hexOf(bytes) }
    const { manager, base } = await aManager({ hosts: [host] })
    await manager.get('lora', request)
    await manager.dispose()
    await rm(base, { recursive: true })
    expect(await manager.get('lora', request)).toMatchObject({ isHit: false })
  })
})
