/** How long validators of the chain stay punishable, which bounds how long a header may be trusted. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import type { ProvenRecord } from '../chain/index.ts'
import { R3mesError } from '../core/index.ts'

export const STAKING_STORE = 'staking'

/** Where Cosmos SDK 0.50 keeps the parameters of x/staking, in the store `staking`. */
export const UNBONDING_KEY = new Uint8Array([0x51])

/** The largest `google.protobuf.Duration`: 10,000 years. */
const MAX_SECONDS = 315_576_000_000n

function malformed(why: string): R3mesError {
  return new R3mesError(
    'RECORD_MALFORMED',
    `The chain's staking parameters are malformed: ${why}. Without them it is unknown how long a header may be trusted; ask those who run the chain.`,
  )
}

/** The bytes of field 1, `unbonding_time`. It has to be there once. */
function unbondingTimeIn(params: Uint8Array): Uint8Array {
  const reader = new BinaryReader(params)
  const found: Uint8Array[] = []
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field !== 1) reader.skip(wireType, field)
    else if (wireType !== WireType.LengthDelimited) throw malformed('`unbonding_time` is no message')
    else found.push(reader.bytes())
  }
  const [only, ...others] = found
  if (only === undefined || others.length > 0) throw malformed('`unbonding_time` does not stand in them once')
  return only
}

/** `google.protobuf.Duration`: seconds 1, nanos 2. Each once at most, and nothing else. */
function secondsOf(duration: Uint8Array): number {
  const reader = new BinaryReader(duration)
  const fields = new Map<number, bigint>()
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if ((field !== 1 && field !== 2) || wireType !== WireType.Varint || fields.has(field)) {
      throw malformed('`unbonding_time` is no duration')
    }
    fields.set(field, BigInt(reader.int64()))
  }
  const seconds = fields.get(1) ?? 0n
  const nanos = fields.get(2) ?? 0n
  if (seconds < 1n || seconds > MAX_SECONDS || nanos < 0n || nanos > 999_999_999n) {
    throw malformed('`unbonding_time` is no sensible duration')
  }
  return Number(seconds)
}

/**
 * `unbonding_time` in whole seconds, parts of a second dropped; undefined when the chain is proven to have no such parameters.
 * Only a proven record counts: the result decides how long a header is trusted.
 *
 * @param record what stands under {@link UNBONDING_KEY} in {@link STAKING_STORE}
 * @throws R3mesError `RECORD_MALFORMED`
 * @throws TypeError for the record of another key, which is a bug of the caller
 */
export function unbondingSeconds(record: ProvenRecord): number | undefined {
  if (record.store !== STAKING_STORE || !Buffer.from(record.key).equals(UNBONDING_KEY)) {
    throw new TypeError('The unbonding time is read from the staking parameters alone')
  }
  if (record.value === undefined) return undefined
  try {
    return secondsOf(unbondingTimeIn(record.value))
  } catch (thrown) {
    if (thrown instanceof R3mesError) throw thrown
    throw malformed('their bytes are no such record')
  }
}

/**
 * The trusting period that a lockfile records: two thirds of the unbonding time, and never more than the period that admitted
 * the header. A chain's own word may shorten what its user allows, not lengthen it.
 *
 * @param unbonding in seconds; undefined when the chain says nothing
 */
export function recordedTrustingPeriod(admittedSeconds: number, unbonding: number | undefined): number {
  if (unbonding === undefined) return admittedSeconds
  return Math.min(admittedSeconds, Math.floor((unbonding * 2) / 3))
}
