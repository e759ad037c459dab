/** Looks at everything in a store, says of each file what it is, and takes away what is corrupt. */
import { HashPool, type Reporter } from '../core/index.ts'
import type { ArtifactEntry, BlobEntry, DiskEntry, Store } from '../store/index.ts'
import { HashAhead } from './hash-ahead.ts'
import { type RecordedArtifact, recordedArtifacts } from './recorded.ts'
import { FileChecker } from './verify-files.ts'
import { type FileOnDisk, planVerification, type VerifyPlan } from './verify-plan.ts'
import type { Approval, FileState, FileVerdict, StoreVerdict } from './verify-types.ts'

/** Milliseconds between two words on how far it is. */
const PROGRESS_EVERY = 500

export interface VerifyOptions {
  /** Blobs that no artifact is linked to, too. Default false. */
  readonly all?: boolean
  /** Milliseconds: what was hashed since then, and has not changed, is not hashed again. Absent: everything is. */
  readonly olderThan?: number
  readonly reporter: Reporter
  readonly signal?: AbortSignal | undefined
  /** Default: one for each processor. */
  readonly threads?: number
  /** Asks the chain about all of them; by final path. Absent: it is not asked. */
  readonly askApprovals?: (artifacts: readonly RecordedArtifact[]) => Promise<ReadonlyMap<string, Approval>>
}

/**
 * Checks a store that others may be using meanwhile.
 *
 * @throws R3mesError of the store when it cannot be looked at; the reason of the signal once it is aborted
 */
export async function verifyStore(store: Store, options: VerifyOptions): Promise<StoreVerdict> {
  const started = performance.now()
  await using pool = new HashPool({
    signal: options.signal,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  })
  const ahead = new HashAhead(pool)
  const { all = false, olderThan } = options
  const { plan, records } = await lookAround(store, olderThan === undefined ? ahead : undefined, all)
  const artifacts = [...records.values()].sort((one, other) => compare(one.path, other.path))
  const approvals = (await options.askApprovals?.(artifacts)) ?? new Map<string, Approval>()
  const checker = new FileChecker({ store, pool, reporter: options.reporter })
  const { verdicts: recent, due } =
    olderThan === undefined
      ? { verdicts: [], due: plan.files }
      : await checker.recent(plan.files, Date.now() - olderThan)
  const checked = await showing(pool, due, options.reporter, async () => [
    ...recent,
    ...(await checkAll(store, checker, ahead, { ...plan, files: due })),
  ])
  const files = (
    approvals.size === 0 ? [...checked] : checked.map((found) => asApproved(found, approvals))
  ).sort((one, other) => compare(one.path, other.path))
  return {
    files,
    counts: countsOf(files),
    artifacts: artifacts.map((artifact) => ({
      artifact,
      approval: approvals.get(artifact.path) ?? { state: 'unknown', reason: undefined },
    })),
    bytes: pool.bytes,
    milliseconds: Math.round(performance.now() - started),
  }
}

interface Surroundings {
  readonly plan: VerifyPlan
  readonly records: ReadonlyMap<string, RecordedArtifact>
}

/** @param ahead what begins to hash meanwhile; undefined when it is not known yet what has to be hashed */
async function lookAround(store: Store, ahead: HashAhead | undefined, all: boolean): Promise<Surroundings> {
  const entries = await collect<ArtifactEntry>(store.artifactEntries(), (batch) => ahead?.offer(batch))
  const records = await recordedArtifacts(store, new Set(entries.map(({ of }) => of.path)))
  // What nothing tells of may still be a hard link of a blob, whose name says what it is.
  const needsBlobs = all || entries.some(({ of, nlink }) => nlink > 1n && !records.has(of.path))
  const offer = (batch: readonly BlobEntry[]): void => (all ? ahead?.offer(batch) : undefined)
  const blobs = needsBlobs ? await collect<BlobEntry>(store.blobEntries(), offer) : []
  return { plan: planVerification({ entries, blobs, records, all }), records }
}

async function collect<T extends DiskEntry>(
  batches: AsyncIterable<readonly T[]>,
  see: (batch: readonly T[]) => void,
): Promise<readonly T[]> {
  const found: T[] = []
  for await (const batch of batches) {
    see(batch)
    found.push(...batch)
  }
  return found
}

async function checkAll(
  store: Store,
  checker: FileChecker,
  ahead: HashAhead,
  plan: VerifyPlan,
): Promise<readonly FileVerdict[]> {
  const misplaced: FileVerdict[] = []
  for (const entry of plan.misplaced) {
    const place = { ...entry, isBlob: true, artifact: undefined, inside: '' }
    const found = await checker.condemn(place, entry, 'It is not a regular file of this user.')
    if (found !== undefined) misplaced.push(found)
  }
  const checked = await checker.check(plan.files, ahead)
  // Last, so that what a run puts in place meanwhile is not called missing.
  const absent = await checker.checkAbsent(plan.absent)
  return await withoutRemoved(store, [...plan.settled, ...misplaced, ...checked, ...absent])
}

/** What was removed as a whole meanwhile, and forgotten, is not missing. */
async function withoutRemoved(store: Store, found: readonly FileVerdict[]): Promise<readonly FileVerdict[]> {
  const gone = new Set(
    found.flatMap(({ state, artifact }) => (state === 'missing' ? (artifact?.path ?? []) : [])),
  )
  if (gone.size === 0) return found
  for await (const { path } of store.usage.entries()) gone.delete(path)
  if (gone.size === 0) return found
  for await (const batch of store.artifactEntries()) for (const { of } of batch) gone.delete(of.path)
  return found.filter(({ artifact }) => artifact === undefined || !gone.has(artifact.path))
}

async function showing<T>(
  pool: HashPool,
  files: readonly FileOnDisk[],
  reporter: Reporter,
  work: () => Promise<T>,
): Promise<T> {
  const total = files.reduce((sum, { entry }) => sum + Number(entry.size), 0)
  const event = { subject: 'checking files', source: 'store', total }
  const show = (): void => reporter.progress({ ...event, bytes: Math.min(pool.bytes, total), done: false })
  const timer = setInterval(show, PROGRESS_EVERY)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    reporter.progress({ ...event, bytes: Math.min(pool.bytes, total), done: true })
  }
}

/** Right bytes of something that is not approved any more are no bytes to use. */
function asApproved(found: FileVerdict, approvals: ReadonlyMap<string, Approval>): FileVerdict {
  if (found.state !== 'ok' || found.artifact === undefined) return found
  const approval = approvals.get(found.artifact.path)
  if (approval?.state !== 'unapproved') return found
  return { ...found, state: 'unapproved', reason: approval.reason.message }
}

function countsOf(files: readonly FileVerdict[]): Readonly<Record<FileState, number>> {
  const counts: Record<FileState, number> = { ok: 0, missing: 0, corrupt: 0, foreign: 0, unapproved: 0 }
  for (const { state } of files) counts[state] += 1
  return counts
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
