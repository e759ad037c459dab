import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  approveAdapter,
  approveModel,
  approveVersion,
  revokeAdapter,
  setActive,
} from '../../../src/devnet/index.ts'
import { outputsOf } from '../../../src/ensure/index.ts'
import { sha256Of } from '../../support/digest.ts'
import { aLocking, type Locking } from '../../support/locking.ts'

const CI = { CI: 'true' }
const DAYS_OF_BLOCKS = { history: 100, historyBlockMs: 6 * 3_600_000 }

const textOf = ({ said }: Locking, level: string): string =>
  said.flatMap((line) => (line.level === level ? [line.text] : [])).join('\n')

/** A newer model, active from now on. */
function activateNewModel({ devnet }: Locking): void {
  approveModel(devnet, {
    modelId: 9n,
    config: { modelVersion: '1.1.0', modelName: 'newer', verificationSha256: sha256Of('newer') },
  })
  approveVersion(devnet, { versionNumber: 9n, modelId: 9n })
  setActive(devnet, { versionNumber: 9n, modelVersion: '1.1.0' })
}

describe('a first run with two hosts', () => {
  it('proves by quorum, says that trust is on first use, and offers what pins it', async () => {
    const world = await aLocking()
    const result = await world.run()
    expect(result).toMatchObject({ success: true, trust: 'quorum', frozen: false })
    expect(result.evidence).toMatchObject({ target: { height: world.devnet.height }, anchor: undefined })
    expect(textOf(world, 'notice')).toContain('Trust is on first use')
    expect(textOf(world, 'warning')).toBe('')
    expect(textOf(world, 'info')).toContain(
      `${world.devnet.urls.rpc}, ${world.devnet.urls.rpc2} agree on block ${world.devnet.height}`,
    )
    expect(result.offer).toMatchObject(stringified(world.devnet.anchor(world.devnet.height)))
  })

  it('offers the very lockfile that `r3mes lock` writes', async () => {
    const world = await aLocking()
    const { offer } = await world.run()
    await world.lock('create')
    expect(offer?.lockfile).toBe(await readFile(world.path, 'utf8'))
  })

  it('offers two lines that the next run starts from', async () => {
    const world = await aLocking()
    const { offer } = await world.run({ 'plan-only': 'true' })
    const typed = { 'trusted-height': offer?.height, 'trusted-hash': offer?.hash }
    world.devnet.advance(5)
    const pinned = await world.run({ ...typed, 'rpc-urls': world.devnet.urls.rpc })
    expect(pinned).toMatchObject({ success: true, trust: 'light-client', offer: undefined })
    expect(textOf(world, 'warning')).toContain('witnesses: 0')
    expect(pinned.notices.join()).toContain('witnesses: 0')
  })

  it('offers nothing when the plan has problems', async () => {
    const world = await aLocking()
    const result = await world.run({ adapters: 'coder\nwriter' })
    expect(result.error).toMatchObject({ code: 'ADAPTER_CONFLICT' })
    expect(result.offer).toBeUndefined()
    expect(result).toMatchObject({ trust: 'quorum', height: world.devnet.height - 1n })
  })

  it('says when the block that it found will be too old', async () => {
    const world = await aLocking()
    const result = await world.run({ 'plan-only': 'true', 'trusting-period': '2d' })
    const found = result.evidence?.target.time.getTime() ?? 0
    expect(outputsOf(result)['trust-expires-at']).toBe(new Date(found + 2 * 86_400_000).toISOString())
  })
})

