/** Reading what a request needs from the registry, at one height. */
import pLimit from 'p-limit'
import type { StoreEntry, StoreReader, Trust } from '../chain/index.ts'
import { R3mesError } from '../core/index.ts'
import {
  ACTIVE_VERSIONS_KEY,
  ADAPTER_PREFIX,
  adapterKey,
  DATASET_PREFIX,
  datasetKey,
  GLOBAL_MODEL_STATE_KEY,
  MODEL_PREFIX,
  REGISTRY_STORE,
  VERSION_PREFIX,
} from './layout.ts'
import { findDatasets, isDatasetId } from './plan-datasets.ts'
import {
  decodeActiveVersions,
  decodeAdapter,
  decodeDataset,
  decodeGlobalModelState,
  decodeModel,
  decodeVersion,
} from './records.ts'
import type { AdapterRecord, Decoded, Request, Snapshot } from './types.ts'
import { isInRange, isSameVersion } from './versions.ts'

/** Enough to hide latency, few enough for a public node. */
const READS_AT_ONCE = 8
/** More records than this are no answer to one request: reading each of them again would take hours. */
const MOST_CONFIRMED = 1000

interface Listed<R> {
  readonly entry: StoreEntry
  readonly decoded: Decoded<R>
}

type Decode<R> = (entry: StoreEntry) => Decoded<R>

async function listRecords<R>(
  reader: StoreReader,
  prefix: Uint8Array,
  decode: Decode<R>,
): Promise<Listed<R>[]> {
  const { entries } = await reader.list(REGISTRY_STORE, prefix)
  return entries.map((entry) => ({ entry, decoded: decode(entry) }))
}

/**
 * The listed records, those that matter read again by their key: a listing says what there is to look at, and a node may
 * answer it from a newer state than the height that everything else is read at. A record that is not there at that height
 * falls out.
 *
 * @throws R3mesError `CHAIN_RESPONSE_INVALID` when more records matter than any request can mean
 */
async function confirm<R>(
  reader: StoreReader,
  listed: readonly Listed<R>[],
  decode: Decode<R>,
  matters: (decoded: Decoded<R>) => boolean,
): Promise<Decoded<R>[]> {
  const count = listed.filter(({ decoded }) => matters(decoded)).length
  if (count > MOST_CONFIRMED) {
    throw new R3mesError(
      'CHAIN_RESPONSE_INVALID',
      `The RPC endpoint ${reader.endpoint} lists ${count} records for one part of this request, and ${MOST_CONFIRMED} are the most that are looked at. Name another endpoint in \`rpc-urls\`, or a narrower version.`,
    )
  }
  const limit = pLimit(READS_AT_ONCE)
  const confirmed = await limit.map(listed, async ({ entry, decoded }) => {
    if (!matters(decoded)) return [decoded]
    const value = await reader.get(REGISTRY_STORE, entry.key)
    return value === undefined ? [] : [decode({ key: entry.key, value })]
  })
  return confirmed.flat()
}

async function readOne<R>(
  reader: StoreReader,
  key: Uint8Array,
  decode: (value: Uint8Array) => R,
): Promise<R | undefined> {
  const value = await reader.get(REGISTRY_STORE, key)
  return value === undefined ? undefined : decode(value)
}

type ModelPart = Pick<Snapshot, 'globalModelVersion' | 'primaryVersion' | 'models' | 'versions'>

const NO_MODELS: ModelPart = {
  globalModelVersion: undefined,
  primaryVersion: undefined,
  models: [],
  versions: [],
}

