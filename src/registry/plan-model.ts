/** Planning the model of a request. */
import type { ReadTrust } from '../chain/index.ts'
import { isSafeName, R3mesError } from '../core/index.ts'
import { aProblem, type Findings, NOTHING_FOUND, type PlanOptions, planArtifact } from './artifact.ts'
import { activeVersion, chooseModel } from './choose-model.ts'
import { isSameCid, normaliseCid } from './cid.ts'
import { judgeModel, modelSubject } from './model-status.ts'
import type { ModelRecord, Request, Snapshot, VersionRecord } from './types.ts'
import { canonicalVersion, isSameVersion, parseVersion } from './versions.ts'

const BYTES_PER_GB = 1e9
/** A digest of an image, or its name with one: all that is shown. */
export const IMAGE_DIGEST = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,299}$/

export interface ModelFindings<T extends ReadTrust> extends Findings<T> {
  /** In its one spelling; undefined when no record was chosen, or one whose version cannot be printed. */
  readonly version: string | undefined
  /** The version that the registry calls active; undefined when nobody asked for it, or it cannot be read. */
  readonly activeVersion: string | undefined
}

interface ClaimedCid {
  readonly record: string
  readonly cid: string
}

/** Every record that names a CID for this very model. */
function claimedCids(
  model: ModelRecord,
  versions: readonly (VersionRecord | undefined)[],
  snapshot: Snapshot,
): ClaimedCid[] {
  const global = snapshot.globalModelVersion
  const state = global?.state === 'present' && global.decoded.ok ? global.decoded.record : undefined
  const sameVersion = snapshot.models.filter(
    (other) => other.ok && other.record.isActive && isSameVersion(other.record.version, model.version),
  )
  // The global state names a version but no model: it speaks of this one only where no other has that version.
  const globalCid =
    state !== undefined && sameVersion.length === 1 && isSameVersion(state.version, model.version)
      ? [{ record: 'gms_', cid: state.cid }]
      : []
  const versionCids = versions.flatMap((version) =>
    version === undefined ? [] : [{ record: `modver_${version.versionNumber}`, cid: version.cid }],
  )
  return [{ record: `modreg_${model.modelId}`, cid: model.cid }, ...versionCids, ...globalCid]
}

function findPinProblem(pin: string | undefined, cids: readonly ClaimedCid[], subject: string): R3mesError[] {
  if (pin === undefined) return []
  const approved = cids.find(({ cid }) => cid.trim() !== '')
  if (approved !== undefined && isSameCid(approved.cid, pin)) return []
  const what = approved === undefined ? 'has no CID in the registry' : 'is approved with another CID'
  return [
    new R3mesError(
      'MODEL_NOT_APPROVED',
      `R3MES_MODEL_IPFS_HASH pins a CID, but ${subject} ${what}. Correct or unset the variable.`,
      { detail: `${pin} / ${normaliseCid(approved?.cid ?? '') ?? approved?.cid ?? ''}` },
    ),
  ]
}

const NO_MODEL: ModelFindings<never> = { ...NOTHING_FOUND, version: undefined, activeVersion: undefined }

/** The model that the request means, with every reason why it cannot be brought. */
export function planModel<T extends ReadTrust>(
  request: Request,
  snapshot: Snapshot<T>,
  options: PlanOptions,
): ModelFindings<T> {
  if (request.modelVersion.kind === 'none') return NO_MODEL
  const active = snapshot.primaryVersion === undefined ? undefined : activeVersion(snapshot, request)
  const choice = chooseModel(request, snapshot)
  if (!choice.ok) return { ...NO_MODEL, ...aProblem(choice.problem), activeVersion: active }

  const { model, pointed } = choice
  const { record } = model
  const subject = modelSubject(record)
  const { deciding, ...standing } = judgeModel(record, snapshot)
  const version = canonicalVersion(record.version)
  const cids = claimedCids(record, [deciding?.record, pointed?.record], snapshot)
  const found = planArtifact<T>(
    {
      kind: 'model',
      id: version,
      version,
      subject,
      storeName: modelStoreName(record.version),
      checksum: record.checksum,
      cids,
      sizeBytes: 0n,
      claimedDiskBytes:
        record.requiredDiskSpaceGb > 0 ? Math.ceil(record.requiredDiskSpaceGb * BYTES_PER_GB) : undefined,
      fileName: record.fileName,
      downloadSource: record.downloadSource,
      approvedAtHeight: record.approvedAtHeight,
      status: standing.status,
      facts: {
        kind: 'model',
        modelId: record.modelId,
        name: record.name,
        versionNumber: deciding?.record.versionNumber,
      },
      approvedBy: [model.source, ...(deciding === undefined ? [] : [deciding.source])],
      containerHash: IMAGE_DIGEST.test(record.containerHash) ? record.containerHash : undefined,
      required: true,
    },
    options,
  )
  return {
    // A version that cannot be printed has a problem of its own, and stays out of other messages.
    version: isSafeName(version) ? version : undefined,
    activeVersion: active,
    artifacts: found.artifacts,
    problems: [
      ...(standing.problem === undefined ? [] : [standing.problem]),
      ...findPinProblem(request.modelCidPin, cids, subject),
      ...found.problems,
    ],
    notices: [...choice.notices, ...standing.notices, ...found.notices],
  }
}

/** The name of a model's folder: `v1.0.0`, or a text version as it is. */
export function modelStoreName(version: string): string {
  const canonical = canonicalVersion(version)
  return parseVersion(version).kind === 'semver' ? `v${canonical}` : canonical
}
