/** The model records of a registry by version, so that a long registry is gone through once and not once a version. */
import type { Decoded, ModelRecord, Snapshot } from './types.ts'
import { canonicalVersion, newestFirst } from './versions.ts'

export interface VersionGroup {
  /** In its one spelling. */
  readonly version: string
  /** The snapshot with the models of this version and their version records alone. */
  readonly part: Snapshot
}

/** These models of a snapshot, grouped by version, newest first. */
export function groupByVersion(
  snapshot: Snapshot,
  models: readonly Decoded<ModelRecord>[],
): readonly VersionGroup[] {
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
