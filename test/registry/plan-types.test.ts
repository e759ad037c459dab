import { expectTypeOf, it } from 'vitest'
import type { BelievedRecord, ProvenRecord, ProvenTrust, StoreRecord } from '../../src/chain/index.ts'
import {
  type Decoded,
  holdToLock,
  type LockFacts,
  type Lockfile,
  lockOf,
  type ModelRecord,
  type Plan,
  type PlannedArtifact,
  plan,
  planFromLock,
  readSnapshot,
  type Snapshot,
  unbondingSeconds,
} from '../../src/registry/index.ts'
import { believedReader, provenReader } from '../support/memory-reader.ts'
import { aRequest } from '../support/registry.ts'

// What is said here the compiler checks; the calls that it must refuse are never made.
const never = (_calls: () => unknown) => undefined

it('a snapshot and a plan carry the trust of the reader', async () => {
  const believed = await readSnapshot(believedReader({ entries: [] }), aRequest())
  const proven = await readSnapshot(provenReader({ entries: [] }), aRequest())
  expectTypeOf(believed).toEqualTypeOf<Snapshot<'rpc'>>()
  expectTypeOf(plan(aRequest(), believed)).toEqualTypeOf<Plan<'rpc'>>()
  expectTypeOf(plan(aRequest(), proven)).toEqualTypeOf<Plan<'light-client'>>()
  expectTypeOf(plan(aRequest(), proven)).toExtend<Plan<ProvenTrust>>()
  expectTypeOf(plan(aRequest(), believed)).not.toExtend<Plan<ProvenTrust>>()
  expectTypeOf(planFromLock).returns.toEqualTypeOf<Plan<'lockfile'>>()
})

it('only a proven plan can be locked', () => {
  const lock = (planned: Plan<ProvenTrust>, facts: LockFacts) => lockOf(planned, facts)
  never(() => lock({} as Plan<'light-client'>, {} as LockFacts))
  never(() => lock({} as Plan<'quorum'>, {} as LockFacts))
  // @ts-expect-error one endpoint was believed
  never(() => lock({} as Plan<'rpc'>, {} as LockFacts))
  // @ts-expect-error no chain was asked
  never(() => lock({} as Plan<'lockfile'>, {} as LockFacts))
  // @ts-expect-error it may have been believed
  never(() => lock({} as Plan, {} as LockFacts))
  // @ts-expect-error calling a plan proven does not prove its records
  never(() => lock({ ...({} as Plan<'rpc'>), trust: 'quorum' }, {} as LockFacts))
})

it('a record keeps what it was read from, and a believed one is none that was proven', () => {
  expectTypeOf<Decoded<ModelRecord, 'rpc'>['source']>().toEqualTypeOf<StoreRecord<'rpc', Uint8Array>>()
  expectTypeOf<Decoded<ModelRecord, 'quorum'>['source']>().toExtend<ProvenRecord<Uint8Array>>()
  expectTypeOf<Decoded<ModelRecord, 'rpc'>['source']>().not.toExtend<ProvenRecord<Uint8Array>>()
  expectTypeOf<Decoded<ModelRecord>['source']>().not.toExtend<ProvenRecord<Uint8Array>>()
  expectTypeOf<PlannedArtifact<'quorum'>['approvedBy'][number]>().toExtend<ProvenRecord<Uint8Array>>()
  expectTypeOf<PlannedArtifact<'lockfile'>['approvedBy']>().toEqualTypeOf<readonly never[]>()
})

it('the unbonding time, which decides how long a header is trusted, is read from a proven record alone', () => {
  never(() => unbondingSeconds({} as ProvenRecord))
  // @ts-expect-error one endpoint stated it
  never(() => unbondingSeconds({} as BelievedRecord))
})

it('any plan from a chain can be held to a lockfile, and one from a lockfile cannot', () => {
  expectTypeOf(holdToLock<'rpc'>).returns.toEqualTypeOf<Plan<'rpc'>>()
  // @ts-expect-error there is nothing to compare
  never(() => holdToLock({} as Plan<'lockfile'>, {} as Lockfile))
})