async function readModels(reader: StoreReader, request: Request): Promise<ModelPart> {
  const wanted = request.modelVersion
  if (wanted.kind === 'none') return NO_MODELS
  const [globalModelVersion, primaryVersion, models, versions] = await Promise.all([
    readOne(reader, GLOBAL_MODEL_STATE_KEY, decodeGlobalModelState),
    wanted.kind === 'active' ? readOne(reader, ACTIVE_VERSIONS_KEY, decodeActiveVersions) : undefined,
    listRecords(reader, MODEL_PREFIX, decodeModel),
    listRecords(reader, VERSION_PREFIX, decodeVersion),
  ])

  const pointer = primaryVersion?.ok === true ? primaryVersion.record.versionNumber : undefined
  const pointed = versions.find(
    ({ decoded }) => decoded.ok && pointer !== undefined && decoded.record.versionNumber === pointer,
  )?.decoded
  const pointedModelId = pointed?.ok === true ? pointed.record.modelId : undefined
  const globalVersion = globalModelVersion?.ok === true ? globalModelVersion.record.version : undefined
  const isWanted = (version: string): boolean => {
    if (wanted.kind === 'range') return isInRange(version, wanted.text)
    const text = wanted.kind === 'version' ? wanted.text : globalVersion
    return text !== undefined && isSameVersion(version, text)
  }
  const matters = (version: string | undefined, modelId: bigint | undefined): boolean =>
    (version !== undefined && isWanted(version)) || (modelId !== undefined && modelId === pointedModelId)
  const idsThatMatter = new Set(
    models.flatMap(({ decoded }) =>
      decoded.ok && matters(decoded.record.version, decoded.record.modelId)
        ? [decoded.record.modelId.toString()]
        : [],
    ),
  )
  const [confirmedModels, confirmedVersions] = await Promise.all([
    confirm(reader, models, decodeModel, (model) =>
      model.ok
        ? idsThatMatter.has(model.record.modelId.toString())
        : matters(model.knownAs, undefined) || model.key === `modreg_${pointedModelId}`,
    ),
    confirm(reader, versions, decodeVersion, (version) =>
      version.ok
        ? idsThatMatter.has(version.record.modelId.toString())
        : (version.knownAs !== undefined && idsThatMatter.has(version.knownAs)) ||
          version.key === `modver_${pointer}`,
    ),
  ])
  return { globalModelVersion, primaryVersion, models: confirmedModels, versions: confirmedVersions }
}

async function readDatasets(reader: StoreReader, request: Request): Promise<Snapshot['datasets']> {
  if (request.datasets.length === 0) return []
  const byId = await readDatasetsById(reader, request.datasets)
  if (byId !== undefined) return byId
  const listed = await listRecords(reader, DATASET_PREFIX, decodeDataset)
  const datasets = listed.map(({ decoded }) => decoded)
  const wanted = new Set(request.datasets.flatMap((name) => findDatasets(name, datasets)))
  return confirm(reader, listed, decodeDataset, (dataset) => wanted.has(dataset))
}

/** The datasets by their ids, without a listing; undefined when one is named otherwise, or none has its id. */
async function readDatasetsById(
  reader: StoreReader,
  wanted: readonly string[],
): Promise<Snapshot['datasets'] | undefined> {
  if (!wanted.every(isDatasetId)) return undefined
  const limit = pLimit(READS_AT_ONCE)
  const records = await limit.map([...new Set(wanted.map(BigInt))], (id) => {
    const key = datasetKey(id)
    return readOne(reader, key, (value) => decodeDataset({ key, value }))
  })
  const found = records.filter((record) => record !== undefined)
  return found.length === records.length ? found : undefined
}

async function readAdapters(reader: StoreReader, request: Request): Promise<Snapshot['adapters']> {
  const ids = [...new Set([...request.adapters.map(({ id }) => id), ...request.loadedAdapters])]
  const limit = pLimit(READS_AT_ONCE)
  const records = await limit.map(ids, async (id) => {
    const key = adapterKey(id)
    const decoded = await readOne(reader, key, (value) => decodeAdapter({ key, value }))
    return [id, decoded] as const
  })
  return new Map(records)
}

/**
 * The records that a request needs, all at the reader's height: the model records unless the request is for `none`, the
 * datasets when it names some, and each adapter that is requested or loaded.
 *
 * @throws R3mesError whatever the reader throws
 */
export async function readSnapshot<T extends Trust>(
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
    datasets,
    adapters,
    knownAdapters: undefined,
  }
}

/**
 * The snapshot with all adapters listed, for messages alone. Best effort: a chain that will not list them leaves the
 * snapshot as it was.
 */
export async function withKnownAdapters<T extends Trust>(
  reader: StoreReader<T>,
  snapshot: Snapshot<T>,
): Promise<Snapshot<T>> {
  try {
    const listed = await listRecords(reader, ADAPTER_PREFIX, decodeAdapter)
    const knownAdapters: readonly AdapterRecord[] = listed.flatMap(({ decoded }) =>
      decoded.ok ? [decoded.record] : [],
    )
    return { ...snapshot, knownAdapters }
  } catch (thrown) {
    if (thrown instanceof R3mesError && thrown.errorClass === 'chain') return snapshot
    throw thrown
  }
}
