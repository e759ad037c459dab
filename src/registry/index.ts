export type { PlanOptions } from './artifact.ts'
export { checkDisk } from './disk.ts'
export {
  artifactSubject,
  type Expansion,
  expand,
  isFolder,
  manifestPlaces,
  storePath,
} from './expand.ts'
export { formatManifest, MANIFEST_LIMIT, MANIFEST_NAME } from './manifest.ts'
export { plan, wantsKnownAdapters } from './plan.ts'
export { queryReader } from './query-reader.ts'
export { parseRequest, type RawRequest } from './request.ts'
export { readSnapshot, withKnownAdapters } from './snapshot.ts'
export * from './types.ts'
