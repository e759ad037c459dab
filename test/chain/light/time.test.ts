import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dateOf,
  formatTime,
  nanosecondsOf,
  parseTime,
  timestampOf,
  ZERO_TIME,
} from '../../../src/chain/light/time.ts'

/** 9999-12-31T23:59:59Z */
const LAST_SECOND = 253_402_300_799n

const someTime = fc.record({
  seconds: fc.bigInt({ min: 0n, max: LAST_SECOND }),
  nanos: fc.integer({ min: 0, max: 999_999_999 }),
})

describe('a time', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0n, 0],
    ['2024-02-29T23:59:58.120000003Z', 1_709_251_198n, 120_000_003],
    ['2020-11-18T12:36:18.1Z', 1_605_702_978n, 100_000_000],
    ['2020-11-18T12:36:18.000000001Z', 1_605_702_978n, 1],
    ['9999-12-31T23:59:59.999999999Z', LAST_SECOND, 999_999_999],
  ])('is read to the nanosecond: %s', (text, seconds, nanos) => {
    expect(parseTime(text)).toEqual({ seconds, nanos })
  })

  it.each([
    ['no day of a month', '2023-02-29T00:00:00Z'],
    ['no day of this month', '2023-04-31T00:00:00Z'],
    ['a month 13', '2023-13-01T00:00:00Z'],
    ['a month 0', '2023-00-01T00:00:00Z'],
    ['a day 0', '2023-01-00T00:00:00Z'],
    ['an hour 24', '2023-01-01T24:00:00Z'],
    ['a minute 60', '2023-01-01T00:60:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['an offset', '2023-01-01T00:00:00+00:00'],
    ['no zone', '2023-01-01T00:00:00'],
    ['a lower-case zone', '2023-01-01T00:00:00z'],
    ['a space for the T', '2023-01-01 00:00:00Z'],
    ['ten digits of a second', '2023-01-01T00:00:00.0000000001Z'],
    ['a point without digits', '2023-01-01T00:00:00.Z'],
    ['a comma', '2023-01-01T00:00:00,5Z'],
    ['a year before 1970', '1969-12-31T23:59:59Z'],
    ["Go's zero time", '0001-01-01T00:00:00Z'],
    ['a year of five digits', '10000-01-01T00:00:00Z'],
    ['a sign', '+2023-01-01T00:00:00Z'],
    ['other digits', '２023-01-01T00:00:00Z'],
    ['a line break behind it', '2023-01-01T00:00:00Z\n'],
    ['space in front', ' 2023-01-01T00:00:00Z'],
    ['nothing', ''],
  ])('is refused with %s', (_what, text) => {
    expect(parseTime(text)).toBeUndefined()
  })

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(someTime, (time) => {
        expect(parseTime(formatTime(time))).toEqual(time)
        expect(timestampOf(nanosecondsOf(time))).toEqual(time)
      }),
    )
  })

  it('is written as Go writes it: no trailing zeros', () => {
    expect(formatTime({ seconds: 1_605_702_978n, nanos: 160_500_000 })).toBe('2020-11-18T12:36:18.1605Z')
    expect(formatTime({ seconds: 1_605_702_978n, nanos: 0 })).toBe('2020-11-18T12:36:18Z')
    expect(formatTime(ZERO_TIME)).toBe('0001-01-01T00:00:00Z')
  })

  it('orders as its nanoseconds do', () => {
    fc.assert(
      fc.property(someTime, someTime, (a, b) => {
        const earlier = a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos)
        return nanosecondsOf(a) < nanosecondsOf(b) === earlier
      }),
    )
  })

  it('is cut to milliseconds for people', () => {
    expect(dateOf({ seconds: 1n, nanos: 999_999_999 }).toISOString()).toBe('1970-01-01T00:00:01.999Z')
  })
})
