import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteRanges } from '../../src/transfer/byte-ranges.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))

describe(`a set of bytes (SEED=${SEED})`, () => {
  it('knows its size, its frontier and what is missing, as a list of single bytes would', () => {
    const range = fc
      .tuple(fc.nat({ max: 60 }), fc.nat({ max: 20 }))
      .map(([start, length]) => ({ start, end: start + length }))
    const some = fc.array(range, { maxLength: 12 })
    const holds = fc.property(some, some, fc.nat({ max: 90 }), (first, later, total) => {
      const set = new ByteRanges(first)
      for (const one of later) set.add(one)
      const ranges = [...first, ...later]
      const bytes = new Set<number>()
      for (const { start, end } of ranges) for (let at = start; at < end; at++) bytes.add(at)
      let frontier = 0
      while (bytes.has(frontier)) frontier += 1
      const missing = set.missing(total)
      const lacks = missing.flatMap(({ start, end }) =>
        Array.from({ length: end - start }, (_, index) => start + index),
      )
      expect(set.size).toBe(bytes.size)
      expect(set.frontier).toBe(frontier)
      expect(lacks).toEqual(Array.from({ length: total }, (_, at) => at).filter((at) => !bytes.has(at)))
    })
    fc.assert(holds, { seed: SEED, numRuns: 500 })
  })
})
