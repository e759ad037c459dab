/** Everything that a registry approves, each artifact judged as if it had been requested alone. */
import type { ReadTrust, StoreReader } from '../chain/index.ts'
import { isSafeName, R3mesError } from '../core/index.ts'
import { type Findings, mergeFindings, NOTHING_FOUND, type PlanOptions } from './artifact.ts'
import {
  ACTIVE_VERSIONS_KEY,
  ADAPTER_PREFIX,
  DATASET_PREFIX,
  GLOBAL_MODEL_STATE_KEY,
  MODEL_PREFIX,
  VERSION_PREFIX,
} from './layout.ts'
import { planAdapters } from './plan-adapters.ts'
import { planDatasets } from './plan-datasets.ts'
import { planModel } from './plan-model.ts'
import { mayBeMissing, notListedCompletely, OTHER_ENDPOINT } from './proof-words.ts'
import { confirm, type Decode, type Listed, listRecords, lookUp } from './reads.ts'
import {
  decodeActiveVersions,
  decodeAdapter,
  decodeDataset,
  decodeGlobalModelState,
  decodeModel,
  decodeVersion,
} from './records.ts'
import type { AdapterRecord, ArtifactKind, Lookup, Plan, Request, Snapshot } from './types.ts'
import { groupByVersion } from './version-groups.ts'

const NOTHING_REQUESTED: Request = {
  modelVersion: { kind: 'none' },
  adapters: [],
  adapterDomains: [],
  loadedAdapters: [],
  datasets: [],
  requireDataset: true,
}

/** All records of the registry of these kinds, at the reader's height. Of the others there is nothing in the snapshot. */
async function readAll<T extends ReadTrust>(
  reader: StoreReader<T>,
  kinds: ReadonlySet<ArtifactKind>,
): Promise<Snapshot<T>> {
  const all = async <R>(
    kind: ArtifactKind,
    prefix: Uint8Array,
    decode: Decode<R, T>,
  ): Promise<Listed<R, T>> =>
    kinds.has(kind)
      ? await confirm(reader, await listRecords(reader, prefix, decode), decode, () => true)
      : { records: [], completeness: 'unlisted' }
  const wantsModels = kinds.has('model')
  const [globalModelVersion, primaryVersion, models, versions, adapters, datasets] = await Promise.all([
    wantsModels ? lookUp(reader, GLOBAL_MODEL_STATE_KEY, decodeGlobalModelState<T>) : undefined,
    wantsModels ? lookUp(reader, ACTIVE_VERSIONS_KEY, decodeActiveVersions<T>) : undefined,
    all('model', MODEL_PREFIX, decodeModel<T>),
    all('model', VERSION_PREFIX, decodeVersion<T>),
    all('adapter', ADAPTER_PREFIX, decodeAdapter<T>),
    all('dataset', DATASET_PREFIX, decodeDataset<T>),
  ])
  return {
    trust: reader.trust,
    chainId: reader.chainId,
    height: reader.height,
    appHash: reader.appHash,
    endpoint: reader.endpoint,
    globalModelVersion,
    primaryVersion,
    models: models.records,
    versions: versions.records,
    datasets: datasets.records,
    adapters: new Map(
      adapters.records.flatMap((decoded): [string, Lookup<AdapterRecord, T>][] =>
        decoded.ok ? [[decoded.record.id, { state: 'present', decoded }]] : [],
      ),
    ),
    knownAdapters: undefined,
    malformedAdapters: adapters.records.filter((decoded) => !decoded.ok).length,
    completeness: {
      models: models.completeness,
      versions: versions.completeness,
      adapters: adapters.completeness,
      datasets: datasets.completeness,
    },
  }
}

