import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkEntries, ModelManager, type ModelManagerOptions } from '../../src/manager/index.ts'
import { aModelHost, modelBytes, sha256OfBytes } from '../support/model-host.ts'
import { aFolder } from '../support/store.ts'

const SIZE = 20_000_000

async function aVolume() {
  const host = await aModelHost()
  const basePath = join(await aFolder(), 'models')
  const open = (options: ModelManagerOptions = {}) =>
    new ModelManager({ basePath, allowHosts: [host.host], ...options })
  {
    await using manager = open()
    const big = host.serve('big.safetensors', modelBytes('big', SIZE))
    await manager.get('lora', { name: 'big', ...big })
    await manager.get('lora', { name: 'small', ...host.serve('small.safetensors') })
  }
  return { basePath, open }
}

/** Bytes that this process has read from files: https://man7.org/linux/man-pages/man5/proc_pid_io.5.html */
async function bytesRead(): Promise<number> {
  return Number(/^rchar: (\d+)$/m.exec(await readFile('/proc/self/io', 'utf8'))?.[1])
}

describe('the models of a volume', () => {
  it('are right as long as their bytes are those of their hashes', async () => {
    const { basePath, open } = await aVolume()
    await using manager = open()
    const all = await checkEntries(manager, { allowUnpinned: false })
    expect(all.right.map(({ name }) => name).sort()).toEqual(['big', 'small'])
    expect(all.failures).toEqual([])
    await rm(join(basePath, 'loras/small.safetensors'))
    await writeFile(join(basePath, 'loras/small.safetensors'), 'something else')
    const { right, failures } = await checkEntries(manager, { allowUnpinned: false })
    expect(right.map(({ name }) => name)).toEqual(['big'])
    expect(failures).toMatchObject([{ kind: 'lora', name: 'small', error: { code: 'DIGEST_MISMATCH' } }])
  })

  it('are not right because another program wrote the hash of its bytes into the registry', async () => {
    const { basePath, open } = await aVolume()
    const path = join(basePath, 'loras/small.safetensors')
    await rm(path)
    await writeFile(path, modelBytes('another program'))
    const registryPath = join(basePath, 'cache_registry.json')
    const registry = JSON.parse(await readFile(registryPath, 'utf8'))
    const hash = sha256OfBytes(modelBytes('another program'))
    registry.loras.small.hash = hash
    registry.loras['\n::error::alias'] = { ...registry.loras.small, hash }
    await writeFile(registryPath, JSON.stringify(registry))
    await using manager = open()
    const { right, failures } = await checkEntries(manager, { allowUnpinned: false })
    expect(right.map(({ name }) => name)).toEqual(['big'])
    expect(failures).toMatchObject([
      { error: { code: 'INPUT_INVALID' } },
      { error: { code: 'INPUT_INVALID' } },
    ])
    expect(failures.map(({ error }) => error.message).join()).not.toContain('alias')
    // Who believes the other program says so.
    expect((await checkEntries(manager, { allowUnpinned: true })).right).toHaveLength(3)
  })

  it('without a hash count only where that is allowed', async () => {
    const { basePath, open } = await aVolume()
    await writeFile(join(basePath, 'loras/own.safetensors'), modelBytes('own'))
    const path = join(basePath, 'cache_registry.json')
    const registry = JSON.parse(await readFile(path, 'utf8'))
    registry.loras.own = {
      path: join(basePath, 'loras/own.safetensors'),
      url: 'https://a.example.org/own',
      hash: null,
    }
    await writeFile(path, JSON.stringify(registry))
    await using manager = open()
    expect((await checkEntries(manager, { allowUnpinned: true })).failures).toEqual([])
    expect((await checkEntries(manager, { allowUnpinned: false })).failures).toMatchObject([
      { name: 'own', error: { code: 'INPUT_INVALID' } },
    ])
  })

  it.runIf(existsSync('/proc/self/io'))(
    'are all read under verify: always, and not again under verify: changed when nothing changed',
    async () => {
      const { open } = await aVolume()
      const readBy = async (verify: 'always' | 'changed') => {
        await using manager = open({ verify })
        const before = await bytesRead()
        expect((await checkEntries(manager, { allowUnpinned: false })).right).toHaveLength(2)
        return (await bytesRead()) - before
      }
      expect(await readBy('always')).toBeGreaterThan(SIZE)
      expect(await readBy('changed')).toBeLessThan(SIZE / 2)
    },
  )
})
