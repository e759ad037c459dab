import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Segment, SegmentPlan } from '../../src/transfer/segments.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const MIB = 1024 * 1024

function taken(segment: Segment | undefined): Segment {
  if (segment === undefined) throw new Error('The plan had nothing left')
  return segment
}

describe('the order of segments', () => {
  it('is from the front, each no longer than it may be', () => {
    const plan = new SegmentPlan([
      { start: 0, end: 25 },
      { start: 40, end: 45 },
    ])
    const parts = Array.from({ length: 4 }, () => taken(plan.take(10, 0)))
    expect(parts.map(({ at, end }) => [at, end])).toEqual([
      [0, 10],
      [10, 20],
      [20, 25],
      [40, 45],
    ])
    expect(plan.take(10, 0)).toBeUndefined()
  })

  it('begins again with what a connection could not bring', () => {
    const plan = new SegmentPlan([{ start: 0, end: 30 }])
    const first = taken(plan.take(10, 0))
    taken(plan.take(10, 0))
    first.at = 4
    plan.giveBack(first)
    expect(taken(plan.take(10, 0))).toMatchObject({ at: 4, end: 10 })
    expect(taken(plan.take(10, 0))).toMatchObject({ at: 20, end: 30 })
  })

  it('shares the rest of the slowest at the end, and leaves alone what is almost here', () => {
    const plan = new SegmentPlan([{ start: 0, end: 16 * MIB }])
    const slow = taken(plan.take(8 * MIB, 0))
    const fast = taken(plan.take(8 * MIB, 0))
    slow.at = 2 * MIB
    fast.at = 15 * MIB
    expect(taken(plan.take(8 * MIB, 1000))).toMatchObject({ at: 5 * MIB, end: 8 * MIB })
    expect(slow.end).toBe(5 * MIB)
    plan.done(slow)
    fast.end = fast.at + 100
    expect(plan.take(8 * MIB, 1000)).toMatchObject({ end: 8 * MIB })
  })

  it('takes what was only just asked for to be as fast as the others, and shares it when it stays silent', () => {
    const plan = new SegmentPlan([{ start: 0, end: 16 * MIB }])
    const running = taken(plan.take(8 * MIB, 0))
    const silent = taken(plan.take(8 * MIB, 99))
    running.at = 7 * MIB
    expect(plan.take(8 * MIB, 100)).toBeUndefined()
    expect(silent.end).toBe(16 * MIB)
    expect(taken(plan.take(8 * MIB, 400))).toMatchObject({ at: 12 * MIB, end: 16 * MIB })
    expect(silent.end).toBe(12 * MIB)
  })

  it(`brings every byte, whatever breaks (SEED=${SEED})`, () => {
    const step = fc.record({ fraction: fc.double({ min: 0, max: 1, noNaN: true }), breaks: fc.boolean() })
    const holds = fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const size = 40 * MIB
      const plan = new SegmentPlan([{ start: 0, end: size }])
      const came: [number, number][] = []
      const running: Segment[] = []
      let now = 0
      const advance = (segment: Segment, to: number): void => {
        came.push([segment.at, to])
        segment.at = to
      }
      for (let turn = 0; ; turn++) {
        now += 200
        const { fraction, breaks } = steps[turn % steps.length] ?? { fraction: 1, breaks: false }
        const next = running.length < 4 ? plan.take(8 * MIB, now) : undefined
        if (next !== undefined) running.push(next)
        const segment = running.shift()
        if (segment === undefined) break
        const left = segment.end - segment.at
        advance(segment, segment.at + (turn > 200 ? left : Math.floor(left * fraction)))
        if (segment.at === segment.end) plan.done(segment)
        else if (breaks) plan.giveBack(segment)
        else running.push(segment)
      }
      const inOrder = came.filter(([start, end]) => start < end).sort(([a], [b]) => a - b)
      let at = 0
      for (const [start, end] of inOrder) {
        expect(start).toBe(at)
        at = end
      }
      expect(at).toBe(size)
    })
    fc.assert(holds, { seed: SEED, numRuns: 200 })
  })
})
