/** Brings a store up to what is approved now, for what it holds. */
import { basename } from 'node:path'
import type { ErrorCode, R3mesError } from '../core/index.ts'
import { askApprovals, type EnsureResult, ensure, type Ports, type Settings } from '../ensure/index.ts'
import type { ArtifactKind, Store, UsageEntry } from '../store/index.ts'
import { approvalsOf, requestFor } from './approvals.ts'
import { removeUnapproved } from './prune.ts'
import type { PruneReport } from './prune-report.ts'
import { type RecordedArtifact, recordedArtifacts } from './recorded.ts'
import { saidOnce } from './said-once.ts'
import type { Approval } from './verify-types.ts'

/**
 * - `approved`: as it is
 * - `updated`: other content was approved under its name, and is in place now
 * - `behind`: other content is approved under its name, and could not be brought
 * - `unapproved`: not approved any more
 * - `removed`: not approved any more, and removed
 * - `unknown`: the chain gave no answer that can be believed
 * - `elsewhere`: approved on another chain, which was not asked
 */
export const SYNC_STATES = [
  'approved',
  'updated',
  'behind',
  'unapproved',
  'removed',
  'unknown',
  'elsewhere',
] as const
export type SyncState = (typeof SYNC_STATES)[number]

export interface SyncedArtifact {
  readonly kind: ArtifactKind
  /** From a file that anybody may have written: sanitise before printing. */
  readonly id: string
  /** As `r3mes ls` names it, before it was brought up to what is approved. As unsafe as the id. */
  readonly name: string
  /** Absolute final path; the new one when it was updated to another. */
  readonly path: string
  readonly state: SyncState
  /** Why it is not approved as it is. */
  readonly reason: R3mesError | undefined
}

export interface SyncReport {
  readonly artifacts: readonly SyncedArtifact[]
  /** The run that brought the active model; undefined when nobody asked for it. */
  readonly active: EnsureResult | undefined
  /** Undefined when nothing was to be removed. */
  readonly removal: PruneReport | undefined
  /** Bytes that came over the network. */
  readonly bytesDownloaded: number
}

/** What is worst of a report: what could not be asked or brought, then what is not approved. Undefined when all is well. */
export function syncFailure({ artifacts, active }: SyncReport): R3mesError | undefined {
  const failed = artifacts.find(({ state }) => state === 'unknown' || state === 'behind')?.reason
  if (failed !== undefined || active?.error !== undefined) return failed ?? active?.error
  return artifacts.find(({ state }) => state === 'unapproved')?.reason
}

export interface SyncOptions {
  /** Brings the active model version as well. */
  readonly active?: boolean | undefined
  /** False: what is approved anew is not brought, and counts as `behind`. Default: true. */
  readonly download?: boolean | undefined
  /** Removes what is not approved any more and not in use. */
  readonly pruneUnapproved?: boolean | undefined
}

/**
 * What only a record that is there, or proven to be absent, can lead to. Everything else, such as a malformed record, is no
 * reason to remove anything.
 */
const REVOKED: ReadonlySet<ErrorCode> = new Set([
  'MODEL_NOT_APPROVED',
  'MODEL_INACTIVE',
  'ADAPTER_NOT_APPROVED',
  'ADAPTER_REVOKED',
  'DATASET_NOT_APPROVED',
  'DATASET_REMOVED',
])

interface Held {
  readonly artifact: RecordedArtifact
  readonly entry: UsageEntry | undefined
}

/**
 * Asks what is approved now of everything in the store, and brings what took its place. What is locked counts for nothing here:
 * a lockfile gives the block that trust starts from, no more.
 *
 * @param settings where to ask and to fetch from; what they request does not matter
 * @throws R3mesError of the store; what the chain or a source fails at stands in the report
 */
