/** Planning the model of a request. */
import { isSafeName, R3mesError } from '../core/index.ts'
import { aProblem, type Findings, NOTHING_FOUND, type PlanOptions, planArtifact } from './artifact.ts'
import { chooseModel } from './choose-model.ts'
import { isSameCid, normaliseCid } from './cid.ts'
import { judgeModel, modelSubject } from './model-status.ts'
import type { ModelRecord, Request, Snapshot, VersionRecord } from './types.ts'
import { canonicalVersion, isSameVersion, parseVersion } from './versions.ts'

const BYTES_PER_GB = 1e9
/** A digest of an image, or its name with one: all that is shown. */
const IMAGE_DIGEST = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,299}$/

export interface ModelFindings extends Findings {
  /** In its one spelling; undefined when no record was chosen, or one whose version cannot be printed. */
  readonly version: string | undefined
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
  const sameVersion = snapshot.models.filter(
    (other) => other.ok && other.record.isActive && isSameVersion(other.record.version, model.version),
  )
  // The global state names a version but no model: it speaks of this one only where no other has that version.
  const globalCid =
    global?.ok === true && sameVersion.length === 1 && isSameVersion(global.record.version, model.version)
      ? [{ record: 'gms_', cid: global.record.cid }]
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

/** The model that the request means, with every reason why it cannot be brought. */
export function planModel(request: Request, snapshot: Snapshot, options: PlanOptions): ModelFindings {
  if (request.modelVersion.kind === 'none') return { ...NOTHING_FOUND, version: undefined }
  const choice = chooseModel(request, snapshot)
  if (!choice.ok) return { ...aProblem(choice.problem), version: undefined }

  const { model } = choice
  const subject = modelSubject(model)
  const status = judgeModel(model, snapshot)
  const version = canonicalVersion(model.version)
  const cids = claimedCids(model, [status.deciding, choice.pointed], snapshot)
  const found = planArtifact(
    {
      kind: 'model',
      id: version,
      version,
      subject,
      storeName: parseVersion(model.version).kind === 'semver' ? `v${version}` : version,
      checksum: model.checksum,
      cids,
      sizeBytes: 0n,
      claimedDiskBytes:
        model.requiredDiskSpaceGb > 0 ? Math.ceil(model.requiredDiskSpaceGb * BYTES_PER_GB) : undefined,
      fileName: model.fileName,
      downloadSource: model.downloadSource,
      approvedAtHeight: model.approvedAtHeight,
      containerHash: IMAGE_DIGEST.test(model.containerHash) ? model.containerHash : undefined,
      required: true,
    },
    options,
  )
  return {
    // A version that cannot be printed has a problem of its own, and stays out of other messages.
    version: isSafeName(version) ? version : undefined,
    artifacts: found.artifacts,
    problems: [
      ...(status.problem === undefined ? [] : [status.problem]),
      ...findPinProblem(request.modelCidPin, cids, subject),
      ...found.problems,
    ],
    notices: [...choice.notices, ...status.notices, ...found.notices],
  }
}
