/** The request of a lockfile: what was asked, as it would be typed again. */
import type { RawRequest } from '../request.ts'
import type { Request } from '../types.ts'
import type { LockedRequest } from './types.ts'

/** What `parseRequest` takes, so that a lockfile can be checked and updated without naming everything again. */
export function rawRequestOf(request: LockedRequest): RawRequest {
  const { modelVersion, modelName, adapters, datasets, requireDataset } = request
  return {
    modelVersion,
    ...(modelName === undefined ? {} : { modelName }),
    adapters,
    datasets,
    requireDataset,
  }
}

/** What was asked, for the lockfile. Adapters that a job has in memory and pins of one machine are not part of it. */
export function lockedRequestOf(request: Request): LockedRequest {
  const { modelVersion } = request
  const hasText = modelVersion.kind === 'version' || modelVersion.kind === 'range'
  return {
    modelVersion: hasText ? modelVersion.text : modelVersion.kind,
    modelName: request.modelName,
    adapters: [
      ...request.adapters.map(({ id, version }) => (version === undefined ? id : `${id}@${version}`)),
      ...request.adapterDomains.map((domain) => `domain:${domain}`),
    ],
    datasets: request.datasets,
    requireDataset: request.requireDataset,
  }
}
