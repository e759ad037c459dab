import { expect, it } from 'vitest'
import { lengthOfUnion, RunRecord } from '../../src/ensure/record.ts'

it.each([
  [[], 0],
  [[[5, 9]], 4],
  [
    [
      [0, 10],
      [20, 25],
    ],
    15,
  ],
  [
    [
      [4, 6],
      [0, 10],
      [8, 12],
    ],
    12,
  ],
  [
    [
      [0, 5],
      [5, 7],
    ],
    7,
  ],
] as const)('time in which files were waited for side by side counts once: %j', (intervals, length) => {
  expect(lengthOfUnion(intervals)).toBe(length)
})

it('a run says for how long it waited for other jobs', () => {
  const record = new RunRecord({ home: '/srv/r3mes', chainId: 'remes-testnet-1', planOnly: false })
  expect(record.result.waited).toBe(0)
  const from = performance.now() - 3_000
  record.waited(from)
  record.waited(from + 1_000)
  expect(record.result.waited).toBeGreaterThanOrEqual(3_000)
  expect(record.result.waited).toBeLessThan(60_000)
})
