import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anArtifact, aStore } from '../support/store.ts'

describe('artifacts that are announced together', () => {
  it('are leased before the first of them is promoted, and written down once for all', async () => {
    const { store, home } = await aStore()
    const artifacts = await Promise.all(
      ['v1.0.0', 'v2.0.0', 'v3.0.0'].map((name) => anArtifact(store, { name, files: { [name]: name } })),
    )
    await store.announce(artifacts)
    const paths = artifacts.map(({ name }) => join(home, 'models', name))
    const [own] = await store.leases.list()
    expect(own?.artifacts).toEqual(paths)
    const sessions = join(home, 'leases/sessions')
    const record = (await readdir(sessions)).find((name) => name.endsWith('.json')) ?? ''
    const { ino } = await stat(join(sessions, record))
    for (const artifact of artifacts) await store.promote(artifact)
    expect((await stat(join(sessions, record))).ino).toBe(ino)
    await store.close()
  })

  it('are leased anew by a promotion after they were given up', async () => {
    const { store, home } = await aStore()
    const artifact = await anArtifact(store)
    const path = join(home, 'models/v1.0.0')
    await store.announce([artifact])
    await store.leases.forgo([path])
    expect((await store.leases.list())[0]?.artifacts).toEqual([])
    await store.promote(artifact)
    expect((await store.leases.list())[0]?.artifacts).toEqual([path])
    await store.close()
  })
})
