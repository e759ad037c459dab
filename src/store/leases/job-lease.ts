/** Whether a job that left a lease still runs. Pure. */
import type { Volume } from './file-system.ts'
import type { Machine } from './identity.ts'
import type { JobRecord } from './records.ts'

/** How long a lease counts when nobody can say whether its job lives: no job of GitHub Actions runs longer. */
export const JOB_LEASE_MS = 5 * 24 * 60 * 60 * 1000

/** What the judge sees of the world. */
export interface JobWitness {
  readonly machine: Machine
  readonly volume: Volume
  readonly processExists: (pid: number) => boolean
  readonly processStart: (pid: number) => string | undefined
  /** Seconds that this machine has been running, sleep included. */
  readonly uptime: number
  /** Milliseconds since the epoch. */
  readonly now: number
  /** When the lease's file was last touched, in milliseconds since the epoch. */
  readonly changedAt: number
}

export interface JobVerdict {
  readonly lives: boolean
  /** Ends a sentence that begins with "it counts as living" or "it counts as ended": "because …". */
  readonly why: string
  /** No clock makes sense of its age: it counts from now on, once its file was touched. */
  readonly touch?: boolean
}

/**
 * A job whose process can be asked for is judged by that process, and every other one of this boot by its age. A lease of another
 * boot ended with it, unless the volume is shared with other machines: then its age decides, too.
 *
 * The age is taken by two clocks, and a lease expires when both say so. Of a clock that says less than nothing, because
 * somebody set it back, or because containers have uptimes of their own, nothing is believed. So setting a clock neither
 * ends a living lease nor makes a dead one eternal.
 */
export function judgeJob(record: JobRecord, seen: JobWitness): JobVerdict {
  const isSameBoot = record.bootId === seen.machine.bootId
  if (!isSameBoot && seen.volume === 'local') return { lives: false, why: 'the machine was restarted' }
  const { holder } = record
  if (isSameBoot && holder !== undefined && record.pidNamespace === seen.machine.pidNamespace) {
    if (!seen.processExists(holder.pid)) return { lives: false, why: 'the process of its job has ended' }
    const start = seen.processStart(holder.pid)
    if (holder.start !== undefined && start !== undefined) {
      return holder.start === start
        ? { lives: true, why: 'the process of its job runs' }
        : { lives: false, why: 'the process of its job has ended, and its number was given again' }
    }
  }
  return judgeAge(record, seen, isSameBoot)
}

function judgeAge(record: JobRecord, seen: JobWitness, isSameBoot: boolean): JobVerdict {
  const byUptime = (seen.uptime - record.uptime) * 1000
  const ages = [...(isSameBoot ? [byUptime] : []), seen.now - seen.changedAt].filter((age) => age >= 0)
  if (ages.length === 0) return { lives: true, why: 'its age is not known', touch: true }
  return ages.every((age) => age >= JOB_LEASE_MS)
    ? { lives: false, why: 'it is older than 5 days' }
    : { lives: true, why: 'nobody can say whether its job runs, and it is younger than 5 days' }
}
