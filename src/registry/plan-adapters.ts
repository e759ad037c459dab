/** Planning the adapters of a request: approval, compatibility, conflicts. */
import { isSafeName, R3mesError } from '../core/index.ts'
import { aProblem, type Findings, mergeFindings, type PlanOptions, planArtifact } from './artifact.ts'
import { describeNeeds, isCompatible } from './compatibility.ts'
import { type Conflict, findConflicts } from './conflict.ts'
import { approvedAdapters, didYouMean } from './suggest.ts'
import type { AdapterRecord, AdapterRequest, Request, Snapshot } from './types.ts'
import { isSameVersion } from './versions.ts'

function shownVersion(adapter: AdapterRecord): string {
  return isSafeName(adapter.version) ? ` ${adapter.version}` : ''
}

/** Why this adapter is not approved for anyone, whatever the model. */
function findApprovalProblem(
  wanted: AdapterRequest,
  snapshot: Snapshot,
  modelVersion: string | undefined,
): R3mesError | undefined {
  const { id } = wanted
  const found = snapshot.adapters.get(id)
  const others = () => approvedAdapters(snapshot.knownAdapters, modelVersion)
  if (found === undefined) {
    const known = (snapshot.knownAdapters ?? []).map((adapter) => adapter.id)
    return new R3mesError(
      'ADAPTER_NOT_APPROVED',
      `Adapter \`${id}\` is not approved on ${snapshot.chainId} at height ${snapshot.height}.${didYouMean(id, known)}${others()} Correct or remove it in \`adapters\`.`,
    )
  }
  if (!found.ok) {
    return new R3mesError(
      'RECORD_MALFORMED',
      `The record of adapter \`${id}\` is malformed: ${found.reason}. The registry has to write it again; until then remove it from \`adapters\`.`,
    )
  }
  const { record } = found
  if (record.status === 'revoked') {
    return new R3mesError(
      'ADAPTER_REVOKED',
      `Adapter \`${id}\`${shownVersion(record)} was revoked. Remove it from \`adapters\`.${others()}`,
    )
  }
  if (record.status !== 'active') {
    return new R3mesError(
      'ADAPTER_NOT_APPROVED',
      `Adapter \`${id}\`${shownVersion(record)} is in the registry, but its status is not active. Remove it from \`adapters\`.${others()}`,
      { detail: record.status },
    )
  }
  if (wanted.version !== undefined && !isSameVersion(wanted.version, record.version)) {
    return new R3mesError(
      'ADAPTER_NOT_APPROVED',
      `Adapter \`${id}\` is approved as another version than \`${wanted.version}\`${isSafeName(record.version) ? `: ${record.version}` : ''}. Write the approved version after \`@\`, or leave it out.`,
      { detail: record.version },
    )
  }
  return undefined
}

function incompatible(adapter: AdapterRecord, modelVersion: string, snapshot: Snapshot): R3mesError {
  return new R3mesError(
    'ADAPTER_INCOMPATIBLE',
    `Adapter \`${adapter.id}\`${shownVersion(adapter)} ${describeNeeds(adapter)}, but ${modelVersion} was requested.${approvedAdapters(snapshot.knownAdapters, modelVersion)} Choose another adapter or model version.`,
    {
      detail: JSON.stringify({
        compatible_model_versions: adapter.compatibleModelVersions,
        min_model_version: adapter.minModelVersion,
        max_model_version: adapter.maxModelVersion,
      }),
    },
  )
}

function planAdapter(
  wanted: AdapterRequest,
  snapshot: Snapshot,
  modelVersion: string | undefined,
  options: PlanOptions,
): Findings {
  const problem = findApprovalProblem(wanted, snapshot, modelVersion)
  const found = snapshot.adapters.get(wanted.id)
  if (problem !== undefined || found === undefined || !found.ok) {
    return problem === undefined ? mergeFindings([]) : aProblem(problem)
  }
  const { record } = found
  // Without a model version there is nothing to fit; why there is none is a problem of its own.
  const fits = modelVersion === undefined || isCompatible(record, modelVersion)
  const artifact = planArtifact(
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
      containerHash: undefined,
      required: true,
    },
    options,
  )
  return fits ? artifact : mergeFindings([aProblem(incompatible(record, modelVersion, snapshot)), artifact])
}

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

function activeRecords(ids: readonly string[], snapshot: Snapshot): AdapterRecord[] {
  return ids.flatMap((id) => {
    const found = snapshot.adapters.get(id)
    return found?.ok === true && found.record.status === 'active' ? [found.record] : []
  })
}

/** Loaded adapters are in memory whatever the chain says, so their status does not take them out of conflicts. */
function loadedRecords(ids: readonly string[], snapshot: Snapshot): AdapterRecord[] {
  return ids.flatMap((id) => {
    const found = snapshot.adapters.get(id)
    return found?.ok === true ? [found.record] : []
  })
}

function loadedNotices(ids: readonly string[], snapshot: Snapshot): string[] {
  return ids.flatMap((id) => {
    const found = snapshot.adapters.get(id)
    if (found === undefined) {
      return [`The loaded adapter ${id} is unknown to the chain, so conflicts with it cannot be seen.`]
    }
    if (!found.ok) {
      return [`The record of the loaded adapter ${id} is malformed, so conflicts with it cannot be seen.`]
    }
    return found.record.status === 'revoked' ? [`The loaded adapter ${id} was revoked. Unload it.`] : []
  })
}

/** @param modelVersion the version that was resolved, in its one spelling; undefined when there is none */
export function planAdapters(
  request: Request,
  snapshot: Snapshot,
  modelVersion: string | undefined,
  options: PlanOptions,
): Findings {
  const { adapters, loadedAdapters } = request
  const each = adapters.map((wanted) => planAdapter(wanted, snapshot, modelVersion, options))
  const conflicts = findConflicts(
    activeRecords(
      adapters.map((wanted) => wanted.id),
      snapshot,
    ),
    loadedRecords(loadedAdapters, snapshot),
  )
  const requestedIds = new Set<string>(adapters.map((wanted) => wanted.id))
  const loadedIds = new Set<string>(loadedAdapters.filter((id) => !requestedIds.has(id)))
  const found = mergeFindings(each)
  return {
    artifacts: found.artifacts,
    problems: [...found.problems, ...conflicts.map((conflict) => conflictProblem(conflict, loadedIds))],
    notices: [...found.notices, ...loadedNotices(loadedAdapters, snapshot)],
  }
}
