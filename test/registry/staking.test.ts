import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mintProvenRecord } from '../../src/chain/proven-record.ts'
import { R3mesError } from '../../src/core/index.ts'
import {
  recordedTrustingPeriod,
  STAKING_STORE,
  UNBONDING_KEY,
  unbondingSeconds,
} from '../../src/registry/index.ts'
import { refusalOf } from '../support/registry.ts'

function record(
  value: Uint8Array | readonly number[] | undefined,
  key = UNBONDING_KEY,
  store = STAKING_STORE,
) {
  const bytes = value === undefined ? undefined : new Uint8Array(value)
  return mintProvenRecord({ trust: 'quorum', store, key, value: bytes, height: 100n })
}

/** 1,814,400 seconds, then max_validators 100, max_entries 7, historical_entries 10000, bond_denom "stake". */
const PARAMS = [10, 4, 8, 0x80, 0xdf, 0x6e, 16, 100, 24, 7, 32, 0x90, 0x4e, 42, 5, 115, 116, 97, 107, 101]

describe('the unbonding time', () => {
  it('is the first field of the staking parameters, in seconds', () => {
    expect(unbondingSeconds(record(PARAMS))).toBe(1_814_400)
  })

  it('drops parts of a second', () => {
    expect(unbondingSeconds(record([10, 4, 8, 5, 16, 9]))).toBe(5)
  })

  it('is unknown on a chain that is proven to have no such parameters', () => {
    expect(unbondingSeconds(record(undefined))).toBeUndefined()
  })

  it.each<[string, readonly number[]]>([
    ['stands in no field', [16, 100]],
    ['stands there twice', [10, 2, 8, 5, 10, 2, 8, 5]],
    ['is a number', [8, 5]],
    ['is nothing', [10, 0]],
    ['is of no length', [10, 2, 8, 0]],
    ['is negative', [10, 11, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
    ['is longer than any duration', [10, 9, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['has its seconds twice', [10, 4, 8, 5, 8, 6]],
    ['has a field of its own', [10, 4, 8, 5, 24, 1]],
    ['has a billion nanoseconds', [10, 8, 8, 5, 16, 0x80, 0x94, 0xeb, 0xdc, 3]],
    ['is cut short', [10, 4, 8, 5]],
    ['is cut in a number', [10, 2, 8, 0x80]],
    ['is no protobuf', [0xff]],
  ])('is refused when it %s', (_what, bytes) => {
    const problem = refusalOf(() => unbondingSeconds(record(bytes)))
    expect(problem.code).toBe('RECORD_MALFORMED')
    expect(problem.message).toContain('staking parameters')
  })

  it('is a sensible number or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        try {
          const seconds = unbondingSeconds(record(bytes))
          expect(Number.isSafeInteger(seconds)).toBe(true)
          expect(seconds).toBeGreaterThan(0)
        } catch (thrown) {
          if (!(thrown instanceof R3mesError)) throw thrown
          expect(thrown.code).toBe('RECORD_MALFORMED')
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('is read from no other record', () => {
    expect(() => unbondingSeconds(record(PARAMS, new Uint8Array([0x52])))).toThrow(TypeError)
    expect(() => unbondingSeconds(record(PARAMS, UNBONDING_KEY, 'remes'))).toThrow(TypeError)
  })
})

describe('the trusting period that is recorded', () => {
  it.each([
    ['two thirds of the unbonding time', 1_814_400, 1_814_400, 1_209_600],
    ['no longer than what admitted the header', 604_800, 1_814_400, 604_800],
    ['whole seconds', 1_814_400, 100, 66],
    ['what admitted the header where the chain says nothing', 604_800, undefined, 604_800],
  ])('is %s', (_what, admitted, unbonding, period) => {
    expect(recordedTrustingPeriod(admitted, unbonding)).toBe(period)
  })
})
