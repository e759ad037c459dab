/** Time as CometBFT hashes and signs it: `google.protobuf.Timestamp`, written in JSON as RFC 3339 with nanoseconds. */
import type { Timestamp } from './types.ts'

const NANOS_PER_SECOND = 1_000_000_000n
const NANOS_PER_MILLISECOND = 1_000_000n

/** Go's zero time, 0001-01-01T00:00:00Z: the timestamp of a vote that is absent. */
export const ZERO_TIME: Timestamp = Object.freeze({ seconds: -62_135_596_800n, nanos: 0 })

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/

/**
 * A time as CometBFT writes it: UTC, years 1970 to 9999, up to nine digits of a second. Undefined for every other text, days
 * and leap seconds that the calendar does not have included.
 */
export function parseTime(text: string): Timestamp | undefined {
  const found = RFC3339.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = ''] = found
  const numbers = [year, month, day, hour, minute, second].map(Number)
  const [y = 0, mon = 0, d = 0, h = 0, min = 0, s = 0] = numbers
  const date = new Date(Date.UTC(y, mon - 1, d, h, min, s))
  // Date moves the 30th of February into March; a text it did not have to move comes back as it was.
  const asWritten = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  if (y < 1970 || date.toISOString() !== asWritten) return undefined
  return { seconds: BigInt(date.getTime()) / 1000n, nanos: Number(fraction.padEnd(9, '0')) }
}

/** The time as CometBFT writes it: Go's RFC3339Nano, without trailing zeros. For years 1 to 9999. */
export function formatTime(time: Timestamp): string {
  const whole = new Date(Number(time.seconds) * 1000).toISOString().slice(0, -'.000Z'.length)
  const fraction = time.nanos.toString().padStart(9, '0').replace(/0+$/, '')
  return fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`
}

/** Nanoseconds since 1970-01-01T00:00:00Z. */
export function nanosecondsOf(time: Timestamp): bigint {
  return time.seconds * NANOS_PER_SECOND + BigInt(time.nanos)
}

/** @param nanoseconds since 1970-01-01T00:00:00Z, not negative */
export function timestampOf(nanoseconds: bigint): Timestamp {
  return {
    seconds: nanoseconds / NANOS_PER_SECOND,
    nanos: Number(nanoseconds % NANOS_PER_SECOND),
  }
}

/** The time for people and lockfiles, cut to milliseconds: never use it to compare or to hash. */
export function dateOf(time: Timestamp): Date {
  return new Date(Number(nanosecondsOf(time) / NANOS_PER_MILLISECOND))
}
