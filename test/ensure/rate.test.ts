import { describe, expect, it } from 'vitest'
import { describeRate, RateMeter } from '../../src/ensure/index.ts'

describe('the speed of a transfer', () => {
  it('is unknown until two looks tell', () => {
    const meter = new RateMeter()
    expect(meter.observe(0, 0)).toBeUndefined()
    expect(meter.observe(1_000, 100)).toBe(10_000)
  })

  it('follows a change within some seconds, and no blip of one look', () => {
    const meter = new RateMeter()
    meter.observe(0, 0)
    for (let second = 1; second <= 10; second += 1) meter.observe(second * 1000, second * 1000)
    const afterPause = meter.observe(10_000, 10_500) ?? 0
    expect(afterPause).toBeGreaterThan(700)
    let rate = 0
    for (let second = 1; second <= 20; second += 1) {
      rate = meter.observe(10_000 + second * 5000, 10_500 + second * 1000) ?? 0
    }
    expect(rate).toBeGreaterThan(4_900)
    expect(rate).toBeLessThanOrEqual(5_000)
  })

  it('begins anew when another source starts over', () => {
    const meter = new RateMeter()
    meter.observe(0, 0)
    meter.observe(9_000, 1_000)
    expect(meter.observe(10, 2_000)).toBeUndefined()
    expect(meter.observe(110, 3_000)).toBe(100)
  })

  it('stays as it was when no time has passed', () => {
    const meter = new RateMeter()
    meter.observe(0, 0)
    meter.observe(100, 1_000)
    expect(meter.observe(200, 1_000)).toBe(100)
  })
})

describe('what is said of it', () => {
  it.each([
    ['speed and time left', 1e6, 5e6, 10e6, '1.00 MB/s, 5.0 s left'],
    ['no time where nobody knows the size', 1e6, 5e6, undefined, '1.00 MB/s'],
    ['no time while nothing moves', 0, 5e6, 10e6, '0 B/s'],
    ['no time once all is here', 1e6, 10e6, 10e6, '1.00 MB/s'],
  ])('is %s', (_claim, rate, bytes, total, expected) => {
    expect(describeRate(rate, bytes, total)).toBe(expected)
  })
})
