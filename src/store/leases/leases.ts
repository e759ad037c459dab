/** Who uses what of a store: sessions, which are open stores, and jobs, which outlive them. */
import { randomBytes } from 'node:crypto'
import { readdir, rm, utimes } from 'node:fs/promises'
import { uptime } from 'node:os'
import { R3mesError, type Sha256Hex } from '../../core/index.ts'
import { entryAt } from '../disk.ts'
import { during } from '../fs-error.ts'
import { jobPath, type LeaseFolders, recordPath } from '../layout.ts'
import { withLock } from '../process-lock.ts'
import type { Volume } from './file-system.ts'
import { processExists, processStart, thisMachine } from './identity.ts'
import { type JobVerdict, judgeJob } from './job-lease.ts'
import { type Liveness, mayLive } from './liveness.ts'
import {
  type JobRecord,
  jobRecordOf,
  pathsHere,
  readRecord,
  sessionRecordOf,
  writeRecord,
} from './records.ts'
import type { Session, Uses } from './session.ts'

const RECORD = /^(.+)\.json$/
const JOB_ID = /^[0-9a-f]{16}$/
/** The lock is meant for work of milliseconds. Whoever holds it for so long is stopped, or a disk does not answer. */
const PATIENCE_MS = 60_000
const TELLING = 'telling other jobs what this one uses'

/** A job that uses what it was given after the process that fetched it has ended. */
export interface Job {
  readonly workflow: string
  readonly job: string
  /** Of the run, its attempt included. */
  readonly run: string
  /** The process that lives as long as the job. 0 and 1 are nobody's, and neither is an absent one: then age decides. */
  readonly pid?: number | undefined
}

/** Somebody who uses something, as people want to see it. */
export interface Lease {
  readonly kind: 'session' | 'job'
  readonly id: string
  /** `ensure`, or workflow, job and run. Names from a workflow: sanitise before printing. */
  readonly who: string
  readonly host: string
  readonly since: Date
  readonly blobs: readonly Sha256Hex[]
  /** Absolute final paths of artifacts. */
  readonly artifacts: readonly string[]
  /** Why it counts as living, as a part of a sentence. */
  readonly why: string
}

/** What is in use, as long as the store's lock is held. */
export interface InUse {
  /** By a job or by any session. A blob's digest, or the absolute final path of an artifact. */
  isUsed(blobOrPath: string): boolean
  /** The same without this very session. */
  isUsedByOthers(blobOrPath: string): boolean
  /** Digests of all that those use who use a path, this session aside. */
  blobsOfOthersAt(path: string): ReadonlySet<Sha256Hex>
}

export interface Leases {
  /** False where nobody can say who lives: the file system knows no locks, or `leases/` cannot be written. */
  readonly available: boolean
  /** Says what this session uses, until it ends. To be called before looking for it. Never fails for want of locks. */
  use(uses: Uses): Promise<void>
  /** This session does not use these paths after all. */
  forgo(artifacts: Iterable<string>): Promise<void>
  /**
   * Lets a job go on using what this session uses.
   *
   * @returns its id, for {@link release}; undefined when leases are not available
   */
  keepForJob(job: Job): Promise<string | undefined>
  /** Ends a job's lease. False when there is none. */
  release(id: string): Promise<boolean>
  /** The living ones, this session included. */
  list(): Promise<readonly Lease[]>
  /**
   * Does `work` while nobody else changes leases, replaces artifacts or prunes. To be short, and not to be nested.
   *
   * @throws R3mesError `STORE_NOT_WRITABLE` when leases are not available, or the lock does not come free
   */
  exclusively<T>(work: (inUse: InUse) => Promise<T>): Promise<T>
}

export interface LeaseContext {
  readonly folders: LeaseFolders
  readonly liveness: Liveness
  readonly volume: Volume
  /** Undefined where there can be none. */
  readonly session: Session | undefined
  readonly signal?: AbortSignal | undefined
}

