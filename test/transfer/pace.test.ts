import { describe, expect, it } from 'vitest'
import {
  firstPace,
  LaneShares,
  Latency,
  MOST_LANES,
  MOST_SLOW_LANES,
  nextPace,
  type Pace,
  segmentBytes,
  windowMs,
} from '../../src/transfer/pace.ts'

const NEAR = firstPace(2)

/** The pace after so many windows with a host that sends `rateOf` so many connections. */
function paceAfter(windows: number, rateOf: (lanes: number) => number, most = 100): Pace {
  let pace = NEAR
  for (let window = 0; window < windows; window++) pace = nextPace(pace, rateOf(pace.lanes), most, 0)
  return pace
}

describe('the number of connections', () => {
  it('is one to a near host, and several at once to one whose answers come late', () => {
    expect(NEAR.lanes).toBe(1)
    expect(firstPace(24).lanes).toBe(1)
    expect(firstPace(25).lanes).toBe(8)
  })

  it('grows while the rate grows, up to the limit for slow hosts', () => {
    expect(paceAfter(2, (lanes) => lanes * 20_000).lanes).toBe(MOST_SLOW_LANES)
  })

  it('stays lower where each connection is fast', () => {
    expect(paceAfter(20, (lanes) => lanes * 100_000).lanes).toBe(MOST_LANES)
  })

  it('does not grow where one connection brings as much as a machine takes', () => {
    expect(paceAfter(20, () => 900_000).lanes).toBe(1)
  })

  it('does not grow while it is this machine that cannot do more', () => {
    const busy = nextPace(NEAR, 30_000, 100, 0.95)
    expect(busy.lanes).toBe(1)
    expect(nextPace(busy, 30_000, 100, 0.95).lanes).toBe(1)
    expect(nextPace(busy, 30_000, 100, 0.2).lanes).toBeGreaterThan(1)
  })

  it('does not take the burst that a new connection begins with for its rate', () => {
    const burst = nextPace(NEAR, 130_000, 100, 0)
    expect(burst).toMatchObject({ lanes: 4, trial: undefined })
    const after = nextPace(burst, 80_000, 100, 0)
    expect(after.lanes).toBe(MOST_SLOW_LANES)
    expect(nextPace(after, 300_000, 100, 0).lanes).toBe(MOST_SLOW_LANES)
  })

  it('waits for a second look where the first one shows more than any burst', () => {
    const first = nextPace(NEAR, 250_000, 100, 0)
    expect(first.lanes).toBe(1)
    expect(nextPace(first, 250_000, 100, 0)).toMatchObject({ lanes: 4, trial: { lanes: 1, rate: 250_000 } })
  })

  it('goes back one step when more bring nothing, and tries again only later', () => {
    const link = () => 250_000
    expect(paceAfter(2, link)).toMatchObject({ lanes: 4, trial: { lanes: 1 } })
    expect(paceAfter(3, link)).toMatchObject({ lanes: 1, trial: undefined })
    expect(paceAfter(13, link)).toMatchObject({ lanes: 1, trial: undefined })
    expect(paceAfter(14, link).trial).toBeDefined()
  })

  it('is never more than the file may use', () => {
    expect(paceAfter(5, (lanes) => lanes * 1000, 6).lanes).toBe(6)
  })
})

describe('the time between two looks', () => {
  it('is short at first, and grows to what a burst cannot fill', () => {
    expect([0, 1, 2, 3, 100].map((looks) => windowMs(looks, 1))).toEqual([25, 50, 100, 100, 100])
  })

  it('is long enough for the answers to new connections, within reason', () => {
    expect(windowMs(0, 80)).toBe(160)
    expect(windowMs(9, 80)).toBe(160)
    expect(windowMs(0, 60_000)).toBe(500)
  })
})

describe('how far a host is', () => {
  it('is what its first answer took, connecting included, until there is another', () => {
    const latency = new Latency(40)
    expect(latency.ms).toBe(40)
    latency.answered(50)
    expect(latency.ms).toBe(50)
  })

  it('is the shortest wait after that: a machine that is busy makes no host a far one', () => {
    const latency = new Latency(40)
    for (const ms of [2, 90, 1, 60]) latency.answered(ms)
    expect(latency.ms).toBe(1)
  })
})

describe('the size of segments', () => {
  const mib = 1024 * 1024

  it('is 8 MiB for one connection where answers come at once, and more where they are late', () => {
    expect(segmentBytes(1, 100_000, 1)).toBe(8 * mib)
    expect(segmentBytes(80, 50_000, 1)).toBe(16_000_000)
    expect(segmentBytes(1000, 1_000_000, 16)).toBe(32 * mib)
  })

  it('is less where many connections are on their way: a process that is killed loses about 8 MiB', () => {
    expect([2, 4, 8, 16].map((lanes) => segmentBytes(1, 10_000, lanes) / mib)).toEqual([4, 2, 1, 1])
    expect(segmentBytes(80, 0, 16)).toBe(8 * mib)
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
