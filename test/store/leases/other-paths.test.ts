import { rename, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobRecordOf, pathsHere } from '../../../src/store/leases/records.ts'
import { pruneStore } from '../../../src/upkeep/index.ts'
import { aUsed } from '../../support/prune.ts'
import { aFolder, anArtifact, aReporter, aStore } from '../../support/store.ts'

const WORKER = { workflow: 'ci', job: 'train', run: '1', pid: process.ppid }
const ROOTS = { models: '/a/models', adapters: '/fast', datasets: '/a/datasets' }
const HERE = { models: '/b/models', adapters: '/b/adapters', datasets: '/b/datasets' }

describe('a store that has two paths', () => {
  it('loses nothing that a process or a job uses by the other one', async () => {
    const first = await aStore()
    const alias = join(await aFolder(), 'alias')
    await symlink(first.home, alias)
    const path = await aUsed(first.store, { days: 90 })
    const { store } = await aStore({ home: alias })
    const prune = () => pruneStore(store, { maxAge: 0, keepPopular: 0 }, aReporter())
    expect((await prune()).kept.used).toBe(1)
    const job = await first.store.leases.keepForJob(WORKER)
    await first.store.close()
    expect((await prune()).kept.used).toBe(1)
    await store.leases.release(job ?? '')
    expect((await prune()).removed.map(({ name }) => name)).toContain(basename(path))
  })

  it('replaces nothing that somebody uses by the other one', async () => {
    const first = await aStore()
    await first.store.promote(await anArtifact(first.store))
    const alias = join(await aFolder(), 'alias')
    await rename(first.home, `${first.home}-moved`)
    await symlink(`${first.home}-moved`, alias)
    await symlink(`${first.home}-moved`, first.home)
    const { store } = await aStore({ home: alias })
    const { change } = await store.promote(await anArtifact(store, { files: { 'model.gguf': 'others' } }))
    expect(change).toBe('beside')
  })
})

describe('paths that another process uses', () => {
  const used = { blobs: [], artifacts: ['/a/models/v1', '/fast/coder.gguf', '/a/modelsx', '/elsewhere'] }

  it('are those that this one sees, kind by kind, and stay what they are elsewhere', () => {
    expect(pathsHere({ ...used, roots: ROOTS }, HERE)).toEqual([
      '/b/models/v1',
      '/b/adapters/coder.gguf',
      '/a/modelsx',
      '/elsewhere',
    ])
    expect(pathsHere(used, HERE)).toEqual(used.artifacts)
    expect(pathsHere({ ...used, roots: ROOTS }, undefined)).toEqual(used.artifacts)
  })

  it('count for all kinds that share a folder', () => {
    const roots = { ...ROOTS, adapters: ROOTS.models }
    expect(pathsHere({ blobs: [], artifacts: ['/a/models/v1'], roots }, HERE)).toEqual([
      '/b/models/v1',
      '/b/adapters/v1',
    ])
  })

  it('are taken as they are written when the folders in a record are none', () => {
    const record = { bootId: '', pidNamespace: '', host: '', since: 1, uptime: 1, ...WORKER, ...used }
    const roots = { models: 7, adapters: [], datasets: null }
    expect(jobRecordOf(JSON.stringify({ ...record, roots }))?.roots).toBeUndefined()
    expect(jobRecordOf(JSON.stringify({ ...record, roots: ROOTS }))?.roots).toEqual(ROOTS)
  })
})
