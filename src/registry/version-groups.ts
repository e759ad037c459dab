/** The model records of a registry by version, so that a long registry is gone through once and not once a version. */
import type { ReadTrust } from '../chain/index.ts'
import type { Decoded, ModelRecord, Snapshot } from './types.ts'
import { canonicalVersion, newestFirst } from './versions.ts'

export interface VersionGroup<T extends ReadTrust = ReadTrust> {
  /** In its one spelling. */
  readonly version: string
  /** The snapshot with the models of this version and their version records alone. */
  readonly part: Snapshot<T>
}

/** These models of a snapshot, grouped by version, newest first. */
export function groupByVersion<T extends ReadTrust>(
  snapshot: Snapshot<T>,
  models: readonly Decoded<ModelRecord, T>[],
): readonly VersionGroup<T>[] {
  const recordsOf = Map.groupBy(snapshot.versions, (version) =>
    version.ok ? version.record.modelId.toString() : (version.knownAs ?? ''),
  )
  const groups = Map.groupBy(models, (model) =>
    canonicalVersion(model.ok ? model.record.version : (model.knownAs ?? '')),
  )
  return [...groups]
    .sort(([one], [other]) => newestFirst(one, other))
    .map(([version, group]) => {
      const ids = new Set(group.flatMap((model) => (model.ok ? [model.record.modelId.toString()] : [])))
      const versions = [...ids].flatMap((id) => recordsOf.get(id) ?? [])
      return { version, part: { ...snapshot, models: group, versions } }
    })
}
