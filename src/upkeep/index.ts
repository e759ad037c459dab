export { approvalsOf } from './approvals.ts'
export { clearCache } from './clear-cache.ts'
export { type ListedArtifact, listStore } from './list.ts'
export { formatPrometheus } from './prometheus.ts'
export { writePrometheus } from './prometheus-file.ts'
export { type PruneOptions, pruneStore } from './prune.ts'
export type { PrunePolicy, PruneReason } from './prune-plan.ts'
export type { PrunedThing, PruneReport, SparedThing } from './prune-report.ts'
export type { RecordedArtifact, RecordedFile } from './recorded.ts'
export { type Repair, repairStore } from './repair-store.ts'
export { AGES, hitRate, type StoreStats, statsOf } from './stats.ts'
export {
  SYNC_STATES,
  type SyncedArtifact,
  type SyncOptions,
  type SyncReport,
  type SyncState,
  syncFailure,
  syncStore,
} from './sync.ts'
export { type VerifyOptions, verifyStore } from './verify-store.ts'
export {
  type Approval,
  FILE_STATES,
  type FileState,
  type FileVerdict,
  type StoreVerdict,
} from './verify-types.ts'
