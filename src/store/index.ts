export { alone } from './alone.ts'
export type { Checks, ExactIdentity } from './checks/index.ts'
export type { ClearedCache } from './clear-cache.ts'
export { currentUser, entryAt, heldByUs, type Identity, sameIdentity } from './disk.ts'
export {
  type Ability,
  type ExaminedPlace,
  examinePlaces,
  examineRemains,
  type FileSystemAbilities,
  probeFileSystem,
  type Tally,
} from './examine.ts'
export { during } from './fs-error.ts'
export type { Claim, ClaimOptions, Waiting } from './leases/claims.ts'
export type { Volume } from './leases/file-system.ts'
export type { InUse, Job, Lease, Leases } from './leases/leases.ts'
export type { Uses } from './leases/session.ts'
export { LocksUnsupported } from './lock-file.ts'
export { openStore, type StoreOptions } from './open.ts'
export type { OthersFind } from './other-process.ts'
export type { Outside, Put, PutOptions, Standing } from './outside.ts'
export type { StorePlaces } from './places.ts'
export { withLock } from './process-lock.ts'
export { type Condemned, isKeptName } from './quarantine.ts'
export { type BlobReader, type ReadableBlob, readBlobs } from './read-blob.ts'
export type { Remain, RemainKind } from './remains.ts'
export { allocatedOf, type FoundArtifact, type Removal } from './remove.ts'
export type { Remover } from './remover.ts'
export type { DiskSpace } from './space.ts'
export * from './types.ts'
export { setAside } from './usage/aside.ts'
export * from './usage/types.ts'
export { writeWhole } from './usage/write-whole.ts'
export type { ArtifactEntry, BlobEntry, DiskEntry, EntryKind } from './walk.ts'
