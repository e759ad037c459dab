export type { PlanOptions } from './artifact.js';
export { checkDisk } from './disk.js';
export { artifactSubject, type Expansion, expand, isFolder, manifestPlaces, storePath, } from './expand.js';
export { formatManifest, MANIFEST_LIMIT, MANIFEST_NAME } from './manifest.js';
export { plan, wantsKnownAdapters } from './plan.js';
export { queryReader } from './query-reader.js';
export { parseRequest, type RawRequest } from './request.js';
export { readSnapshot, withKnownAdapters } from './snapshot.js';
export * from './types.js';
