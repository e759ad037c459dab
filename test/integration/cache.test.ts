import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MAIN_JOB, type Scenario, startScenario } from '../support/scenario.ts'
import { finalTree } from '../support/tree.ts'

let scenario: Scenario
beforeEach(async () => {
  scenario = await startScenario()
})
afterEach(() => scenario[Symbol.asyncDispose]())

const wipe = (): Promise<void> => rm(scenario.store, { recursive: true, force: true })
const keys = (): string[] => scenario.devnet.cache.entries().map((entry) => entry.key)

describe('each way the Actions cache can be absent or refuse', () => {
  it('`disabled`: `cache: false` asks it nothing', async () => {
    const step = await scenario.step({ ...MAIN_JOB, cache: 'false' })
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'disabled' })
    expect(scenario.devnet.requests.to('cache')).toEqual([])
  })

  it('`disabled`: left out of `sources`, it is asked nothing', async () => {
    const step = await scenario.step({ ...MAIN_JOB, sources: 'huggingface' })
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'disabled' })
    expect(scenario.devnet.requests.to('cache')).toEqual([])
  })

  it('`unavailable`: a runner without the service', async () => {
    const step = await scenario.step(MAIN_JOB, {
      environment: { ACTIONS_RESULTS_URL: '', ACTIONS_RUNTIME_TOKEN: '' },
    })
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'unavailable' })
  })

  it('`unavailable`: a server of GitHub Enterprise, which speaks v1', async () => {
    const step = await scenario.step(MAIN_JOB, {
      environment: { GITHUB_SERVER_URL: 'https://github.example.org' },
    })
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'unavailable' })
    expect(scenario.devnet.requests.to('cache')).toEqual([])
  })

  it('`unavailable`: a service that does not answer', async () => {
    const step = await scenario.step(MAIN_JOB, {
      environment: { ACTIONS_RESULTS_URL: 'http://127.0.0.1:1/' },
    })
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'unavailable' })
  })

  it('`denied`: a token that may not read', async () => {
    scenario.devnet.cache.deny('read')
    const step = await scenario.step(MAIN_JOB)
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'denied' })
  })

  it('`denied`: a run whose cache mode is none', async () => {
    const step = await scenario.step(MAIN_JOB, { environment: { ACTIONS_CACHE_MODE: 'none' } })
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'denied' })
    expect(scenario.devnet.requests.to('cache')).toEqual([])
  })

  it('`full`: the quota is used up', async () => {
    scenario.devnet.cache.full()
    const step = await scenario.step(MAIN_JOB)
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'full' })
    expect(keys()).toEqual([])
  })

  it('`rate-limited`: the service asks to come back much later', async () => {
    scenario.devnet.fail('cache', { kind: 'status', status: 429, headers: { 'retry-after': '3600' } })
    const step = await scenario.step(MAIN_JOB)
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'rate-limited' })
  })

  it('never fails a step with nonsense of its own', async () => {
    scenario.devnet.fail('cache', { kind: 'status', status: 200, body: '<html>login</html>' })
    const step = await scenario.step(MAIN_JOB)
    expect(step.outputs['success']).toBe('true')
    expect(['unavailable', 'miss']).toContain(step.outputs['cache-status'])
  })
})

describe('what is saved', () => {
  it('is one entry for each file, under the digest, and nothing twice', async () => {
    await scenario.step(MAIN_JOB)
    const first = keys().sort()
    expect(first).toHaveLength(4)
    for (const key of first) expect(key).toMatch(/^r3mes-v1-[0-9a-f]{64}$/)
    await wipe()
    await scenario.step(MAIN_JOB)
    expect(keys().sort()).toEqual(first)
  })

  it('packs the small files of one artifact into one entry', async () => {
    await scenario.step({ 'model-version': '2.0.0' })
    expect(keys().filter((key) => key.startsWith('r3mes-pack-v1-'))).toHaveLength(1)
    await wipe()
    scenario.devnet.requests.clear()
    const restored = await scenario.step({ 'model-version': '2.0.0' })
    expect(restored.outputs).toMatchObject({ success: 'true', 'cache-status': 'hit', 'cache-hit': 'true' })
    expect(scenario.devnet.requests.content()).toEqual([])
  })

  it('is nothing on a pull request, which still restores', async () => {
    const pullRequest = { environment: { GITHUB_EVENT_NAME: 'pull_request' } }
    await scenario.step(MAIN_JOB, pullRequest)
    expect(keys()).toEqual([])
    await wipe()
    await scenario.step(MAIN_JOB)
    await wipe()
    const restored = await scenario.step(MAIN_JOB, pullRequest)
    expect(restored.outputs['cache-status']).toBe('hit')
  })

  it('is nothing in `read-only`', async () => {
    await scenario.step({ ...MAIN_JOB, cache: 'read-only' })
    expect(keys()).toEqual([])
  })

  it('is nothing when the run fails', async () => {
    const step = await scenario.step({ ...MAIN_JOB, datasets: 'no_such_dataset' })
    expect(step.exitCode).toBe(3)
    expect(keys()).toEqual([])
  })
})

describe('what is restored', () => {
  it('is `partial` when the cache has some of it', async () => {
    await scenario.step({ 'model-version': '1.0.0' })
    await wipe()
    const step = await scenario.step(MAIN_JOB)
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'partial', 'cache-hit': 'false' })
  })

  it('is hashed like anything else: a poisoned entry is named, and the next source serves', async () => {
    await scenario.step(MAIN_JOB)
    const good = await finalTree(scenario.store)
    for (const key of keys()) await scenario.devnet.cache.poison(key)
    await wipe()
    const step = await scenario.step(MAIN_JOB)
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-hit': 'false' })
    expect(step.stdout).toMatch(/gh cache delete r3mes-v1-[0-9a-f]{64}/)
    expect(await finalTree(scenario.store)).toEqual(good)
  })

  it('comes by a new URL when the signed one has expired', async () => {
    await scenario.step({ 'model-version': '1.0.0' })
    await wipe()
    scenario.devnet.fail('blobs', { kind: 'status', status: 403, times: 1 })
    scenario.devnet.requests.clear()
    const step = await scenario.step({ 'model-version': '1.0.0' })
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'hit' })
    expect(
      scenario.devnet.requests.to('cache').filter(({ call }) => call?.includes('GetCacheEntryDownloadURL')),
    ).toHaveLength(2)
  })

  it('never shows a signed URL', async () => {
    await scenario.step({ 'model-version': '1.0.0' })
    await wipe()
    const step = await scenario.step({ 'model-version': '1.0.0' })
    const signed = scenario.devnet.requests.to('blobs').map((request) => request.path)
    expect(signed.length).toBeGreaterThan(1)
    for (const path of signed) expect(step.stdout + step.summary).not.toContain(path.split('?')[1])
  })
})