export function leasesIn({ folders, liveness, volume, session, signal }: LeaseContext): Leases {
  const here = session?.record.roots

  async function locked<T>(work: () => Promise<T>): Promise<T> {
    const patience = AbortSignal.timeout(PATIENCE_MS)
    const stop = signal === undefined ? patience : AbortSignal.any([signal, patience])
    let isOurs = false
    try {
      return await withLock(
        folders.lock,
        () => {
          isOurs = true
          return work()
        },
        { signal: stop },
      )
    } catch (thrown) {
      if (isOurs || signal?.aborted === true) throw thrown
      throw unavailable(thrown)
    }
  }

  async function jobVerdict(id: string, record: JobRecord): Promise<JobVerdict> {
    const path = jobPath(folders, id)
    const verdict = judgeJob(record, {
      machine: thisMachine(),
      volume,
      processExists,
      processStart,
      uptime: uptime(),
      now: Date.now(),
      changedAt: Number((await entryAt(path))?.ctimeMs ?? 0),
    })
    // ctime cannot be set, but touching a file makes it the time of now.
    if (verdict.touch === true) await utimes(path, new Date(), new Date()).catch(() => {})
    return verdict
  }

  async function sessions(): Promise<Lease[]> {
    const found: Lease[] = []
    for (const id of await recordsIn(folders.sessions)) {
      const isOwn = id === session?.id
      if (!isOwn && !mayLive(await liveness.stateOf(id))) continue
      const record = sessionRecordOf((await readRecord(recordPath(folders, id))) ?? '')
      if (record === undefined) continue
      const { host, since, blobs, doing, pid } = record
      const artifacts = pathsHere(record, here)
      const who = `${doing}, process ${pid}`
      const why = isOwn ? 'it is this process' : 'its process runs'
      found.push({ kind: 'session', id, who, host, since: new Date(since), blobs, artifacts, why })
    }
    return found
  }

  async function jobs(): Promise<Lease[]> {
    const found: Lease[] = []
    for (const id of await recordsIn(folders.jobs)) {
      const record = jobRecordOf((await readRecord(jobPath(folders, id))) ?? '')
      if (record === undefined || !JOB_ID.test(id)) continue
      const { lives, why } = await jobVerdict(id, record)
      if (!lives) continue
      const { host, since, blobs, workflow, job, run } = record
      const artifacts = pathsHere(record, here)
      const who = `${workflow}, job ${job}, run ${run}`
      found.push({ kind: 'job', id, who, host, since: new Date(since), blobs, artifacts, why })
    }
    return found
  }

  const list = async (): Promise<Lease[]> => [...(await sessions()), ...(await jobs())]

  /** Without the lock one is still seen by those who prune, unless they are at it in this very moment. */
  async function registered(change: (session: Session) => Promise<void>): Promise<void> {
    if (session === undefined) return
    try {
      await locked(() => change(session))
    } catch (thrown) {
      if (!(thrown instanceof R3mesError)) throw thrown
      await change(session)
    }
  }

  return {
    available: session !== undefined,
    async use(uses) {
      if (session?.says(uses) === true) return
      await during(TELLING, () => registered((own) => own.use(uses)))
    },
    forgo: (artifacts) => during(TELLING, () => registered((own) => own.forgo(artifacts))),

    async keepForJob({ workflow, job, run, pid }) {
      if (session === undefined) return undefined
      const id = randomBytes(8).toString('hex')
      const { blobs, artifacts, roots } = session.record
      const record: JobRecord = {
        ...thisMachine(),
        since: Date.now(),
        workflow,
        job,
        run,
        holder: pid === undefined || pid <= 1 ? undefined : { pid, start: processStart(pid) },
        uptime: uptime(),
        blobs,
        artifacts,
        ...(roots === undefined ? {} : { roots }),
      }
      await locked(() => writeRecord(jobPath(folders, id), record))
      return id
    },

    async release(id) {
      if (!JOB_ID.test(id)) return false
      const path = jobPath(folders, id)
      const wasThere = (await entryAt(path)) !== undefined
      await rm(path, { force: true })
      return wasThere
    },

    list,

    async exclusively(work) {
      if (session === undefined) throw unavailable(undefined)
      return await locked(async () => work(inUseOf(await list(), session.id)))
    },
  }
}

/** Pure. */
function inUseOf(leases: readonly Lease[], own: string): InUse {
  const others = new Set<string>()
  const ours = new Set<string>()
  for (const lease of leases) {
    const used = lease.id === own ? ours : others
    for (const each of [...lease.blobs, ...lease.artifacts]) used.add(each)
  }
  return {
    isUsed: (each) => others.has(each) || ours.has(each),
    isUsedByOthers: (each) => others.has(each),
    blobsOfOthersAt: (path) =>
      new Set(
        leases
          .filter(({ id, artifacts }) => id !== own && artifacts.includes(path))
          .flatMap(({ blobs }) => blobs),
      ),
  }
}

/** Ids of the records in a folder; of one that cannot be read, none. */
async function recordsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.map((name) => RECORD.exec(name)?.[1]).filter((id) => id !== undefined)
}

/** Removes leases of jobs that ended without releasing them, and records that are none. */
export async function removeEndedJobs(folders: LeaseFolders, leases: Leases): Promise<void> {
  const there = await recordsIn(folders.jobs)
  if (there.length === 0 || !leases.available) return
  const living = new Set((await leases.list()).map(({ id }) => id))
  const ended = there.filter((id) => JOB_ID.test(id) && !living.has(id))
  for (const id of ended) await rm(jobPath(folders, id), { force: true })
}

function unavailable(cause: unknown): R3mesError {
  return new R3mesError(
    'STORE_NOT_WRITABLE',
    'The lock of the store cannot be taken, so that nobody knows what other jobs use. Look for a stopped process that uses the store, and whether `leases` in the store can be written, then run again.',
    cause === undefined ? {} : { cause, detail: cause instanceof Error ? cause.message : String(cause) },
  )
}
