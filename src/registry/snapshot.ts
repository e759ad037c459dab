/** Reading what a request needs from the registry, at one height. */
import type { ReadTrust, StoreReader } from '../chain/index.ts'
import { R3mesError } from '../core/index.ts'
import {
  ACTIVE_VERSIONS_KEY,
  ADAPTER_PREFIX,
  adapterKey,
  DATASET_PREFIX,
  datasetKey,
  GLOBAL_MODEL_STATE_KEY,
  MODEL_PREFIX,
  VERSION_PREFIX,
} from './layout.ts'
import { findDatasets, isDatasetId } from './plan-datasets.ts'
import { confirm, type Listed, listRecords, lookUp } from './reads.ts'
import {
  decodeActiveVersions,
  decodeAdapter,
  decodeDataset,
  decodeGlobalModelState,
  decodeModel,
  decodeVersion,
} from './records.ts'
import type { AdapterRecord, DatasetRecord, Decoded, Lookup, Request, Snapshot } from './types.ts'
import { isInRange, isSameVersion } from './versions.ts'

/** The record under a key, when there is one and it is none of another kind. */
function recordOf<R, T extends ReadTrust>(lookup: Lookup<R, T> | undefined): R | undefined {
  return lookup?.state === 'present' && lookup.decoded.ok ? lookup.decoded.record : undefined
}

type ModelPart<T extends ReadTrust> = Pick<
  Snapshot<T>,
  'globalModelVersion' | 'primaryVersion' | 'models' | 'versions'
> & { readonly completeness: Pick<Snapshot['completeness'], 'models' | 'versions'> }

const NO_MODELS: ModelPart<never> = {
  globalModelVersion: undefined,
  primaryVersion: undefined,
  models: [],
  versions: [],
  completeness: { models: 'unlisted', versions: 'unlisted' },
}

async function readModels<T extends ReadTrust>(
  reader: StoreReader<T>,
  request: Request,
): Promise<ModelPart<T>> {
  const wanted = request.modelVersion
  if (wanted.kind === 'none') return NO_MODELS
  // A frozen run reads the pointer too, to say when the registry moved on.
  const readsPointer = wanted.kind === 'active' || request.lockedModelId !== undefined
  const [globalModelVersion, primaryVersion, models, versions] = await Promise.all([
    lookUp(reader, GLOBAL_MODEL_STATE_KEY, decodeGlobalModelState<T>),
    readsPointer ? lookUp(reader, ACTIVE_VERSIONS_KEY, decodeActiveVersions<T>) : undefined,
    listRecords(reader, MODEL_PREFIX, decodeModel<T>),
    listRecords(reader, VERSION_PREFIX, decodeVersion<T>),
  ])

  const pointer = recordOf(primaryVersion)?.versionNumber
  const pointed = versions.records.find(
    (decoded) => decoded.ok && pointer !== undefined && decoded.record.versionNumber === pointer,
  )
  const pointedModelId = pointed?.ok === true ? pointed.record.modelId : undefined
  const globalVersion = recordOf(globalModelVersion)?.version
  const isWanted = (version: string): boolean => {
    if (wanted.kind === 'range') return isInRange(version, wanted.text)
    const text = wanted.kind === 'version' ? wanted.text : globalVersion
    return text !== undefined && isSameVersion(version, text)
  }
  const matters = (version: string | undefined, modelId: bigint | undefined): boolean =>
    (version !== undefined && isWanted(version)) || (modelId !== undefined && modelId === pointedModelId)
  const idsThatMatter = new Set(
    models.records.flatMap((decoded) =>
      decoded.ok && matters(decoded.record.version, decoded.record.modelId)
        ? [decoded.record.modelId.toString()]
        : [],
    ),
  )
  const [confirmedModels, confirmedVersions] = await Promise.all([
    confirm(reader, models, decodeModel<T>, (model) =>
      model.ok
        ? idsThatMatter.has(model.record.modelId.toString())
        : matters(model.knownAs, undefined) || model.key === `modreg_${pointedModelId}`,
    ),
    confirm(reader, versions, decodeVersion<T>, (version) =>
      version.ok
        ? idsThatMatter.has(version.record.modelId.toString())
        : (version.knownAs !== undefined && idsThatMatter.has(version.knownAs)) ||
          version.key === `modver_${pointer}`,
    ),
  ])
  return {
    globalModelVersion,
    primaryVersion,
    models: confirmedModels.records,
    versions: confirmedVersions.records,
    completeness: { models: confirmedModels.completeness, versions: confirmedVersions.completeness },
  }
}

async function readDatasets<T extends ReadTrust>(
  reader: StoreReader<T>,
  request: Request,
): Promise<Listed<DatasetRecord, T>> {
  const { datasets: names } = request
  const byId = await readDatasetsById(reader, names)
  if (names.every((name) => isDatasetId(name) && byId.has(BigInt(name)))) {
    return { records: [...byId.values()], completeness: 'unlisted' }
  }
  const listed = await listRecords(reader, DATASET_PREFIX, decodeDataset<T>)
  const wanted = new Set(names.flatMap((name) => findDatasets(name, listed.records)))
  const confirmed = await confirm(reader, listed, decodeDataset<T>, (dataset) => wanted.has(dataset))
  return { ...confirmed, records: union(confirmed.records, [...byId.values()]) }
}