export async function syncStore(
  store: Store,
  settings: Settings,
  { reporter, ...others }: Ports,
  { active = false, download = true, pruneUnapproved = false }: SyncOptions = {},
): Promise<SyncReport> {
  const ports: Ports = { ...others, reporter: saidOnce(reporter) }
  const open: Settings = { ...settings, trust: { ...settings.trust, frozen: false } }
  const held = await holdings(store)
  const isHere = ({ entry }: Held): boolean =>
    entry?.chainId === undefined || entry.chainId === settings.chainId
  const here = held.filter(isHere)
  const approvals = await approvalsOf(
    here.map(({ artifact }) => artifact),
    open,
    ports,
  )
  const synced = new Map<string, SyncedArtifact>()
  let bytesDownloaded = 0
  for (const each of held) synced.set(each.artifact.path, stateOf(each, 'elsewhere'))
  for (const each of here) {
    const { artifact } = each
    const approval = approvals.get(artifact.path)
    const brought =
      approval?.state === 'unapproved' ? await bring(artifact, open, ports, download) : undefined
    bytesDownloaded += brought?.bytesDownloaded ?? 0
    synced.set(artifact.path, judge(each, approval, brought))
    ports.signal?.throwIfAborted()
  }
  const revoked = here.filter((each) => mayRemove(each, settings, synced))
  const removal =
    pruneUnapproved && revoked.length > 0 ? await remove(store, revoked, synced, ports) : undefined
  const model = active ? await ensure({ ...requesting(open, ACTIVE), planOnly: !download }, ports) : undefined
  return {
    artifacts: [...synced.values()],
    active: model,
    removal,
    bytesDownloaded: bytesDownloaded + (model?.bytesDownloaded ?? 0),
  }
}

const ACTIVE: Settings['request'] = {
  modelVersion: { kind: 'active' },
  adapters: [],
  adapterDomains: [],
  loadedAdapters: [],
  datasets: [],
  requireDataset: true,
}

function requesting(settings: Settings, request: Settings['request']): Settings {
  return { ...settings, request, planOnly: false, force: false }
}

function stateOf(
  { artifact: { kind, id, path }, entry }: Held,
  state: SyncState,
  reason?: R3mesError | undefined,
): SyncedArtifact {
  return { kind, id, name: entry?.name ?? basename(path), path, state, reason }
}

/** Everything that is in place and of which something tells what it is. */
async function holdings(store: Store): Promise<readonly Held[]> {
  const entries = new Map<string, UsageEntry>()
  for await (const entry of store.usage.entries()) entries.set(entry.path, entry)
  const present = new Set<string>()
  for await (const batch of store.artifactEntries()) for (const { of } of batch) present.add(of.path)
  const recorded = await recordedArtifacts(store, present)
  return [...recorded.values()]
    .filter(({ path }) => present.has(path))
    .map((artifact) => ({ artifact, entry: entries.get(artifact.path) }))
}

/** Brings what is approved under the same name now, or says that it could be; undefined when nothing is, or the very same. */
async function bring(
  artifact: RecordedArtifact,
  settings: Settings,
  ports: Ports,
  download: boolean,
): Promise<EnsureResult | undefined> {
  const request = requestFor(artifact, settings)
  const asked = await askApprovals({ ...requesting(settings, request), planOnly: true }, ports)
  const now = asked.planned.find(({ kind, id }) => kind === artifact.kind && id === artifact.id)
  if (asked.error !== undefined || now === undefined || now.digest === artifact.digest) return undefined
  if (!download) return asked
  return await ensure(requesting(settings, request), ports)
}

function judge(
  held: Held,
  approval: Approval | undefined,
  brought: EnsureResult | undefined,
): SyncedArtifact {
  if (approval === undefined) return stateOf(held, 'unknown')
  if (approval.state === 'approved') return stateOf(held, 'approved')
  if (approval.state === 'unknown') return stateOf(held, 'unknown', approval.reason)
  if (brought === undefined) return stateOf(held, 'unapproved', approval.reason)
  const [placed] = brought.artifacts
  return brought.success && placed !== undefined
    ? { ...stateOf(held, 'updated'), path: placed.path }
    : stateOf(held, 'behind', brought.error ?? approval.reason)
}

/** An artifact is removed only on the word of the very chain that once approved it. */
function mayRemove(
  { artifact, entry }: Held,
  { chainId }: Settings,
  synced: ReadonlyMap<string, SyncedArtifact>,
): boolean {
  const { state, reason } = synced.get(artifact.path) ?? { state: 'unknown', reason: undefined }
  return (
    state === 'unapproved' &&
    reason !== undefined &&
    REVOKED.has(reason.code) &&
    entry?.chainId === chainId &&
    entry.digest === artifact.digest
  )
}

async function remove(
  store: Store,
  revoked: readonly Held[],
  synced: Map<string, SyncedArtifact>,
  { reporter, signal }: Ports,
): Promise<PruneReport> {
  const digests = new Map(revoked.map(({ artifact }) => [artifact.path, artifact.digest]))
  const report = await removeUnapproved(store, digests, reporter, { signal })
  for (const { path } of report.removed) {
    const known = path === undefined ? undefined : synced.get(path)
    if (known !== undefined) synced.set(known.path, { ...known, state: 'removed' })
  }
  return report
}
