import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Counted } from '../../../src/store/index.ts'
import { aStore } from '../../support/store.ts'

const RUN: Counted = {
  success: true,
  hits: 3,
  misses: 1,
  sources: { huggingface: { ok: 1, failed: 2, bytes: 100, milliseconds: 12.6 } },
}

describe('the totals of all runs', () => {
  it('begin at no time that no calendar has', async () => {
    const { store, home } = await aStore()
    await writeFile(join(home, 'cache/counters.json'), '{"since": 1e300, "runs": 2}')
    expect(await store.usage.counters()).toMatchObject({ since: 0, runs: 2 })
  })

  it('are none before the first run', async () => {
    const { store } = await aStore()
    expect(await store.usage.counters()).toBeUndefined()
  })

  it('add up', async () => {
    const { store } = await aStore()
    await store.usage.count(RUN)
    await store.usage.count({ ...RUN, success: false })
    await store.usage.count({ ...RUN, sources: { ipfs: { ok: 1, failed: 0, bytes: 1, milliseconds: 1 } } })
    expect(await store.usage.counters()).toEqual({
      since: expect.closeTo(Date.now() / 1000, -2),
      runs: 3,
      failedRuns: 1,
      hits: 9,
      misses: 3,
      sources: {
        huggingface: { ok: 2, failed: 4, bytes: 200, milliseconds: 26 },
        ipfs: { ok: 1, failed: 0, bytes: 1, milliseconds: 1 },
      },
    })
  })

  it.each(['', 'no json', '[]', '{"runs": 1', 'null'])(
    'begin anew when they are damaged: %j',
    async (text) => {
      const { store, home } = await aStore()
      await writeFile(join(home, 'cache/counters.json'), text)
      await store.usage.count(RUN)
      expect(await store.usage.counters()).toMatchObject({ runs: 1, hits: 3 })
      const [kept = ''] = (await readdir(join(home, 'cache'))).filter((name) => name.includes('.damaged-'))
      expect(await readFile(join(home, 'cache', kept), 'utf8')).toBe(text)
    },
  )

  it.each([
    ['a folder', (path: string) => mkdir(path)],
    ['a link', (path: string) => symlink('/etc/hostname', path)],
  ])('begin anew when %s is in their place', async (_what, make) => {
    const { store, home } = await aStore()
    await make(join(home, 'cache/counters.json'))
    await store.usage.count(RUN)
    expect(await store.usage.counters()).toMatchObject({ runs: 1 })
  })

  it('take numbers of a wrong type as none', async () => {
    const { store, home } = await aStore()
    const text = '{"runs": "5", "hits": -1, "misses": 2.5, "sources": {"http": {"ok": 1e400}, "ipfs": 3}}'
    await writeFile(join(home, 'cache/counters.json'), text)
    await store.usage.count(RUN)
    expect(await store.usage.counters()).toMatchObject({ runs: 1, hits: 3, misses: 3 })
  })
})
