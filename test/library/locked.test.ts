import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { revokeAdapter } from '../../src/devnet/index.ts'
import { lockFromInputs } from '../../src/ensure/index.ts'
import { AdapterRegistry, ModelRegistry, UnifiedRegistry } from '../../src/library/index.ts'
import { type LibraryWorld, libraryWorld } from '../support/library.ts'
import { finalTree } from '../support/tree.ts'

/** A world with a lockfile for the model, `coder` and `general_dora`, and options that name it. */
async function aLockedWorld(): Promise<LibraryWorld & { readonly lockfile: string }> {
  const world = await libraryWorld()
  const lockfile = join(world.home, '../r3mes.lock')
  const inputs = { ...world.devnet.inputs(), home: world.home, lockfile }
  const request = { 'model-version': '1.0.0', adapters: 'coder\ngeneral_dora' }
  const ports = { reporter: silentReporter, environment: {} }
  expect(await lockFromInputs('create', { ...inputs, ...request }, ports)).toMatchObject({ written: true })
  return { ...world, lockfile, options: { ...world.options, lockfile } }
}

describe('a registry with a lockfile', () => {
  it('starts from its block', async () => {
    const { options } = await aLockedWorld()
    const { success, status } = await new UnifiedRegistry(options).ensureReadyAtomic()
    expect([success, status.trust]).toEqual([true, 'light-client'])
  })

  it('brings nothing that is not locked when it is frozen', async () => {
    const { options, devnet, home } = await aLockedWorld()
    const registry = new UnifiedRegistry({ ...options, frozen: true })
    const refused = await registry.ensureReadyAtomic({ requiredAdapters: ['writer'] })
    expect(refused).toMatchObject({ success: false, errorCode: 'LOCK_MISMATCH' })
    expect(devnet.requests.content()).toEqual([])
    expect(await finalTree(home)).toEqual({})
    expect((await registry.ensureReadyAtomic({ requiredAdapters: ['coder'] })).success).toBe(true)
  })

  it('is frozen in CI, and hashes every byte there', async () => {
    const { options } = await aLockedWorld()
    const environment = { ...options.environment, CI: 'true' }
    const registry = new UnifiedRegistry({ ...options, environment, verifyOnLoad: false })
    const result = await registry.ensureReadyAtomic()
    expect(result).toMatchObject({ success: false, errorCode: 'INPUT_INVALID' })
    expect(result.errorMessage).toContain('a frozen run hashes every byte')
  })

  it('lists what is approved now, not what is locked', async () => {
    const { options, devnet } = await aLockedWorld()
    revokeAdapter(devnet, 'coder')
    const ids = (await new AdapterRegistry({ ...options, frozen: true }).list()).map(({ id }) => id)
    expect(ids.sort()).toEqual(['future_lora', 'general_dora', 'writer'])
  })

  it('asks no chain under trust: lockfile, and still sees what does not go together', async () => {
    const { options, devnet } = await aLockedWorld()
    const { rpcUrls: _urls, ...others } = options
    const offline = { ...others, trust: 'lockfile', maxLockAge: '7d' } as const
    devnet.requests.clear()
    expect(await new ModelRegistry(offline).info('1.0.0')).toMatchObject({ version: '1.0.0', modelId: 1n })
    const adapters = new AdapterRegistry({ ...offline, loadedAdapters: ['general_dora'] })
    expect(await adapters.checkCompatibility('coder')).toEqual([true, ''])
    expect(await adapters.checkConflicts('coder')).toEqual([false, []])
    expect(await adapters.checkCompatibility('writer')).toMatchObject([
      false,
      expect.any(String),
      { code: 'LOCK_MISMATCH' },
    ])
    const [success, path] = await adapters.downloadAdapter('coder')
    expect([success, path]).toEqual([true, expect.stringContaining('adapters/coder.safetensors')])
    expect([devnet.requests.to('rpc'), devnet.requests.to('rpc2')]).toEqual([[], []])
  })
})

describe('several registries at once', () => {
  it('share one download, and none of them sees half of anything', async () => {
    const { options, devnet, home } = await libraryWorld({ sizes: { model: 900_000 } })
    const registries = Array.from({ length: 6 }, () => new ModelRegistry(options))
    const outcomes = await Promise.all(registries.map((registry) => registry.downloadModel('1.0.0')))
    expect(outcomes).toEqual(registries.map(() => [true, join(home, 'models/v1.0.0')]))
    const fetched = devnet.requests.to('cdn').filter(({ method }) => method === 'GET')
    expect(fetched).toHaveLength(1)
  })
})
