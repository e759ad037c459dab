/** Makes room in a store: looks, decides, removes. Each thing is looked at again right before it goes. */
import type { Reporter } from '../core/index.ts'
import type { FoundArtifact, Remain, Store, UsageEntry } from '../store/index.ts'
import { attempt, Execution, type ExecutionPorts, forget } from './prune-execution.ts'
import { effectivePolicy, type PrunePlan, type PrunePolicy, planPrune, planRemoval } from './prune-plan.ts'
import { chooseRemains } from './prune-remains.ts'
import { type PruneReport, Report } from './prune-report.ts'
import type { PruneState } from './prune-state.ts'
import { artifactsIn, type FoundBlob, type TakenStock, takeStock } from './prune-stock.ts'

export interface PruneOptions {
  readonly dryRun?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds since the epoch. */
  readonly now?: number | undefined
}

/**
 * Removes from a store what the policy does not want to keep. What a living process or job uses stays, and so does everything
 * that cannot be told to be the store's. Several may prune at once, and runs may go on meanwhile.
 *
 * @throws R3mesError `STORE_NOT_WRITABLE` where nobody can tell what is used, such as on a file system without locks
 */
export async function pruneStore(
  store: Store,
  policy: PrunePolicy,
  reporter: Reporter,
  options: PruneOptions = {},
): Promise<PruneReport> {
  const { dryRun = false, signal, now = Date.now() } = options
  if (!dryRun) await demandLeases(store, signal)
  const found = await lookThrough(store, policy, now)
  const plan = planPrune(found.state, policy, now)
  const report = new Report(policy, plan, dryRun)
  if (dryRun) {
    for (const removal of plan.removals) report.removed(removal, removal.bytes)
    for (const remain of found.going) report.remained(remain, remain.bytes)
    return report.done(false)
  }
  for (const remain of found.going) {
    if (signal?.aborted === true) break
    const bytes = await attempt(reporter, signal, () => store.remover.remain(remain))
    if (bytes !== undefined) report.remained(remain, bytes)
  }
  await carryOut(store, found, plan, report, { reporter, signal })
  return report.done(signal?.aborted ?? false)
}

/**
 * Removes certain artifacts, with the blobs that nothing else refers to. What is in use, or cannot be told to be the store's, stays.
 *
 * @param revoked digests of what may go, as `sha256:<hex>` or `manifest:<hex>`, by absolute final path: what a run has put there since
 * stays
 * @throws R3mesError as {@link pruneStore}
 */
export async function removeUnapproved(
  store: Store,
  revoked: ReadonlyMap<string, string>,
  reporter: Reporter,
  { signal }: Pick<PruneOptions, 'signal'> = {},
): Promise<PruneReport> {
  await demandLeases(store, signal)
  const found = await lookThrough(store, {}, Date.now())
  const paths = [...revoked].filter(([path, digest]) => found.usage.get(path)?.digest === digest)
  const plan = planRemoval(found.state, new Set(paths.map(([path]) => path)))
  const report = new Report({}, plan, false)
  await carryOut(store, found, plan, report, { reporter, signal })
  return report.done(signal?.aborted ?? false)
}

/** Says once, and not of each thing that then stays, that nobody can tell what is used. */
async function demandLeases({ leases }: Store, signal: AbortSignal | undefined): Promise<void> {
  try {
    await leases.exclusively(async () => {})
  } catch (thrown) {
    // After a signal nothing is removed anyway, and the report says so.
    if (signal?.aborted !== true) throw thrown
  }
}

async function carryOut(
  store: Store,
  found: Found,
  { removals }: PrunePlan,
  report: Report,
  ports: ExecutionPorts,
): Promise<void> {
  const execution = new Execution(store, found.stock, ports, report)
  try {
    await execution.run(removals)
  } finally {
    await forget(store, [...found.gone, ...execution.gone])
  }
}

interface Found {
  /** What the usage index says, by final path. */
  readonly usage: ReadonlyMap<string, UsageEntry>
  readonly stock: TakenStock
  readonly state: PruneState
  /** What goes in any case. */
  readonly going: readonly Remain[]
  /** Entries of the index for what is no longer there: somebody removed it, or a prune was killed. */
  readonly gone: readonly UsageEntry[]
}

async function lookThrough(store: Store, policy: PrunePolicy, now: number): Promise<Found> {
  const usage = new Map<string, UsageEntry>()
  for await (const entry of store.usage.entries()) usage.set(entry.path, entry)
  const artifacts: FoundArtifact[] = []
  for await (const artifact of artifactsIn(store.artifactEntries())) artifacts.push(artifact)
  const blobs: FoundBlob[] = []
  for await (const batch of store.blobEntries()) {
    for (const blob of batch) {
      const { sha256 } = blob
      if (sha256 !== undefined && blob.kind === 'file') blobs.push({ ...blob, sha256 })
    }
  }
  const remains: Remain[] = []
  for (const kind of ['receipt', 'partial', 'quarantine'] as const) {
    for await (const remain of store.remover.remains(kind)) remains.push(remain)
  }
  const { going, bytes, otherBytes, quarantine } = chooseRemains(remains, effectivePolicy(policy), now)
  const stock = takeStock({ artifacts, blobs, usage, inUse: await usedNow(store) })
  const present = new Set(artifacts.map(({ path }) => path))
  const gone = [...usage.values()].filter(({ path }) => !present.has(path))
  const freeBytes = Number(await store.freeBytes())
  const state = { ...stock.state, otherBytes, remainsBytes: bytes, quarantine, freeBytes }
  return { usage, stock, going, gone, state }
}

async function usedNow(store: Store): Promise<{ blobs: Set<string>; paths: Set<string> }> {
  const leases = await store.leases.list()
  return {
    blobs: new Set(leases.flatMap(({ blobs }) => blobs)),
    paths: new Set(leases.flatMap(({ artifacts }) => artifacts)),
  }
}
