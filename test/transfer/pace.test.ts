import { describe, expect, it } from 'vitest'
import {
  FIRST_PACE,
  LaneShares,
  MOST_LANES,
  MOST_SLOW_LANES,
  nextPace,
  type Pace,
  segmentBytes,
} from '../../src/transfer/pace.ts'

/** The pace after so many windows with a host that sends `rateOf` so many connections. */
function paceAfter(windows: number, rateOf: (lanes: number) => number, most = 100): Pace {
  let pace = FIRST_PACE
  for (let window = 0; window < windows; window++) pace = nextPace(pace, rateOf(pace.lanes), most)
  return pace
}

describe('the number of connections', () => {
  it('grows while the rate grows, up to the limit for slow hosts', () => {
    expect(paceAfter(3, (lanes) => lanes * 20_000).lanes).toBe(MOST_SLOW_LANES)
  })

  it('stays lower where each connection is fast', () => {
    expect(paceAfter(20, (lanes) => lanes * 100_000).lanes).toBe(MOST_LANES)
  })

  it('does not grow where one connection brings as much as a machine takes', () => {
    expect(paceAfter(20, () => 900_000)).toEqual(FIRST_PACE)
  })

  it('goes back one step when more bring nothing, and tries again only later', () => {
    const link = () => 200_000
    expect(paceAfter(1, link)).toMatchObject({ lanes: 4, trial: { lanes: FIRST_PACE.lanes } })
    expect(paceAfter(2, link)).toMatchObject({ lanes: FIRST_PACE.lanes, trial: undefined })
    expect(paceAfter(30, link).lanes).toBe(FIRST_PACE.lanes)
    expect(paceAfter(33, link).trial).toBeDefined()
  })

  it('is never more than the file may use', () => {
    expect(paceAfter(5, (lanes) => lanes * 1000, 6).lanes).toBe(6)
  })
})

describe('the size of segments', () => {
  it('is 8 MiB where answers come at once, and more where they are late', () => {
    const mib = 1024 * 1024
    expect(segmentBytes(1, 100_000)).toBe(8 * mib)
    expect(segmentBytes(80, 50_000)).toBe(16_000_000)
    expect(segmentBytes(1000, 1_000_000)).toBe(32 * mib)
  })
})

describe('the shares of files that are on their way', () => {
  it('are equal, and never nothing', () => {
    const shares = new LaneShares(24)
    shares.join('a')
    expect(shares.shareOf('a')).toBe(16)
    shares.join('a')
    expect(shares.shareOf('a')).toBe(8)
    for (let file = 0; file < 28; file++) shares.join('b')
    expect(shares.shareOf('a')).toBe(1)
    for (let file = 0; file < 28; file++) shares.leave('b')
    shares.leave('a')
    expect(shares.shareOf('a')).toBe(16)
  })
})
