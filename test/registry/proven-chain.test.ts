import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approveAdapter, type Devnet, startDevnet } from '../../src/devnet/index.ts'
import {
  formatLockfile,
  holdToLock,
  lockOf,
  parseLockfile,
  plan,
  type RawRequest,
  readSnapshot,
  recordedTrustingPeriod,
  resolveFromLock,
  STAKING_STORE,
  UNBONDING_KEY,
  unbondingSeconds,
} from '../../src/registry/index.ts'
import { sha256Of } from '../support/digest.ts'
import { prove } from '../support/proven-reads.ts'
import { aRequest, codesOf } from '../support/registry.ts'

const MAIN_JOB = {
  modelVersion: 'active',
  adapters: ['general_dora', 'coder'],
  datasets: ['training_dataset_v1'],
}
const MANY = Array.from({ length: 60 }, (_, index) => `many_${index}`)

let devnet: Devnet
beforeAll(async () => {
  devnet = await startDevnet({ sizes: { model: 1000, adapter: 100, dataset: 100 } })
  for (const adapterId of MANY) {
    approveAdapter(devnet, { adapterId, checksum: sha256Of(adapterId), compatibleModelVersions: ['1.0.0'] })
  }
})
afterAll(() => devnet.close())

const world = () => ({
  chainId: devnet.chainId,
  urls: [new URL(devnet.urls.rpc), new URL(devnet.urls.rpc2)],
})

/** The plan of a request, every record of it proven. */
function planOf(raw: RawRequest) {
  const request = aRequest(raw)
  return prove(world(), async (reader) => plan(request, await readSnapshot(reader, request)))
}

/** The lockfile of a request, as it would be read from its file. */
async function locked(raw: RawRequest) {
  const request = aRequest(raw)
  return prove(world(), async (reader, evidence) => {
    const planned = plan(request, await readSnapshot(reader, request))
    const unbonding = unbondingSeconds(await reader.get(STAKING_STORE, UNBONDING_KEY))
    const lock = lockOf(planned, {
      request,
      anchor: { ...evidence.target, origin: 'quorum of two' },
      trustingPeriodSeconds: recordedTrustingPeriod(30 * 24 * 60 * 60, unbonding),
      unbondingSeconds: unbonding,
    })
    return parseLockfile(formatLockfile(lock))
  })
}

describe('a registry read from a chain that proves', () => {
  it('gives the main job’s plan, each artifact with the proven records that approve it', async () => {
    const result = await planOf(MAIN_JOB)
    expect(codesOf(result.problems)).toEqual([])
    expect(result.trust).toBe('quorum')
    expect(result.artifacts.map(({ id, approvedBy }) => `${id}: ${approvedBy.length}`)).toEqual([
      '1.0.0: 2',
      'general_dora: 1',
      'coder: 1',
      'training_dataset_v1: 1',
    ])
  })

  it('proves what is not approved, and what was revoked', async () => {
    const raw = { modelVersion: '9.9.9', adapters: ['nobody', 'retired_lora'], datasets: ['77'] }
    const { problems } = await planOf(raw)
    expect(codesOf(problems)).toEqual([
      'MODEL_NOT_APPROVED',
      'ADAPTER_NOT_APPROVED',
      'ADAPTER_REVOKED',
      'DATASET_NOT_APPROVED',
    ])
    for (const { message } of problems) expect(message).toContain('proven')
  })

  it('resolves a range and a domain from listings that are proven complete', async () => {
    const result = await planOf({ modelVersion: '^1', adapters: ['domain:code'] })
    expect(codesOf(result.problems)).toEqual([])
    expect(result.notices.filter((notice) => notice.includes('proven complete'))).toHaveLength(2)
  })

  it('asks for many adapters in few requests', async () => {
    devnet.requests.clear()
    const result = await planOf({ modelVersion: '1.0.0', adapters: MANY })
    expect(codesOf(result.problems)).toEqual([])
    const reads = devnet.requests.to('rpc').filter(({ call }) => call?.includes('/store/remes/key'))
    // Six full batches, and what the model's own records and listings take.
    expect(reads.length).toBeLessThan(20)
  })

  it('writes a lockfile whose period is two thirds of the unbonding time, and holds to it', async () => {
    const lock = await locked(MAIN_JOB)
    expect(lock.trustingPeriodSeconds).toBe(14 * 24 * 60 * 60)
    expect(lock.artifacts.map(({ id }) => id)).toEqual([
      '1.0.0',
      'coder',
      'general_dora',
      'training_dataset_v1',
    ])
    const { request, problems } = resolveFromLock(aRequest(MAIN_JOB), lock)
    expect(problems).toEqual([])
    const frozen = () =>
      prove(world(), async (reader) => holdToLock(plan(request, await readSnapshot(reader, request)), lock))
    const before = await frozen()
    expect(codesOf(before.problems)).toEqual([])
    expect(before.notices).toEqual([])

    approveAdapter(devnet, {
      adapterId: 'coder',
      version: '1.2.0',
      checksum: sha256Of('other bytes'),
      compatibleModelVersions: ['1.0.0'],
    })
    expect(codesOf((await frozen()).problems)).toEqual(['LOCK_MISMATCH'])
  })
})
