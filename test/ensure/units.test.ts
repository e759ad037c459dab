import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, formatPeriod, formatSize, parseDuration, parseSize } from '../../src/ensure/units.ts'

describe('sizes', () => {
  it.each([
    ['500GB', 500e9],
    ['512MiB', 512 * 2 ** 20],
    ['1.5 kB', 1500],
    ['1048576', 1_048_576],
    ['0', 0],
    ['7 b', 7],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  it.each(['', 'GB', '5 XB', '-1GB', '1e9', '1,5GB', '99999999TB', '5GBs'])('refuses %j', (text) => {
    expect(parseSize(text)).toBeUndefined()
  })

  it('shows sizes in units of a thousand, three digits at most', () => {
    expect([0, 999, 1000, 2_097_152, 999_499, 999_500, 1.5e12].map(formatSize)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '2.10 MB',
      '999 kB',
      '1.00 MB',
      '1.50 TB',
    ])
  })

  it('reads back what it shows, within the digits shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 }), (bytes) => {
        const again = parseSize(formatSize(bytes)) ?? Number.NaN
        expect(Math.abs(again - bytes)).toBeLessThanOrEqual(Math.max(1, bytes * 0.006))
      }),
    )
  })
})

describe('durations', () => {
  it('shows tenths below ten seconds and minutes above two', () => {
    expect([40, 9_900, 12_345, 119_000, 200_000].map(formatDuration)).toEqual([
      '0.0 s',
      '9.9 s',
      '12 s',
      '119 s',
      '3 min 20 s',
    ])
  })
})

describe('periods', () => {
  const HOUR = 3_600_000

  it.each([
    ['14d', 14 * 24 * HOUR],
    ['336h', 14 * 24 * HOUR],
    ['1h30m', 1.5 * HOUR],
    ['1d12h', 36 * HOUR],
    ['90s', 90_000],
  ])('reads %s as %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it.each(['', '14', 'd', '0d', '0s', '-1d', '1.5h', '30m1h', '1d1d', '14 d', '14D', '1w', '1e3s'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it('shows whole units, the largest that makes two of them', () => {
    expect([14 * 24 * HOUR, 36 * HOUR, 90 * 60_000, 90_000, 1000, 0].map(formatPeriod)).toEqual([
      '14 days',
      '36 hours',
      '90 minutes',
      '90 seconds',
      '1 second',
      '0 seconds',
    ])
  })
})
