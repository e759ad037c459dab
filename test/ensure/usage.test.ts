import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Verifier } from '../../src/core/index.ts'
import { countedOf } from '../../src/ensure/usage.ts'
import { sha256Of } from '../support/digest.ts'
import { ensured } from '../support/ensured.ts'
import { aResult } from '../support/result.ts'
import { aStore } from '../support/store.ts'
import { allOf, readRegistry } from '../support/usage.ts'

const REQUEST = { 'model-version': '1.0.0', adapters: 'coder', datasets: 'training_dataset_v1' }

describe('a run', () => {
  it('notes what it handed out, by kind, and counts itself', async () => {
    const { home, devnet, run } = await ensured()
    const first = await run(REQUEST)
    expect(first.error).toBeUndefined()
    await run({ ...REQUEST, adapters: '' })
    const { usage } = (await aStore({ home })).store
    const entries = new Map((await allOf(usage)).map((entry) => [entry.name, entry]))
    expect([...entries.keys()]).toEqual(['v1.0.0', 'coder', 'training_dataset_v1'])
    expect(entries.get('v1.0.0')).toMatchObject({
      path: join(home, 'models/v1.0.0'),
      hash: first.artifacts[0]?.files[0]?.sha256,
      usageCount: 2,
      fileSize: 50_000,
      chainId: devnet.inputs()['chain-id'],
      approvedAtHeight: first.artifacts[0]?.approvedAtHeight,
      usedBy: expect.stringContaining(hostname()),
      version: '1.0.0',
    })
    expect(entries.get('coder')).toMatchObject({ usageCount: 1, fileSize: 5_000 })
    const files = first.artifacts.flatMap((artifact) => artifact.files)
    const counters = await usage.counters()
    expect(counters).toMatchObject({ runs: 2, failedRuns: 0, hits: files.length - 1, misses: files.length })
    const brought = Object.values(counters?.sources ?? {})
    expect(brought.reduce((sum, { ok }) => sum + ok, 0)).toBe(files.length)
    expect(brought.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(first.bytesDownloaded)
  })

  it('that fails is counted, and hands out nothing', async () => {
    const { home, run } = await ensured()
    expect((await run({ ...REQUEST, adapters: 'nobody' })).success).toBe(false)
    const { usage } = (await aStore({ home })).store
    expect(await allOf(usage)).toEqual([])
    expect(await usage.counters()).toMatchObject({ runs: 1, failedRuns: 1, hits: 0, misses: 0 })
  })

  it('that only plans leaves no trace in the index', async () => {
    const { home, run } = await ensured()
    expect((await run({ ...REQUEST, 'plan-only': 'true' })).success).toBe(true)
    await expect(readRegistry(home)).rejects.toThrow('ENOENT')
  })
})

describe('what a run adds to the totals', () => {
  it('is told apart by source; a place that failed counts as one', () => {
    const file = (text: string) => {
      const verifier = new Verifier({ sha256: sha256Of(text) })
      verifier.update(Buffer.from(text))
      return verifier.finish(`/somewhere/${text}`)
    }
    const place = { url: undefined, milliseconds: 5 }
    const failure = {
      subject: 'x',
      source: 'ipfs',
      origin: 'https://ipfs.io',
      code: 'URL_REFUSED',
      reason: '',
    }
    const bytesBySource = { http: 3, ipfs: 7, cache: 2 }
    const counted = countedOf(aResult({ success: true, failures: [failure, failure], bytesBySource }), [
      { file: file('in store'), from: 'store', ...place },
      { file: file('a'), from: 'http', ...place },
      { file: file('bb'), from: 'http', ...place },
      { file: file('c'), from: 'ipfs', ...place },
    ])
    expect(counted).toEqual({
      success: true,
      hits: 1,
      misses: 3,
      sources: {
        http: { ok: 2, failed: 0, bytes: 3, milliseconds: 10 },
        ipfs: { ok: 1, failed: 2, bytes: 7, milliseconds: 5 },
        // It sent bytes, and no file came of them.
        cache: { ok: 0, failed: 0, bytes: 2, milliseconds: 0 },
      },
    })
  })
})
