/** Planning the adapters of a request: approval, compatibility, conflicts. */
import type { ReadTrust } from '../chain/index.ts'
import { isSafeName, R3mesError } from '../core/index.ts'
import {
  aProblem,
  type Findings,
  mergeFindings,
  NOTHING_FOUND,
  type PlanOptions,
  planArtifact,
} from './artifact.ts'
import { describeNeeds, isCompatible } from './compatibility.ts'
import { type Conflict, findConflicts, type TargetingAdapter } from './conflict.ts'
import { membersOf } from './domains.ts'
import { asIsProven, cannotBeProven, isNotApproved } from './proof-words.ts'
import { approvedAdapters, didYouMean } from './suggest.ts'
import type {
  AdapterFit,
  AdapterRecord,
  AdapterRequest,
  ConflictingAdapters,
  Present,
  Request,
  Snapshot,
} from './types.ts'
import { isSameVersion } from './versions.ts'

/** ` 1.2.0`, or nothing when the version cannot be printed. */
function shownVersion(version: string): string {
  return isSafeName(version) ? ` ${version}` : ''
}

/** The record of a requested adapter, or why it is not approved for anyone, whatever the model. */
function chooseAdapter<T extends ReadTrust>(
  wanted: AdapterRequest,
  snapshot: Snapshot<T>,
  modelVersion: string | undefined,
): Present<AdapterRecord, T> | R3mesError {
  const { id } = wanted
  const found = snapshot.adapters.get(id)
  const others = () => approvedAdapters(snapshot, modelVersion)
  if (found?.state === 'unprovable')
    return cannotBeProven(`What is approved as adapter \`${id}\``, found.problem)
  if (found === undefined || found.state === 'absent') {
    const known = (snapshot.knownAdapters ?? []).map((adapter) => adapter.id)
    return new R3mesError(
      'ADAPTER_NOT_APPROVED',
      `Adapter \`${id}\` ${isNotApproved(snapshot)}.${didYouMean(id, known)}${others()} Correct or remove it in \`adapters\`.`,
    )
  }
  const { decoded } = found
  if (!decoded.ok) {
    return new R3mesError(
      'RECORD_MALFORMED',
      `The record of adapter \`${id}\` is malformed: ${decoded.reason}. The registry has to write it again; until then remove it from \`adapters\`.`,
    )
  }
  const { status, version } = decoded.record
  if (status === 'revoked') {
    return new R3mesError(
      'ADAPTER_REVOKED',
      `Adapter \`${id}\`${shownVersion(version)} was revoked${asIsProven(snapshot)}. Remove it from \`adapters\`.${others()}`,
    )
  }
  if (status !== 'active') {
    return new R3mesError(
      'ADAPTER_NOT_APPROVED',
      `Adapter \`${id}\`${shownVersion(version)} is in the registry, but its status is not active${asIsProven(snapshot)}. Remove it from \`adapters\`.${others()}`,
      { detail: status },
    )
  }
  if (wanted.version !== undefined && !isSameVersion(wanted.version, version)) {
    return new R3mesError(
      'ADAPTER_NOT_APPROVED',
      `Adapter \`${id}\` is approved as another version than \`${wanted.version}\`${isSafeName(version) ? `: ${version}` : ''}. Write the approved version after \`@\`, or leave it out.`,
      { detail: version },
    )
  }
  return decoded
}

/** @param others what fits instead, as a sentence after a space; empty when nobody knows */
export function incompatibleAdapter(
  adapter: AdapterFit & Pick<AdapterRecord, 'id' | 'version'>,
  modelVersion: string,
  others: string,
): R3mesError {
  return new R3mesError(
    'ADAPTER_INCOMPATIBLE',
    `Adapter \`${adapter.id}\`${shownVersion(adapter.version)} ${describeNeeds(adapter)}, but ${modelVersion} was requested.${others} Choose another adapter or model version.`,
    {
      detail: JSON.stringify({
        compatible_model_versions: adapter.compatibleModelVersions,
        min_model_version: adapter.minModelVersion,
        max_model_version: adapter.maxModelVersion,
      }),
    },
  )
}

function fitOf(record: AdapterRecord): AdapterFit {
  const { compatibleModelVersions, minModelVersion, maxModelVersion, targetModules } = record
  return { compatibleModelVersions, minModelVersion, maxModelVersion, targetModules }
}

function planAdapter<T extends ReadTrust>(
  wanted: AdapterRequest,
  snapshot: Snapshot<T>,
  modelVersion: string | undefined,
  options: PlanOptions,
): Findings<T> {
  const chosen = chooseAdapter(wanted, snapshot, modelVersion)
  if (chosen instanceof R3mesError) return aProblem(chosen)
  const { record, source } = chosen
  // Without a model version there is nothing to fit; why there is none is a problem of its own.
  const fits = modelVersion === undefined || isCompatible(record, modelVersion)
  const artifact = planArtifact<T>(
    {
      kind: 'adapter',
      id: record.id,
      version: isSafeName(record.version) ? record.version : '',
      subject: `adapter ${wanted.id}`,
      storeName: record.id,
      checksum: record.checksum,
      cids: [{ record: `adp_${wanted.id}`, cid: record.cid }],
      sizeBytes: record.sizeBytes,
      claimedDiskBytes: record.sizeBytes > 0n ? Number(record.sizeBytes) : undefined,
      fileName: record.fileName,
      downloadSource: record.downloadSource,
      approvedAtHeight: record.approvedAtHeight,
      status: 'active',
      facts: { kind: 'adapter', domain: record.domain, fit: fitOf(record) },
      approvedBy: [source],
      containerHash: undefined,
      required: true,
    },
    options,
  )
  if (fits) return artifact
  const others = approvedAdapters(snapshot, modelVersion)
  return mergeFindings([aProblem(incompatibleAdapter(record, modelVersion, others)), artifact])
}

