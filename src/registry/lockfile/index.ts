export {
  describeLockChanges,
  diffLocks,
  type LockChange,
} from './diff.ts'
export { formatLockfile } from './format.ts'
export { type FrozenRequest, holdToLock, resolveFromLock, unrequestedProblems } from './frozen.ts'
export { type LockFacts, lockAge, lockOf } from './lock.ts'
export { LOCKFILE_LIMIT, parseLockfile } from './parse.ts'
export { planFromLock } from './plan.ts'
export { rawRequestOf } from './request.ts'
export type { LockAnchor, LockedArtifact, LockedRequest, Lockfile } from './types.ts'