describe('a run with a lockfile', () => {
  it('starts from its block and tells the way', async () => {
    const world = await aLocking()
    await world.lock('create')
    const { anchor } = await world.read()
    world.devnet.advance(40)
    const result = await world.run()
    expect(result).toMatchObject({ success: true, trust: 'light-client', frozen: false, offer: undefined })
    expect(result.evidence).toMatchObject({
      anchor: { height: BigInt(anchor.height), hash: anchor.hash, origin: 'the lockfile' },
      target: { height: world.devnet.height },
    })
    const story = textOf(world, 'info')
    expect(story).toContain(`Trust starts at block ${anchor.height}`)
    expect(story).toContain('1 of 1 witnesses have the same block')
    const ends = new Date(Date.parse(anchor.time) + 14 * 86_400_000).toISOString()
    expect(outputsOf(result)['trust-expires-at']).toBe(ends)
  })

  it('keeps in the receipt what the proof stood on', async () => {
    const world = await aLocking()
    await world.lock('create')
    world.devnet.advance(3)
    const result = await world.run({ 'plan-only': 'true' })
    const receipt = JSON.parse(await readFile(result.receiptPath ?? '', 'utf8'))
    expect(receipt.proof).toMatchObject({
      target: { height: world.devnet.height.toString(), hash: world.devnet.anchor(world.devnet.height).hash },
      anchor: { origin: 'the lockfile' },
      primary: world.devnet.urls.rpc,
      witnesses: [{ endpoint: world.devnet.urls.rpc2, verdict: 'agrees' }],
      trustingPeriodSeconds: 14 * 86_400,
    })
    expect(receipt.proof.trace.at(-1)).toBe(world.devnet.height.toString())
    expect(receipt.lockfile).toEqual({ path: world.path, frozen: false })
  })

  it('keeps in the receipt against which block a forged record was caught', async () => {
    const world = await aLocking()
    await world.lock('create')
    world.devnet.advance(3)
    world.devnet.lie('forged-value')
    const result = await world.run()
    expect(result.error).toMatchObject({ code: 'PROOF_INVALID' })
    expect(outputsOf(result)).toMatchObject({ trust: '', 'registry-height': '', 'trust-expires-at': '' })
    const receipt = JSON.parse(await readFile(result.receiptPath ?? '', 'utf8'))
    expect(receipt.proof).toMatchObject({
      target: { height: world.devnet.height.toString() },
      primary: world.devnet.urls.rpc,
    })
  })

  it('outside CI resolves anew what the request asks for', async () => {
    const world = await aLocking()
    await world.lock('create', { adapters: '' })
    activateNewModel(world)
    expect(await world.run({ adapters: '', 'plan-only': 'true' })).toMatchObject({ modelVersion: '1.1.0' })
  })

  it('in CI keeps to the locked version, and says that a newer one is active', async () => {
    const world = await aLocking()
    await world.lock('create', { adapters: '' })
    activateNewModel(world)
    const result = await world.run({ adapters: '', 'plan-only': 'true' }, CI)
    expect(result).toMatchObject({ success: true, modelVersion: '1.0.0', frozen: true })
    expect(textOf(world, 'notice')).toContain('1.1.0')
  })

  it('in CI brings the bytes as usual', async () => {
    const world = await aLocking()
    await world.lock('create')
    expect(await world.run({}, CI)).toMatchObject({ success: true, frozen: true })
    expect(world.devnet.requests.content().length).toBeGreaterThan(0)
  })

  it.each([
    [{ frozen: 'true' }, {}],
    [{ frozen: 'auto' }, CI],
    [{ trust: 'lockfile', 'max-lock-age': '7d', 'rpc-urls': '' }, {}],
  ])(
    'under %o refuses checks that were recorded earlier, before anybody is asked',
    async (inputs, environment) => {
      const world = await aLocking()
      await world.lock('create')
      world.devnet.requests.clear()
      const result = await world.run({ ...inputs, verify: 'changed' }, environment)
      expect(result.error).toMatchObject({ code: 'INPUT_INVALID' })
      expect(result.error?.message).toContain('Remove `verify: changed`')
      expect([...world.devnet.requests.to('rpc'), ...world.devnet.requests.content()]).toEqual([])
      expect(await world.run({ frozen: 'false', verify: 'changed' }, CI)).toMatchObject({ success: true })
    },
  )

  it('in CI fails when something that it asks for changed, before any content host is asked', async () => {
    const world = await aLocking()
    await world.lock('create')
    approveAdapter(world.devnet, {
      adapterId: 'coder',
      version: '1.2.0',
      checksum: sha256Of('another coder'),
      compatibleModelVersions: ['1.0.0'],
      downloadSource: 'hf://r3mes-network/coder@main/coder.safetensors',
    })
    const result = await world.run({}, CI)
    expect(result.error).toMatchObject({ code: 'LOCK_MISMATCH' })
    expect(result.error?.message).toContain('Adapter coder 1.2.0 changed since it was locked: new digest')
    expect(world.devnet.requests.content()).toEqual([])
  })

  it('in CI fails when something that it asks for was revoked', async () => {
    const world = await aLocking()
    await world.lock('create')
    revokeAdapter(world.devnet, 'coder')
    expect((await world.run({}, CI)).error).toMatchObject({ code: 'ADAPTER_REVOKED' })
    expect(world.devnet.requests.content()).toEqual([])
  })

  it('in CI does not mind what it does not ask for', async () => {
    const world = await aLocking()
    await world.lock('create')
    revokeAdapter(world.devnet, 'coder')
    expect(await world.run({ adapters: 'general_dora', 'plan-only': 'true' }, CI)).toMatchObject({
      success: true,
    })
  })

  it('in CI fails for what is not locked, and asks nobody', async () => {
    const world = await aLocking()
    await world.lock('create')
    world.devnet.requests.clear()
    const result = await world.run({ adapters: 'coder\nwriter' }, CI)
    expect(result.error).toMatchObject({ code: 'LOCK_MISMATCH' })
    expect(result.error?.message).toContain('`writer` is not in the lockfile')
    expect(world.devnet.requests.all()).toEqual([])
  })

  it('takes a dataset that is not required and not locked for a warning', async () => {
    const world = await aLocking()
    await world.lock('create', { datasets: '' })
    const result = await world.run({ 'require-dataset': 'false', 'plan-only': 'true' }, CI)
    expect(result.success).toBe(true)
    expect(result.datasetProblems.map(({ code }) => code)).toEqual(['LOCK_MISMATCH'])
  })

  it('ends when its block has grown too old', async () => {
    const world = await aLocking(DAYS_OF_BLOCKS)
    await world.lock('create')
    await world.pin(world.devnet.height - 80n)
    const result = await world.run()
    expect(result.error).toMatchObject({ code: 'TRUST_EXPIRED', exitCode: 4 })
    expect(world.devnet.requests.content()).toEqual([])
  })

  it('warns when less than a third of its time is left', async () => {
    const world = await aLocking(DAYS_OF_BLOCKS)
    await world.lock('create')
    await world.pin(world.devnet.height - 30n)
    await world.run({ 'plan-only': 'true' })
    expect(textOf(world, 'warning')).toBe('')
    await world.pin(world.devnet.height - 45n)
    await world.run({ 'plan-only': 'true' })
    expect(textOf(world, 'warning')).toContain('r3mes lock --update')
  })

  it('refuses a lockfile whose block is another one', async () => {
    const world = await aLocking()
    await world.lock('create')
    world.devnet.advance(5)
    const lock = await world.read()
    await world.write({ ...lock, anchor: { ...lock.anchor, hash: 'AB'.repeat(32) } })
    expect((await world.run()).error).toMatchObject({ code: 'HEADER_INVALID' })
    expect(world.devnet.requests.content()).toEqual([])
  })
})

