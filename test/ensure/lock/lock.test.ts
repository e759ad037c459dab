import { readdir, stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import {
  approveAdapter,
  approveModel,
  approveVersion,
  revokeAdapter,
  setActive,
} from '../../../src/devnet/index.ts'
import { sha256Of } from '../../support/digest.ts'
import { aLocking } from '../../support/locking.ts'

const CODER = {
  adapterId: 'coder',
  version: '1.3.0',
  checksum: sha256Of('another coder'),
  compatibleModelVersions: ['1.0.0'],
  downloadSource: 'hf://r3mes-network/coder@main/coder.safetensors',
}
const DAYS_OF_BLOCKS = { history: 100, historyBlockMs: 6 * 3_600_000 }

describe('r3mes lock', () => {
  it('writes what a quorum agrees on, and asks no content host', async () => {
    const { devnet, lock, read, path } = await aLocking()
    const result = await lock('create')
    expect(result.error).toBeUndefined()
    expect(result).toMatchObject({ written: true, path, changes: [] })
    const written = await read()
    expect(written).toMatchObject({
      version: 1,
      chain_id: devnet.chainId,
      anchor: {
        height: devnet.height.toString(),
        hash: devnet.anchor(devnet.height).hash,
        origin: `quorum of ${devnet.urls.rpc}, ${devnet.urls.rpc2}`,
      },
      trusting_period_seconds: 14 * 86_400,
      unbonding_seconds: 21 * 86_400,
      request: { model_version: 'active', adapters: ['general_dora', 'coder'] },
    })
    expect(written.artifacts.map(({ id }) => id)).toEqual([
      '1.0.0',
      'coder',
      'general_dora',
      'training_dataset_v1',
    ])
    expect(result.notices.join()).toContain(`compare the hash of block ${devnet.height}`)
    expect(devnet.requests.content()).toEqual([])
    expect((await stat(path)).mode & 0o777).toBe(0o644)
  })

  it('writes what a typed block leads to, and says from which', async () => {
    const { devnet, lock, read } = await aLocking()
    const anchor = devnet.anchor(devnet.height - 50n)
    const typed = { 'trusted-height': anchor.height.toString(), 'trusted-hash': anchor.hash }
    const result = await lock('create', { ...typed, 'rpc-urls': devnet.urls.rpc })
    expect(result).toMatchObject({ error: undefined, notices: [] })
    expect((await read()).anchor.origin).toBe(`light client from height ${anchor.height}`)
  })

  it('records two thirds of the unbonding time, and never more than was allowed', async () => {
    const short = await aLocking({ unbondingSeconds: 9 * 86_400 })
    await short.lock('create')
    expect((await short.read()).trusting_period_seconds).toBe(6 * 86_400)
    const allowed = await aLocking()
    await allowed.lock('create', { 'trusting-period': '3d' })
    expect((await allowed.read()).trusting_period_seconds).toBe(3 * 86_400)
  })

  it('leaves a lockfile alone that is there', async () => {
    const { lock, read } = await aLocking()
    await lock('create')
    const before = await read()
    const again = await lock('create')
    expect(again.error).toMatchObject({ code: 'LOCK_INVALID' })
    expect(again.error?.message).toContain('--update')
    expect(await read()).toEqual(before)
  })

  it('writes nothing when a plan has problems', async () => {
    const { lock, home } = await aLocking()
    const result = await lock('create', { adapters: 'coder\nwriter' })
    expect(result.error).toMatchObject({ code: 'ADAPTER_CONFLICT' })
    expect(await readdir(home)).toEqual([])
  })

  it.each([
    [{ trust: 'rpc' }, 'INPUT_INVALID'],
    [{ trust: 'lockfile' }, 'INPUT_INVALID'],
    [{ trust: 'light-client' }, 'TRUST_UNSET'],
    [{ 'private-key': 'abc' }, 'PRIVATE_KEY_REFUSED'],
  ])('refuses %o, and asks nobody', async (inputs, code) => {
    const { devnet, lock, home } = await aLocking()
    expect((await lock('create', inputs)).error).toMatchObject({ code })
    expect(devnet.requests.all()).toEqual([])
    expect(await readdir(home)).toEqual([])
  })

  it('says what it cannot write', async () => {
    const { lock, home } = await aLocking()
    const result = await lock('create', { lockfile: `${home}/no/such/folder/r3mes.lock` })
    expect(result.error).toMatchObject({ code: 'INPUT_INVALID' })
    expect(result.error?.message).toContain('cannot be written')
    expect(result.written).toBe(false)
  })
})

describe('r3mes lock --check', () => {
  it('needs no more than endpoints, and writes nothing', async () => {
    const { devnet, lock, read, home } = await aLocking()
    await lock('create')
    const before = await read()
    devnet.advance(7)
    const checked = await lock('check')
    expect(checked).toMatchObject({ error: undefined, written: false, changes: [], notices: [] })
    expect(checked.evidence).toMatchObject({ trust: 'light-client', target: { height: devnet.height } })
    expect(await read()).toEqual(before)
    expect(await readdir(home)).toEqual(['r3mes.lock'])
  })

  it('names a digest that changed, as people read it', async () => {
    const { devnet, lock } = await aLocking()
    await lock('create')
    approveAdapter(devnet, CODER)
    const checked = await lock('check')
    expect(checked.error).toMatchObject({ code: 'LOCK_MISMATCH', exitCode: 3 })
    expect(checked.changes.join('\n')).toMatch(/adapter coder 1\.\d\.\d → 1\.3\.0: new digest sha256:/)
  })

  it('fails when a locked adapter was revoked, and says that it was', async () => {
    const { devnet, lock } = await aLocking()
    await lock('create')
    revokeAdapter(devnet, 'coder')
    const checked = await lock('check')
    expect(checked.error).toMatchObject({ code: 'LOCK_MISMATCH', exitCode: 3 })
    expect(checked.changes.join()).toContain('ADAPTER_REVOKED')
    expect(checked.error?.problems.map(({ code }) => code)).toEqual(['ADAPTER_REVOKED'])
  })

  it('calls a newer active version news, not a difference', async () => {
    const { devnet, lock } = await aLocking()
    await lock('create', { adapters: '' })
    approveModel(devnet, {
      modelId: 9n,
      config: { modelVersion: '1.1.0', modelName: 'newer', verificationSha256: sha256Of('newer') },
    })
    approveVersion(devnet, { versionNumber: 9n, modelId: 9n })
    setActive(devnet, { versionNumber: 9n, modelVersion: '1.1.0' })
    const checked = await lock('check')
    expect(checked).toMatchObject({ error: undefined, changes: [] })
    expect(checked.notices.join()).toContain('1.1.0')
  })

  it('fails when something is locked that the request does not lead to, since nobody compared it', async () => {
    const { lock, read, write } = await aLocking()
    await lock('create')
    const locked = await read()
    const coder = locked.artifacts.find(({ id }) => id === 'coder')
    const forged = { ...coder, id: 'forged', digest: `sha256:${'ab'.repeat(32)}` }
    await write({ ...locked, artifacts: [...locked.artifacts, forged] })
    const checked = await lock('check')
    expect(checked.error).toMatchObject({ code: 'LOCK_MISMATCH', exitCode: 3 })
    expect(checked.error?.message).toContain('Adapter forged')
    expect(checked.changes.join()).toContain('forged')
  })

  it('takes no request, which only an update can change', async () => {
    const { lock } = await aLocking()
    await lock('create')
    expect((await lock('check', { adapters: 'coder' })).error).toMatchObject({ code: 'INPUT_INVALID' })
  })

  it.each(['check', 'update', 'renew'] as const)('--%s wants a lockfile', async (mode) => {
    const { devnet, lock } = await aLocking()
    expect((await lock(mode)).error).toMatchObject({ code: 'LOCK_INVALID' })
    expect(devnet.requests.all()).toEqual([])
  })
})

describe('r3mes lock --update', () => {
  it('moves the block forward by verification, and keeps what was asked for', async () => {
    const { devnet, lock, read } = await aLocking()
    await lock('create')
    const before = await read()
    devnet.advance(30)
    const updated = await lock('update')
    expect(updated).toMatchObject({ error: undefined, written: true })
    const after = await read()
    expect(after.anchor).toMatchObject({
      height: devnet.height.toString(),
      hash: devnet.anchor(devnet.height).hash,
      origin: `light client from height ${before.anchor.height}`,
    })
    expect({ ...after, anchor: null }).toEqual({ ...before, anchor: null })
    expect(updated.changes.join()).toMatch(/^anchor .* → /)
  })

  it('takes what is new, and prints what changed', async () => {
    const { devnet, lock, read } = await aLocking()
    await lock('create')
    approveAdapter(devnet, CODER)
    const updated = await lock('update')
    expect(updated.error).toBeUndefined()
    expect(updated.changes[0]).toMatch(/^adapter coder .* → 1\.3\.0: new digest sha256:/)
    expect(JSON.stringify(await read())).toContain(CODER.checksum)
  })

  it('replaces what is asked for by what is typed, part by part', async () => {
    const { lock, read } = await aLocking()
    await lock('create')
    const updated = await lock('update', { adapters: 'general_dora', datasets: '' })
    expect(updated.error).toBeUndefined()
    expect(updated.changes).toEqual([
      'adapter coder 1.2.0 removed',
      'dataset training_dataset_v1 removed',
      'request: adapters - coder; datasets - training_dataset_v1',
    ])
    expect((await read()).request).toMatchObject({
      model_version: 'active',
      adapters: ['general_dora'],
      datasets: [],
    })
  })

  it('writes nothing when something that is asked for was revoked', async () => {
    const { devnet, lock, read } = await aLocking()
    await lock('create')
    const before = await read()
    revokeAdapter(devnet, 'coder')
    expect((await lock('update')).error).toMatchObject({ code: 'ADAPTER_REVOKED' })
    expect(await read()).toEqual(before)
  })

  it('never lengthens the trusting period', async () => {
    const { lock, read } = await aLocking()
    await lock('create', { 'trusting-period': '3d' })
    expect((await lock('update', { 'trusting-period': '4d' })).error).toMatchObject({ code: 'INPUT_INVALID' })
    expect((await lock('update', { 'trusting-period': '2d' })).error).toBeUndefined()
    expect((await read()).trusting_period_seconds).toBe(2 * 86_400)
  })

  it('does not start from a block that is too old', async () => {
    const { devnet, lock, pin, read } = await aLocking(DAYS_OF_BLOCKS)
    await lock('create')
    await pin(devnet.height - 80n)
    const before = await read()
    expect((await lock('update')).error).toMatchObject({ code: 'TRUST_EXPIRED', exitCode: 4 })
    expect(await read()).toEqual(before)
  })

  it('is for the chain of the lockfile, whatever the default is', async () => {
    const { lock } = await aLocking({ chainId: 'another-chain' })
    await lock('create')
    expect((await lock('update', { 'chain-id': '' })).error).toBeUndefined()
    expect((await lock('update', { 'chain-id': 'remes-testnet-1' })).error).toMatchObject({
      code: 'LOCK_INVALID',
    })
  })
})

describe('r3mes lock before a lie', () => {
  const LIES = [
    'forged-value',
    'forged-proof',
    'hidden-key',
    'wrong-neighbours',
    'other-chain',
    'fork-third',
    'fork-full',
    'frozen-tip',
    'future-header',
  ] as const

  it.each(LIES)('%s: writes nothing, and says that the chain cannot be trusted', async (mode) => {
    const { devnet, lock, read } = await aLocking()
    await lock('create', { 'model-version': '^1.0' })
    const before = await read()
    devnet.advance(20)
    devnet.lie(mode)
    for (const move of ['update', 'check'] as const) {
      const { error, written } = await lock(move)
      expect(written).toBe(false)
      expect([4, 5]).toContain(error?.exitCode)
    }
    expect(await read()).toEqual(before)
  })

  it.each(LIES)('%s: a first lockfile is not written from it either', async (mode) => {
    const { devnet, lock, home } = await aLocking()
    devnet.lie(mode)
    const { error } = await lock('create', { 'model-version': '^1.0' })
    expect([4, 5]).toContain(error?.exitCode)
    expect(await readdir(home)).not.toContain('r3mes.lock')
  })
})

describe('r3mes lock --renew', () => {
  it('takes an old block when two hosts agree, and says so', async () => {
    const { devnet, lock, pin, read } = await aLocking(DAYS_OF_BLOCKS)
    await lock('create')
    await pin(devnet.height - 80n)
    const renewed = await lock('renew')
    expect(renewed.error).toBeUndefined()
    expect(renewed.notices.join()).toContain('Its age was waived')
    const { anchor } = await read()
    expect(anchor.height).toBe(devnet.height.toString())
    expect(anchor.origin).toContain('whose age was waived')
  })

  it('takes a newly typed block instead', async () => {
    const { devnet, lock, pin, read } = await aLocking(DAYS_OF_BLOCKS)
    await lock('create')
    await pin(devnet.height - 80n)
    const anchor = devnet.anchor(devnet.height - 3n)
    const typed = { 'trusted-height': anchor.height.toString(), 'trusted-hash': anchor.hash }
    const renewed = await lock('renew', { ...typed, 'rpc-urls': devnet.urls.rpc })
    expect(renewed.error).toBeUndefined()
    expect((await read()).anchor.origin).toBe(`renewal: light client from height ${anchor.height} typed anew`)
  })

  it('wants two hosts', async () => {
    const { devnet, lock, pin } = await aLocking(DAYS_OF_BLOCKS)
    await lock('create')
    await pin(devnet.height - 80n)
    expect((await lock('renew', { 'rpc-urls': devnet.urls.rpc })).error).toMatchObject({
      code: 'TRUST_UNSET',
    })
  })

  it('wants the second host to agree', async () => {
    const { devnet, lock, pin } = await aLocking(DAYS_OF_BLOCKS)
    await lock('create')
    await pin(devnet.height - 80n)
    devnet.fail('rpc2', { kind: 'status', status: 503 })
    expect((await lock('renew', { 'min-witnesses': '0' })).error).toMatchObject({ code: 'WITNESS_MISSING' })
  })

  it('is not needed, and refused, while the block still counts', async () => {
    const { lock } = await aLocking()
    await lock('create')
    expect((await lock('renew')).error?.message).toContain('--update')
  })

  it('does not run in CI', async () => {
    const { devnet, lock, pin, read } = await aLocking(DAYS_OF_BLOCKS)
    await lock('create')
    await pin(devnet.height - 80n)
    const before = await read()
    devnet.requests.clear()
    expect((await lock('renew', {}, { CI: 'true' })).error).toMatchObject({ code: 'INPUT_INVALID' })
    expect(devnet.requests.all()).toEqual([])
    expect(await read()).toEqual(before)
  })
})

describe.each(['pull_request_target', 'workflow_run', 'issue_comment'])('in %s', (event) => {
  it.each(['check', 'update', 'renew', 'create'] as const)('%s does not touch a lockfile', async (mode) => {
    const { devnet, lock, read } = await aLocking()
    await lock('create')
    const before = await read()
    devnet.requests.clear()
    const result = await lock(mode, {}, { GITHUB_EVENT_NAME: event })
    expect(result.error).toMatchObject({ code: 'LOCK_INVALID' })
    expect(devnet.requests.all()).toEqual([])
    expect(await read()).toEqual(before)
  })
})
