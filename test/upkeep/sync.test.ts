import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import {
  approveAdapter,
  type Devnet,
  removeDataset,
  revokeAdapter,
  setActive,
} from '../../src/devnet/index.ts'
import { readSettings } from '../../src/ensure/index.ts'
import { openStore } from '../../src/store/index.ts'
import { type SyncOptions, type SyncReport, syncStore } from '../../src/upkeep/index.ts'
import { optionsOf, runCommand } from '../support/command.ts'
import { type Ensured, ensured } from '../support/ensured.ts'
import { MAIN_JOB } from '../support/scenario.ts'

const LONG = { timeout: 60_000 }

/** A store in which the main job has run. */
async function aUsedStore(): Promise<Ensured> {
  const world = await ensured()
  expect(await world.run(MAIN_JOB)).toMatchObject({ success: true })
  return world
}

async function sync(
  { devnet, home }: Ensured,
  options: SyncOptions = {},
  chainId?: string,
): Promise<SyncReport> {
  const inputs = { ...devnet.inputs(), home, ...(chainId === undefined ? {} : { 'chain-id': chainId }) }
  await using store = await openStore({ home, reporter: silentReporter })
  return await syncStore(
    store,
    readSettings(inputs, {}),
    { reporter: silentReporter, environment: {} },
    options,
  )
}

/** Another content for an adapter, published where the old one was. */
function approveNewCoder(devnet: Devnet): string {
  const content = devnet.addContent('a better coder', 6_000)
  devnet.publishToHub('r3mes-network/adapters', 'better/coder.safetensors', content)
  approveAdapter(devnet, {
    adapterId: 'coder',
    version: '1.3.0',
    checksum: content.sha256,
    compatibleModelVersions: ['1.0.0'],
    downloadSource: 'hf://r3mes-network/adapters@main/better/coder.safetensors',
  })
  return content.sha256
}

function statesOf({ artifacts }: SyncReport): Record<string, string> {
  return Object.fromEntries(artifacts.map(({ id, state }) => [id, state]))
}

const ALL_APPROVED = {
  '1.0.0': 'approved',
  general_dora: 'approved',
  coder: 'approved',
  training_dataset_v1: 'approved',
}

describe('bringing a store up to what is approved now', () => {
  it('changes nothing, and asks no content host, when everything is', LONG, async () => {
    const world = await aUsedStore()
    world.devnet.requests.clear()
    const report = await sync(world, { pruneUnapproved: true })
    expect(statesOf(report)).toEqual(ALL_APPROVED)
    expect(report).toMatchObject({ removal: undefined, active: undefined, bytesDownloaded: 0 })
    expect(world.devnet.requests.content()).toEqual([])
  })

  it('puts in place what was approved under the same name since, where the old one was', LONG, async () => {
    const world = await aUsedStore()
    approveNewCoder(world.devnet)
    const report = await sync(world)
    expect(statesOf(report)).toEqual({ ...ALL_APPROVED, coder: 'updated' })
    expect(report.bytesDownloaded).toBe(6_000)
    const path = join(world.home, 'adapters', 'coder.safetensors')
    expect(report.artifacts.find(({ id }) => id === 'coder')?.path).toBe(path)
    expect(await readFile(path)).toHaveLength(6_000)
    expect(statesOf(await sync(world))).toEqual(ALL_APPROVED)
  })

  it('says what is not approved any more, and leaves it', LONG, async () => {
    const world = await aUsedStore()
    revokeAdapter(world.devnet, 'coder')
    removeDataset(world.devnet, 0n)
    const report = await sync(world)
    expect(statesOf(report)).toEqual({
      ...ALL_APPROVED,
      coder: 'unapproved',
      training_dataset_v1: 'unapproved',
    })
    expect(report.artifacts.find(({ id }) => id === 'coder')?.reason?.code).toBe('ADAPTER_REVOKED')
    expect(existsSync(join(world.home, 'adapters', 'coder.safetensors'))).toBe(true)
  })

  it('removes it when asked to, but not what a job uses', LONG, async () => {
    const world = await aUsedStore()
    const { home, devnet } = world
    revokeAdapter(devnet, 'coder')
    removeDataset(devnet, 0n)
    await using job = await openStore({ home, reporter: silentReporter })
    await job.leases.use({ artifacts: [join(home, 'datasets', 'training_dataset_v1')] })
    const report = await sync(world, { pruneUnapproved: true })
    expect(statesOf(report)).toEqual({ ...ALL_APPROVED, coder: 'removed', training_dataset_v1: 'unapproved' })
    expect(report.removal).toMatchObject({ kept: { used: 1 }, removed: [{ kind: 'adapter', name: 'coder' }] })
    expect(report.removal?.bytes).toBeGreaterThan(0)
    expect(await readdir(join(home, 'adapters'))).toEqual(['general_dora.safetensors'])
    expect(await readdir(join(home, 'datasets'))).toEqual(['training_dataset_v1'])
  })

  it(
    'removes nothing when the chain does not answer, and judges nothing of another chain',
    LONG,
    async () => {
      const world = await aUsedStore()
      const elsewhere = await sync(world, { pruneUnapproved: true }, 'another-chain-1')
      expect(new Set(Object.values(statesOf(elsewhere)))).toEqual(new Set(['elsewhere']))
      await world.devnet.close()
      const report = await sync(world, { pruneUnapproved: true })
      expect(new Set(Object.values(statesOf(report)))).toEqual(new Set(['unknown']))
      expect(await readdir(join(world.home, 'adapters'))).toHaveLength(2)
    },
  )

  it('brings the active model when asked to', LONG, async () => {
    const world = await aUsedStore()
    setActive(world.devnet, { versionNumber: 3n, modelVersion: '2.0.0', cid: '' })
    const report = await sync(world, { active: true })
    expect(report.active).toMatchObject({ success: true, modelVersion: '2.0.0' })
    expect(await readdir(join(world.home, 'models'))).toEqual(['v1.0.0', 'v2.0.0'])
  })
})