/** @param loadedIds ids of adapters that are loaded and not requested */
function conflictProblem({ first, second, targets }: Conflict, loadedIds: ReadonlySet<string>): R3mesError {
  const isLoaded = loadedIds.has(second.id)
  const advice = isLoaded
    ? `Adapter \`${second.id}\` is loaded already: unload it, or do not request \`${first.id}\`.`
    : 'Request only one of them.'
  return new R3mesError(
    'ADAPTER_CONFLICT',
    `Adapters \`${first.id}\` and \`${second.id}\` change the same modules of the model. ${advice}`,
    { detail: `${targets[0]} / ${targets[1]}` },
  )
}

/** The pairs that conflict, among the requested and with the loaded ones, and one problem for each. */
export interface FoundConflicts {
  readonly conflicts: readonly ConflictingAdapters[]
  readonly problems: readonly R3mesError[]
}

export function judgeConflicts(
  requested: readonly TargetingAdapter[],
  loaded: readonly TargetingAdapter[],
): FoundConflicts {
  const requestedIds = new Set(requested.map(({ id }) => id))
  const loadedIds = new Set(loaded.flatMap(({ id }) => (requestedIds.has(id) ? [] : [id])))
  const found = findConflicts(requested, loaded)
  return {
    conflicts: found.map(({ first, second }) => ({ first: first.id, second: second.id })),
    problems: found.map((conflict) => conflictProblem(conflict, loadedIds)),
  }
}

function recordsOf(ids: readonly string[], snapshot: Snapshot): AdapterRecord[] {
  return ids.flatMap((id) => {
    const found = snapshot.adapters.get(id)
    return found?.state === 'present' && found.decoded.ok ? [found.decoded.record] : []
  })
}

/**
 * What keeps conflicts with loaded adapters from being seen, and which of those were revoked.
 *
 * @param requested ids whose own problems are told already
 */
function planLoaded(
  ids: readonly string[],
  requested: ReadonlySet<string>,
  snapshot: Snapshot,
): Findings<never> {
  return mergeFindings(
    ids.map((id): Findings<never> => {
      const said = (notice: string) => ({ artifacts: [], problems: [], notices: [notice] })
      const found = snapshot.adapters.get(id)
      if (found?.state === 'unprovable') {
        if (requested.has(id)) return NOTHING_FOUND
        return aProblem(cannotBeProven(`What is approved as the loaded adapter \`${id}\``, found.problem))
      }
      if (found === undefined || found.state === 'absent') {
        return said(`The loaded adapter ${id} is unknown to the chain, so conflicts with it cannot be seen.`)
      }
      const { decoded } = found
      if (!decoded.ok) {
        return said(
          `The record of the loaded adapter ${id} is malformed, so conflicts with it cannot be seen.`,
        )
      }
      return decoded.record.status === 'revoked'
        ? said(`The loaded adapter ${id} was revoked. Unload it.`)
        : NOTHING_FOUND
    }),
  )
}

export interface AdapterFindings<T extends ReadTrust> extends Findings<T> {
  readonly conflicts: readonly ConflictingAdapters[]
}

/** @param modelVersion the version that was resolved, in its one spelling; undefined when there is none */
export function planAdapters<T extends ReadTrust>(
  request: Request,
  snapshot: Snapshot<T>,
  modelVersion: string | undefined,
  options: PlanOptions,
): AdapterFindings<T> {
  const { adapters: named, adapterDomains, loadedAdapters } = request
  const domains = adapterDomains.map((domain) => membersOf(domain, snapshot, modelVersion))
  const namedIds = new Set<string>(named.map(({ id }) => id))
  const ofDomains = domains.flatMap(({ adapters }) => adapters).filter(({ id }) => !namedIds.has(id))
  const wanted = [...named, ...ofDomains]
  const each = wanted.map((adapter) => planAdapter(adapter, snapshot, modelVersion, options))
  const active = recordsOf(
    wanted.map(({ id }) => id),
    snapshot,
  ).filter(({ status }) => status === 'active')
  // Loaded adapters are in memory whatever the chain says, so their status does not take them out of conflicts.
  const { conflicts, problems } = judgeConflicts(active, recordsOf(loadedAdapters, snapshot))
  const loaded = planLoaded(loadedAdapters, new Set(wanted.map(({ id }) => id)), snapshot)
  const found = mergeFindings<T>(each)
  return {
    artifacts: found.artifacts,
    problems: [
      ...found.problems,
      ...domains.flatMap(({ problems }) => problems),
      ...problems,
      ...loaded.problems,
    ],
    conflicts,
    notices: [...found.notices, ...domains.flatMap(({ notices }) => notices), ...loaded.notices],
  }
}