describe('the time in a lockfile', () => {
  it('is the one of its block: a lockfile made to look younger is refused', async () => {
    const world = await aLocking()
    await world.lock('create')
    world.devnet.advance(3)
    const lock = await world.read()
    const later = new Date(Date.parse(lock.anchor.time) + 1).toISOString()
    await world.write({ ...lock, anchor: { ...lock.anchor, time: later } })
    expect((await world.run()).error).toMatchObject({ code: 'LOCK_INVALID' })
    expect(world.devnet.requests.content()).toEqual([])
    for (const mode of ['check', 'update'] as const) {
      expect((await world.lock(mode)).error).toMatchObject({ code: 'LOCK_INVALID' })
    }
    expect((await world.read()).anchor.time).toBe(later)
  })
})

describe('a lockfile that cannot be used', () => {
  it.each([
    ['is no JSON', '{'],
    ['is empty', ''],
    ['is no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['is larger than 4 MiB', Buffer.alloc(4 * 1024 * 1024 + 1, 0x20)],
  ])('%s: the run ends before anybody is asked', async (_what, bytes) => {
    const world = await aLocking()
    await writeFile(world.path, bytes)
    expect((await world.run()).error).toMatchObject({ code: 'LOCK_INVALID', exitCode: 2 })
    expect(world.devnet.requests.all()).toEqual([])
  })

  it('is a folder', async () => {
    const world = await aLocking()
    await mkdir(world.path)
    expect((await world.run()).error).toMatchObject({ code: 'LOCK_INVALID' })
  })

  it('was named and is not there', async () => {
    const world = await aLocking()
    const result = await world.run({ lockfile: join(world.home, 'elsewhere.lock') })
    expect(result.error).toMatchObject({ code: 'LOCK_INVALID' })
  })
})

describe('trust: lockfile', () => {
  const offline = { trust: 'lockfile', 'max-lock-age': '1d', 'rpc-urls': '' }

  it('brings what is locked and asks no chain', async () => {
    const world = await aLocking()
    await world.lock('create')
    world.devnet.requests.clear()
    const result = await world.run(offline)
    expect(result).toMatchObject({ success: true, trust: 'lockfile', frozen: true, evidence: undefined })
    expect(world.devnet.requests.to('rpc')).toEqual([])
    expect(world.devnet.requests.to('rpc2')).toEqual([])
    const { anchor } = await world.read()
    expect(textOf(world, 'warning')).toContain(`revocations unchecked since ${anchor.time}`)
    const ends = new Date(Date.parse(anchor.time) + 86_400_000).toISOString()
    expect(outputsOf(result)).toMatchObject({
      trust: 'lockfile',
      'trust-expires-at': ends,
      'registry-height': (BigInt(anchor.height) - 1n).toString(),
    })
  })

  it('ends when the lockfile is too old', async () => {
    const world = await aLocking(DAYS_OF_BLOCKS)
    await world.lock('create')
    await world.pin(world.devnet.height - 10n)
    const result = await world.run(offline)
    expect(result.error).toMatchObject({ code: 'LOCK_TOO_OLD', exitCode: 4 })
    expect(world.devnet.requests.content()).toEqual([])
  })
})

describe.each(['pull_request_target', 'workflow_run', 'issue_comment'])('in %s', (event) => {
  const environment = { ...CI, GITHUB_EVENT_NAME: event }

  it('a lockfile is not read: the run is a quorum, and says so once', async () => {
    const world = await aLocking()
    await writeFile(world.path, 'a stranger wrote this')
    const result = await world.run({ 'plan-only': 'true' }, environment)
    expect(result).toMatchObject({ success: true, trust: 'quorum', frozen: false, offer: undefined })
    expect(textOf(world, 'notice').match(/The lockfile is not read/g)).toHaveLength(1)
    expect(textOf(world, 'notice')).toContain('Trust is on first use')
  })

  it.each([{ frozen: 'true' }, { trust: 'lockfile', 'max-lock-age': '1d' }])('%o fails', async (inputs) => {
    const world = await aLocking()
    await world.lock('create')
    world.devnet.requests.clear()
    expect((await world.run(inputs, environment)).error).toMatchObject({ code: 'LOCK_INVALID' })
    expect(world.devnet.requests.all()).toEqual([])
  })
})

describe('trust: rpc', () => {
  it('believes one endpoint by name only, warns, and has nothing to expire', async () => {
    const world = await aLocking()
    const result = await world.run({ trust: 'rpc', 'plan-only': 'true' })
    expect(result).toMatchObject({ success: true, trust: 'rpc', evidence: undefined })
    expect(textOf(world, 'warning')).toContain('trust: rpc. One RPC endpoint was believed')
    expect(outputsOf(result)['trust-expires-at']).toBe('')
  })

  it('is held to a lockfile like any other, where that is asked for', async () => {
    const world = await aLocking()
    await world.lock('create')
    const believing = { trust: 'rpc', frozen: 'true' }
    expect(await world.run({ ...believing, 'plan-only': 'true' })).toMatchObject({
      success: true,
      frozen: true,
    })
    approveAdapter(world.devnet, {
      adapterId: 'coder',
      version: '1.2.0',
      checksum: sha256Of('another coder'),
      compatibleModelVersions: ['1.0.0'],
    })
    expect((await world.run(believing)).error).toMatchObject({ code: 'LOCK_MISMATCH' })
    expect(world.devnet.requests.content()).toEqual([])
  })

  it('is never chosen by itself', async () => {
    const world = await aLocking()
    const result = await world.run({ 'rpc-urls': world.devnet.urls.rpc })
    expect(result.error).toMatchObject({ code: 'TRUST_UNSET', exitCode: 2 })
    expect(world.devnet.requests.all()).toEqual([])
  })
})

describe('a fork that the validators signed', () => {
  it('ends the run, and both headers are kept as evidence', async () => {
    const world = await aLocking()
    await world.lock('create')
    world.devnet.advance(20)
    world.devnet.lie('fork-full')
    const result = await world.run({ adapters: 'coder' })
    expect(result.error).toMatchObject({ code: 'FORK_DETECTED', exitCode: 4 })
    expect(world.devnet.requests.content()).toEqual([])
    const path = result.forkEvidencePath ?? ''
    expect(path.startsWith(join(world.home, 'store', 'cache', 'evidence'))).toBe(true)
    expect(result.error?.detail).toContain(path)
    expect(textOf(world, 'warning')).toContain(path)
    const evidence = JSON.parse(await readFile(path, 'utf8'))
    expect(Object.keys(evidence).sort()).toEqual(['height', 'primary', 'trusted', 'witness'])
    const receipt = JSON.parse(await readFile(result.receiptPath ?? '', 'utf8'))
    expect(receipt.proof.forkEvidence).toBe(path)
  })

  it('ends `r3mes lock --update` too, which keeps them in the store', async () => {
    const world = await aLocking()
    await world.lock('create')
    const before = await world.read()
    world.devnet.advance(20)
    world.devnet.lie('fork-full')
    const result = await world.lock('update')
    expect(result.error).toMatchObject({ code: 'FORK_DETECTED' })
    expect(result.error?.detail).toContain(join(world.home, 'store', 'cache', 'evidence'))
    expect(await world.read()).toEqual(before)
  })
})

function stringified({ height, hash }: { readonly height: bigint; readonly hash: string }) {
  return { height: height.toString(), hash }
}
