import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import {
  DEFAULT_RETRY_POLICY,
  parseRetryAfter,
  type RetryPolicy,
  retryDelay,
  retrying,
  transient,
} from '../../src/transfer/retry.ts'

const quick: RetryPolicy = { retries: 2, baseMs: 1, capMs: 1, random: () => 0 }
const broken = () => new R3mesError('SOURCES_EXHAUSTED', 'broken')

describe('retryDelay', () => {
  it('jitters over the whole of a window that doubles up to its cap', () => {
    const atMost = (attempt: number) =>
      retryDelay(attempt, undefined, { ...DEFAULT_RETRY_POLICY, random: () => 0.999999 })
    expect([1, 2, 3, 4, 20].map(atMost)).toEqual([499, 999, 1999, 3999, 29_999])
    expect(retryDelay(4, undefined, { ...DEFAULT_RETRY_POLICY, random: () => 0 })).toBe(0)
  })

  it('never comes back earlier than the host asked for, nor later than host and cap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.option(fc.integer({ min: 0, max: 120_000 }), { nil: undefined }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (attempt, asked, random) => {
          const delay = retryDelay(attempt, asked, { ...DEFAULT_RETRY_POLICY, random: () => random })
          return delay >= (asked ?? 0) && delay <= Math.max(asked ?? 0, DEFAULT_RETRY_POLICY.capMs)
        },
      ),
    )
  })
})

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')

  it('reads seconds and dates', () => {
    expect(parseRetryAfter('7', now)).toBe(7000)
    expect(parseRetryAfter(' 0 ', now)).toBe(0)
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000)
    expect(parseRetryAfter('Wed, 31 Dec 2025 23:00:00 GMT', now)).toBe(0)
  })

  it.each([undefined, '', '-1', '1.5', '1e9', 'soon', '2026-01-01', 'Monday or so'])(
    'ignores %j',
    (header) => {
      expect(parseRetryAfter(header, now)).toBeUndefined()
    },
  )
})

describe('retrying', () => {
  it('asks again after passing failures only, and so many times only', async () => {
    let passing = 0
    await expect(
      retrying(
        async () => {
          passing += 1
          throw transient(broken())
        },
        quick,
        undefined,
        () => undefined,
      ),
    ).rejects.toThrow('broken')
    expect(passing).toBe(3)

    let lasting = 0
    await expect(
      retrying(
        async () => {
          lasting += 1
          throw broken()
        },
        quick,
        undefined,
        () => undefined,
      ),
    ).rejects.toThrow('broken')
    expect(lasting).toBe(1)
  })

  it('ends a wait when it is aborted', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const work = retrying(
      async () => {
        throw transient(broken(), 60_000)
      },
      quick,
      stop.signal,
      () => stop.abort(reason),
    )
    await expect(work).rejects.toBe(reason)
  })
})