describe('r3mes sync', () => {
  it(
    'prints what it found and did, and its exit code says when something is not approved',
    LONG,
    async () => {
      const world = await aUsedStore()
      const { 'rpc-urls': urls = '', 'chain-id': id = '', ...sources } = world.devnet.inputs()
      const known = ['hf-endpoint', 'ipfs-gateways', 'mirrors', 'allow-hosts', 'sources']
      const more = Object.entries(sources).filter(([name]) => known.includes(name))
      const options = optionsOf({ 'rpc-urls': urls, 'chain-id': id, ...Object.fromEntries(more) })
      revokeAdapter(world.devnet, 'coder')
      const shown = await runCommand(['sync', '--home', world.home, ...options])
      expect(shown.stdout).toMatch(/^adapter +coder +unapproved \(ADAPTER_REVOKED\)$/m)
      expect(shown.stdout).toMatch(/^model +v1\.0\.0 +approved$/m)
      expect(shown.exitCode).toBe(3)
      const told = await runCommand(['sync', '--json', '--home', world.home, ...options])
      expect(told.exitCode).toBe(3)
      expect(JSON.parse(told.stdout)).toMatchObject({ success: false, 'error-code': 'ADAPTER_REVOKED' })
      const rows = JSON.parse(told.stdout).artifacts.map(
        ({ kind, name, state }: Record<string, string>) => `${kind} ${name} ${state}`,
      )
      const table = shown.stdout.trimEnd().split('\n').slice(1)
      expect(rows).toEqual(table.map((line) => line.replace(/ \([A-Z_]+\)$/, '').replace(/ +/g, ' ')))
      const listed = JSON.parse((await runCommand(['ls', '--json', '--home', world.home])).stdout)
      const names = (each: readonly { readonly name: string }[]) => each.map(({ name }) => name).sort()
      expect(names(JSON.parse(told.stdout).artifacts)).toEqual(names(listed))
      const pruned = await runCommand([
        'sync',
        '--prune-unapproved',
        '--json',
        '--home',
        world.home,
        ...options,
      ])
      expect(pruned.exitCode).toBe(0)
      expect(JSON.parse(pruned.stdout)).toMatchObject({ success: true, 'error-code': '' })
      expect(JSON.parse(pruned.stdout).artifacts).toContainEqual(
        expect.objectContaining({ id: 'coder', state: 'removed', 'error-code': 'ADAPTER_REVOKED' }),
      )
    },
  )

  it('asks for a chain', async () => {
    const { exitCode, stderr } = await runCommand(['sync'])
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('RPC_URL_MISSING'),
    })
  })
})
