/** Planning the datasets of a request. */
import type { ReadTrust } from '../chain/index.ts'
import { isSafeName, R3mesError } from '../core/index.ts'
import { aProblem, type Findings, mergeFindings, type PlanOptions, planArtifact } from './artifact.ts'
import { checkedName, listNames } from './printable.ts'
import { asIsProven, isNotApproved, mayBeMissing, notListedCompletely } from './proof-words.ts'
import { didYouMean } from './suggest.ts'
import type { DatasetRecord, Decoded, Present, Request, Snapshot } from './types.ts'

/** True for the text of a dataset id: digits that fit 64 bits. */
export function isDatasetId(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n
}

function knownName(dataset: Decoded<DatasetRecord>): string | undefined {
  return dataset.ok ? dataset.record.name : dataset.knownAs
}

/** The records that a request may mean: the one with that id, else those with that name. */
export function findDatasets<T extends ReadTrust>(
  wanted: string,
  datasets: readonly Decoded<DatasetRecord, T>[],
): readonly Decoded<DatasetRecord, T>[] {
  if (isDatasetId(wanted)) {
    const key = `ad_${BigInt(wanted)}`
    const byId = datasets.filter((dataset) =>
      dataset.ok ? `ad_${dataset.record.datasetId}` === key : dataset.key === key,
    )
    if (byId.length > 0) return byId
  }
  return datasets.filter((dataset) => knownName(dataset) === wanted)
}

function notApproved(wanted: string, snapshot: Snapshot): R3mesError {
  if (mayBeMissing(snapshot.completeness.datasets)) {
    const consequence = `whether dataset ${checkedName(wanted)} is approved cannot be proven`
    const advice = 'Name it by its id, or name another endpoint first in `rpc-urls`.'
    return notListedCompletely('The datasets', snapshot, consequence, advice)
  }
  const active = snapshot.datasets.flatMap((dataset) =>
    dataset.ok && dataset.record.status === 'active' ? [dataset.record.name] : [],
  )
  const listed = listNames([...new Set(active)].sort())
  const approved = listed === '' ? ' No dataset is approved.' : ` Approved datasets: ${listed}.`
  return new R3mesError(
    'DATASET_NOT_APPROVED',
    `Dataset ${checkedName(wanted)} ${isNotApproved(snapshot)}.${didYouMean(wanted, active)}${approved} Correct or remove it in \`datasets\`.`,
  )
}

function isRemoved(dataset: Decoded<DatasetRecord>): boolean {
  return dataset.ok && dataset.record.status === 'removed'
}

/** The one record that a request means. A removed one stands only where no other has that name. */
function chooseDataset<T extends ReadTrust>(
  wanted: string,
  snapshot: Snapshot<T>,
): Present<DatasetRecord, T> | R3mesError {
  const found = findDatasets(wanted, snapshot.datasets)
  const standing = found.filter((dataset) => !isRemoved(dataset))
  const [only, ...others] = standing
  if (found.length === 0) return notApproved(wanted, snapshot)
  if (only === undefined) {
    return new R3mesError(
      'DATASET_REMOVED',
      `Dataset ${checkedName(wanted)} was removed from the registry${asIsProven(snapshot)}. Remove it from \`datasets\`.`,
    )
  }
  if (others.length > 0) {
    const ids = standing.flatMap((dataset) => (dataset.ok ? [dataset.record.datasetId.toString()] : []))
    return new R3mesError(
      'DATASET_AMBIGUOUS',
      `${standing.length} datasets have the name ${checkedName(wanted)}. Name one by its id: ${ids.slice(0, 10).join(', ')}.`,
    )
  }
  if (!only.ok) {
    return new R3mesError(
      'RECORD_MALFORMED',
      `The record ${only.key} of dataset ${checkedName(wanted)} is malformed: ${only.reason}. The registry has to write it again.`,
    )
  }
  if (only.record.status !== 'active' && only.record.status !== 'deprecated') {
    return new R3mesError(
      'DATASET_NOT_APPROVED',
      `Dataset ${checkedName(wanted)} is in the registry, but its status is not active${asIsProven(snapshot)}. Remove it from \`datasets\`.`,
      { detail: only.record.status },
    )
  }
  return only
}

function planDataset<T extends ReadTrust>(
  { record, source }: Present<DatasetRecord, T>,
  subject: string,
  required: boolean,
  options: PlanOptions,
): Findings<T> {
  const isDeprecated = record.status === 'deprecated'
  const found = planArtifact<T>(
    {
      kind: 'dataset',
      id: record.name,
      version: '',
      subject,
      storeName: record.name,
      checksum: record.checksum,
      cids: [{ record: `ad_${record.datasetId}`, cid: record.cid }],
      sizeBytes: record.sizeBytes,
      claimedDiskBytes: record.sizeBytes > 0n ? Number(record.sizeBytes) : undefined,
      fileName: '',
      downloadSource: record.source,
      approvedAtHeight: record.approvalHeight,
      status: isDeprecated ? 'deprecated' : 'active',
      facts: { kind: 'dataset', datasetId: record.datasetId },
      approvedBy: [source],
      containerHash: undefined,
      required,
    },
    options,
  )
  if (!isDeprecated) return found
  const notice = `The registry deprecates ${subject}. Plan to move to another.`
  return { ...found, notices: [notice, ...found.notices] }
}

/** A listing that left out entries may have left out one of the same name, which would have been a question to ask. */
function nameNotices(wanted: string, { datasetId }: DatasetRecord, snapshot: Snapshot): readonly string[] {
  const isById = isDatasetId(wanted) && BigInt(wanted) === datasetId
  return isById || !mayBeMissing(snapshot.completeness.datasets)
    ? []
    : [
        `The datasets on ${snapshot.chainId} could not be listed completely, so another one with the name ${checkedName(wanted)} may be approved too. Its id ${datasetId} names this one alone.`,
      ]
}

export function planDatasets<T extends ReadTrust>(
  request: Request,
  snapshot: Snapshot<T>,
  options: PlanOptions,
): Findings<T> {
  const planned = new Set<bigint>()
  return mergeFindings(
    request.datasets.map((wanted): Findings<T> => {
      const chosen = chooseDataset(wanted, snapshot)
      if (chosen instanceof R3mesError) return aProblem(chosen)
      const { datasetId, name } = chosen.record
      if (planned.has(datasetId)) {
        const notice = `Dataset ${wanted} was requested twice, by its id and by its name. It is brought once.`
        return { artifacts: [], problems: [], notices: [notice] }
      }
      planned.add(datasetId)
      const subject = `dataset ${isSafeName(name) ? name : wanted}`
      const found = planDataset(chosen, subject, request.requireDataset, options)
      return { ...found, notices: [...nameNotices(wanted, chosen.record, snapshot), ...found.notices] }
    }),
  )
}
