import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JOB_LEASE_MS, type JobWitness, judgeJob } from '../../../src/store/leases/job-lease.ts'
import type { JobRecord } from '../../../src/store/leases/records.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const NOW = 1_800_000_000_000
const DAY_MS = 24 * 60 * 60 * 1000

const RECORD: JobRecord = {
  bootId: 'boot',
  pidNamespace: 'pid:[1]',
  host: 'here',
  since: NOW,
  workflow: 'train',
  job: 'gpu',
  run: '1',
  holder: { pid: 4711, start: '900' },
  uptime: 1000,
  blobs: [],
  artifacts: [],
}

/** The world right after the lease was made, in which its process runs. */
const SEEN: JobWitness = {
  machine: { bootId: 'boot', pidNamespace: 'pid:[1]', host: 'here' },
  volume: 'local',
  processExists: () => true,
  processStart: () => '900',
  uptime: 1000,
  now: NOW,
  changedAt: NOW,
}

function lives(record: Partial<JobRecord>, seen: Partial<JobWitness>): boolean {
  return judgeJob({ ...RECORD, ...record }, { ...SEEN, ...seen }).lives
}

/** The world so much later, by clocks that nobody touched. */
function later(days: number): Partial<JobWitness> {
  return { now: NOW + days * DAY_MS, uptime: 1000 + (days * DAY_MS) / 1000 }
}

describe('the lease of a job', () => {
  it('lives as long as the process of its job, however long that takes', () => {
    expect(lives({}, later(30))).toBe(true)
    expect(lives({}, { ...later(0), processExists: () => false })).toBe(false)
  })

  it('does not live on with another process that was given the same number', () => {
    expect(lives({}, { processStart: () => '950' })).toBe(false)
  })

  it('ends with a restart of the machine', () => {
    expect(lives({}, { machine: { ...SEEN.machine, bootId: 'next boot' } })).toBe(false)
  })

  const unseen: [string, Partial<JobRecord>, Partial<JobWitness>][] = [
    ['in another pid namespace', {}, { machine: { ...SEEN.machine, pidNamespace: 'pid:[2]' } }],
    ['that nobody named', { holder: undefined }, {}],
    ['whose start nobody can tell', { holder: { pid: 4711, start: undefined } }, {}],
  ]
  it.each(unseen)('lives five days for a process %s', (_name, record, seen) => {
    expect(lives(record, { ...seen, ...later(4.9) })).toBe(true)
    expect(lives(record, { ...seen, ...later(5.1) })).toBe(false)
  })

  it('lives five days on a volume of several machines, by the time of the file alone', () => {
    const elsewhere = { volume: 'shared', machine: { ...SEEN.machine, bootId: 'other machine' } } as const
    expect(lives({}, { ...elsewhere, now: NOW + 4.9 * DAY_MS, uptime: 1 })).toBe(true)
    expect(lives({}, { ...elsewhere, now: NOW + 5.1 * DAY_MS, uptime: 1 })).toBe(false)
  })

  const nobody: Partial<JobRecord> = { holder: undefined }
  it('is not ended early by a clock that jumped ahead, nor kept by one that was set back', () => {
    expect(lives(nobody, { ...later(1), now: NOW + 400 * DAY_MS })).toBe(true)
    expect(lives(nobody, { ...later(6), now: NOW - 400 * DAY_MS })).toBe(false)
  })

  it('counts from now on when no clock makes sense of its age', () => {
    const verdict = judgeJob({ ...RECORD, ...nobody }, { ...SEEN, uptime: 1, now: NOW - 400 * DAY_MS })
    expect(verdict).toMatchObject({ lives: true, touch: true })
  })

  it(`never ends before its time while one clock is right, and ends within twice that once clocks are right (SEED=${SEED})`, () => {
    const clock = fc.integer({ min: -1000, max: 1000 })
    fc.assert(
      fc.property(fc.double({ min: 0, max: 20, noNaN: true }), clock, (days, jump) => {
        const now = NOW + (days + jump) * DAY_MS
        const seen = { ...later(days), now }
        if (days * DAY_MS < JOB_LEASE_MS) expect(lives(nobody, seen)).toBe(true)
        if (days * DAY_MS > JOB_LEASE_MS && (jump >= 0 || days + jump < 0))
          expect(lives(nobody, seen)).toBe(false)
      }),
      { seed: SEED },
    )
  })
})