/** What was read by its key stays, though a listing left it out. */
function union<R, T extends ReadTrust>(
  listed: readonly Decoded<R, T>[],
  byKey: readonly Decoded<R, T>[],
): readonly Decoded<R, T>[] {
  const keyOf = ({ source }: Decoded<R, T>) => Buffer.from(source.key).toString('hex')
  return [...new Map([...listed, ...byKey].map((decoded) => [keyOf(decoded), decoded])).values()]
}

/**
 * The datasets that are named by an id and are there. Where all are, no listing is needed; where one is listed incompletely, what
 * was read by its key stands.
 */
async function readDatasetsById<T extends ReadTrust>(
  reader: StoreReader<T>,
  names: readonly string[],
): Promise<ReadonlyMap<bigint, Decoded<DatasetRecord, T>>> {
  const ids = [...new Set(names.filter(isDatasetId).map(BigInt))]
  const found = await Promise.all(ids.map((id) => lookUp(reader, datasetKey(id), decodeDataset<T>)))
  return new Map(
    found.flatMap((lookup, index) => {
      const id = ids[index]
      return lookup.state === 'present' && id !== undefined ? [[id, lookup.decoded] as const] : []
    }),
  )
}

type AdapterPart<T extends ReadTrust> = Pick<
  Snapshot<T>,
  'adapters' | 'knownAdapters' | 'malformedAdapters'
> & {
  readonly completeness: Pick<Snapshot['completeness'], 'adapters'>
}

async function readAdapters<T extends ReadTrust>(
  reader: StoreReader<T>,
  request: Request,
): Promise<AdapterPart<T>> {
  const ids = [...new Set([...request.adapters.map(({ id }) => id), ...request.loadedAdapters])]
  const [named, ofDomains] = await Promise.all([
    Promise.all(ids.map(async (id) => [id, await lookUp(reader, adapterKey(id), decodeAdapter<T>)] as const)),
    request.adapterDomains.length === 0 ? undefined : readDomains(reader, request.adapterDomains),
  ])
  const adapters = new Map<string, Lookup<AdapterRecord, T>>(named)
  for (const decoded of ofDomains?.records ?? []) {
    const isMeant = decoded.ok && isOfDomain(decoded.record, request.adapterDomains)
    if (isMeant && !adapters.has(decoded.record.id)) {
      adapters.set(decoded.record.id, { state: 'present', decoded })
    }
  }
  return {
    adapters,
    knownAdapters: ofDomains === undefined ? undefined : wellFormed(ofDomains),
    malformedAdapters: ofDomains?.records.filter((decoded) => !decoded.ok).length ?? 0,
    completeness: { adapters: ofDomains?.completeness ?? 'unlisted' },
  }
}

/** Whether an adapter belongs to one of the domains. */
export function isOfDomain(adapter: AdapterRecord, domains: readonly string[]): boolean {
  return domains.includes(adapter.domain.trim())
}

async function readDomains<T extends ReadTrust>(
  reader: StoreReader<T>,
  domains: Request['adapterDomains'],
): Promise<Listed<AdapterRecord, T>> {
  const listed = await listRecords(reader, ADAPTER_PREFIX, decodeAdapter<T>)
  return confirm(
    reader,
    listed,
    decodeAdapter<T>,
    (adapter) => adapter.ok && isOfDomain(adapter.record, domains),
  )
}

function wellFormed<R, T extends ReadTrust>({ records }: Listed<R, T>): readonly R[] {
  return records.flatMap((decoded) => (decoded.ok ? [decoded.record] : []))
}

/**
 * The records that a request needs, all at the reader's height: the model records unless the request is for `none`, the
 * datasets when it names some, and each adapter that is requested or loaded.
 *
 * @throws R3mesError whatever the reader throws; but what cannot be proven about one record is part of the snapshot
 */
export async function readSnapshot<T extends ReadTrust>(
  reader: StoreReader<T>,
  request: Request,
): Promise<Snapshot<T>> {
  const [models, datasets, adapters] = await Promise.all([
    readModels(reader, request),
    readDatasets(reader, request),
    readAdapters(reader, request),
  ])
  return {
    trust: reader.trust,
    chainId: reader.chainId,
    height: reader.height,
    appHash: reader.appHash,
    endpoint: reader.endpoint,
    ...models,
    datasets: datasets.records,
    adapters: adapters.adapters,
    knownAdapters: adapters.knownAdapters,
    malformedAdapters: adapters.malformedAdapters,
    completeness: { ...models.completeness, ...adapters.completeness, datasets: datasets.completeness },
  }
}

/**
 * The snapshot with all adapters listed, for messages alone. Best effort: a chain that will not list them leaves the
 * snapshot as it was.
 */
export async function withKnownAdapters<T extends ReadTrust>(
  reader: StoreReader<T>,
  snapshot: Snapshot<T>,
): Promise<Snapshot<T>> {
  if (snapshot.knownAdapters !== undefined) return snapshot
  try {
    const listed = await listRecords(reader, ADAPTER_PREFIX, decodeAdapter<T>)
    const completeness = { ...snapshot.completeness, adapters: listed.completeness }
    return { ...snapshot, knownAdapters: wellFormed(listed), completeness }
  } catch (thrown) {
    if (thrown instanceof R3mesError && thrown.errorClass === 'chain') return snapshot
    throw thrown
  }
}
