export type { PlanOptions } from './artifact.ts'
export { readCatalogue } from './catalogue.ts'
export { checkDisk } from './disk.ts'
export {
  artifactSubject,
  type Expansion,
  expand,
  isFolder,
  manifestPlaces,
  storePath,
} from './expand.ts'
export { ACTIVE_VERSIONS_KEY, REGISTRY_STORE } from './layout.ts'
export * from './lockfile/index.ts'
export { formatManifest, MANIFEST_LIMIT, MANIFEST_NAME } from './manifest.ts'
export { plan, wantsKnownAdapters } from './plan.ts'
export { queryReader } from './query-reader.ts'
export { parseRequest, type RawRequest } from './request.ts'
export { readSnapshot, withKnownAdapters } from './snapshot.ts'
export { recordedTrustingPeriod, STAKING_STORE, UNBONDING_KEY, unbondingSeconds } from './staking.ts'
export * from './types.ts'