/** Every well-formed record on its own, and what stands against it. */
function judgeEach<T extends ReadTrust>(snapshot: Snapshot<T>, options: PlanOptions): Findings<T>[] {
  const models = groupByVersion(
    snapshot,
    snapshot.models.filter((model) => model.ok && model.record.isActive),
  ).flatMap(({ part }) =>
    part.models.flatMap((model): Findings<T>[] => {
      if (!model.ok) return []
      const { version: text, modelId: lockedModelId } = model.record
      // By its id: two models may have one version, and both are approved.
      const request: Request = {
        ...NOTHING_REQUESTED,
        modelVersion: { kind: 'version', text },
        lockedModelId,
      }
      return [planModel(request, part, options)]
    }),
  )
  const adapters = [...snapshot.adapters.values()].flatMap((found): Findings<T>[] => {
    if (found.state !== 'present' || !found.decoded.ok || found.decoded.record.status !== 'active') return []
    const { id } = found.decoded.record
    if (!isSafeName(id)) return [unusable()]
    return [planAdapters({ ...NOTHING_REQUESTED, adapters: [{ id }] }, snapshot, undefined, options)]
  })
  const datasets = snapshot.datasets.flatMap((dataset): Findings<T>[] => {
    if (!dataset.ok || dataset.record.status === 'removed') return []
    const wanted = [dataset.record.datasetId.toString()]
    // Beside itself alone: to look for each id among all would take a square of their number.
    const part = { ...snapshot, datasets: [dataset] }
    return [planDatasets({ ...NOTHING_REQUESTED, datasets: wanted }, part, options)]
  })
  return [...models, ...adapters, ...datasets]
}

function unusable(): Findings<never> {
  const problem = new R3mesError(
    'ID_UNSAFE',
    'An adapter has an id that cannot be used as a file name. The registry has to approve it under another id.',
  )
  return { ...NOTHING_FOUND, problems: [problem] }
}

/** `UNPROVABLE` for each list of which records may be missing. */
function incompleteLists(snapshot: Snapshot): R3mesError[] {
  const { completeness } = snapshot
  const lists = [
    ['The models', completeness.models],
    ['The model versions', completeness.versions],
    ['The adapters', completeness.adapters],
    ['The datasets', completeness.datasets],
  ] as const
  return lists.flatMap(([what, state]) =>
    mayBeMissing(state)
      ? [notListedCompletely(what, snapshot, 'what is approved cannot be listed', OTHER_ENDPOINT)]
      : [],
  )
}

/**
 * A plan of everything that the registry approves of these kinds and that a run could bring. Adapters are judged without a
 * model, and nobody looks for conflicts: nothing of it is wanted at the same time. What cannot be brought is left out and
 * counted in a notice. The one problem that such a plan can have is a list that is not proven complete.
 *
 * @throws R3mesError whatever the reader throws
 */
export async function readCatalogue<T extends ReadTrust>(
  reader: StoreReader<T>,
  kinds: ReadonlySet<ArtifactKind>,
  options: PlanOptions = {},
): Promise<Plan<T>> {
  const snapshot = await readAll(reader, kinds)
  const judged = judgeEach(snapshot, options)
  const usable = judged.filter(({ problems }) => problems.length === 0)
  const refused = judged.flatMap(({ problems }) => problems.slice(0, 1).map(({ code }) => code))
  const malformed =
    snapshot.malformedAdapters +
    [...snapshot.models, ...snapshot.versions, ...snapshot.datasets].filter(({ ok }) => !ok).length
  return {
    trust: snapshot.trust,
    chainId: snapshot.chainId,
    height: snapshot.height,
    appHash: snapshot.appHash,
    endpoint: snapshot.endpoint,
    artifacts: mergeFindings(usable).artifacts,
    problems: incompleteLists(snapshot),
    conflicts: [],
    datasetProblems: [],
    notices: [
      ...(refused.length === 0
        ? []
        : [
            `${refused.length} approved records cannot be brought and are left out: ${[...new Set(refused)].sort().join(', ')}.`,
          ]),
      ...(malformed === 0 ? [] : [`${malformed} malformed records are left out.`]),
    ],
    modelVersion: undefined,
    activeModelVersion: undefined,
  }
}
