export { describeLockChanges, diffLocks, type LockChange, } from './diff.js';
export { formatLockfile } from './format.js';
export { type FrozenRequest, holdToLock, resolveFromLock, unrequestedProblems } from './frozen.js';
export { type LockFacts, lockAge, lockOf } from './lock.js';
export { LOCKFILE_LIMIT, parseLockfile } from './parse.js';
export { planFromLock } from './plan.js';
export { rawRequestOf } from './request.js';
export type { LockAnchor, LockedArtifact, LockedRequest, Lockfile } from './types.js';
