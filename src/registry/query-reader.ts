/**
 * Registry reads for nodes that refuse store reads, through the chain's Query service. That service has three methods with
 * records, so most keys cannot be answered; its answers are never proven.
 */
import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import {
  type BelievedRecord,
  believedRecord,
  type ChainView,
  type Listing,
  missingHeight,
  rpcFacts,
  type StoreReader,
} from '../chain/index.ts'
import { R3mesError } from '../core/index.ts'
import {
  QueryGetApprovedDatasetRequestSchema,
  QueryGetApprovedDatasetResponseSchema,
  QueryGetGlobalModelStateRequestSchema,
  QueryGetGlobalModelStateResponseSchema,
  QueryListApprovedDatasetsRequestSchema,
  QueryListApprovedDatasetsResponseSchema,
} from '../gen/remes/remes/v1/query_pb.js'
import {
  type ApprovedDataset,
  ApprovedDatasetSchema,
  GlobalModelStateSchema,
} from '../gen/remes/remes/v1/registry_pb.js'
import { DATASET_PREFIX, datasetKey, GLOBAL_MODEL_STATE_KEY, numberInKey, REGISTRY_STORE } from './layout.ts'

const SERVICE = '/remes.remes.v1.Query'
const PAGE_LIMIT = 200n
const MAX_PAGES = 500
/** cosmos-sdk `ErrKeyNotFound` and `ErrNotFound`: how a gRPC "not found" comes through `abci_query`. */
const NOT_FOUND = /^Query failed with \((?:22|38)\)/

type Query = (method: string, request: Uint8Array) => Promise<Uint8Array>

function failed(view: ChainView, what: string, detail?: string): R3mesError {
  return new R3mesError(
    'CHAIN_RESPONSE_INVALID',
    `The RPC endpoint ${view.client.endpoint} refuses store reads, and ${what}. Name an endpoint in \`rpc-urls\` that allows store reads.`,
    detail === undefined ? {} : { detail },
  )
}

/**
 * cosmjs's client over our own JSON-RPC client, so that its limits and checks hold. Loaded here and not before: it is large, and
 * few runs need it.
 */
async function openQueryService(view: ChainView): Promise<Query> {
  const { Comet38Client, QueryClient } = await import('./cosmjs.ts')
  const comet = Comet38Client.create({
    async execute(request) {
      const answer = await view.client.call(request.method, { ...request.params })
      if (!answer.ok) throw failed(view, 'its Query service failed', answer.text)
      return { jsonrpc: '2.0', id: request.id, result: answer.result }
    },
    disconnect() {},
  })
  const client = new QueryClient(comet)
  const height = Number(view.height)
  return async (method, request) => {
    const answer = await client.queryAbci(`${SERVICE}/${method}`, request, height)
    if (BigInt(answer.height) !== view.height) {
      throw failed(view, `its Query service answered for height ${answer.height} instead of ${view.height}`)
    }
    return answer.value
  }
}

/** Runs one query; what cosmjs throws becomes ours. */
async function ask<Q extends DescMessage, A extends DescMessage>(
  view: ChainView,
  query: Query,
  method: string,
  [requestSchema, request]: readonly [Q, MessageShape<Q>],
  answerSchema: A,
): Promise<MessageShape<A> | undefined> {
  try {
    return fromBinary(answerSchema, await query(method, toBinary(requestSchema, request)))
  } catch (thrown) {
    if (thrown instanceof R3mesError) throw thrown
    const detail = thrown instanceof Error ? thrown.message : String(thrown)
    const missing = missingHeight(view, detail)
    if (missing !== undefined) throw missing
    if (NOT_FOUND.test(detail)) return undefined
    throw failed(view, `its Query service cannot answer ${method}`, detail)
  }
}

/** The record as the store holds it: fields that we do not know stay in it. */
function datasetRecord(view: ChainView, dataset: ApprovedDataset): BelievedRecord<Uint8Array> {
  const value = toBinary(ApprovedDatasetSchema, dataset)
  return believedRecord(view, REGISTRY_STORE, datasetKey(dataset.datasetId), value)
}

/** All pages. A page that moves no further, or more pages than any registry has, ends the read. */
async function listDatasets(view: ChainView, query: Query): Promise<Listing<'rpc'>> {
  const byId = new Map<bigint, BelievedRecord<Uint8Array>>()
  const seen = new Set<string>()
  let key: Uint8Array = new Uint8Array()
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const request = create(QueryListApprovedDatasetsRequestSchema, { pagination: { key, limit: PAGE_LIMIT } })
    const answer = await ask(
      view,
      query,
      'ListApprovedDatasets',
      [QueryListApprovedDatasetsRequestSchema, request],
      QueryListApprovedDatasetsResponseSchema,
    )
    for (const dataset of answer?.datasets ?? []) {
      if (byId.has(dataset.datasetId)) throw failed(view, 'its Query service lists a dataset twice')
      byId.set(dataset.datasetId, datasetRecord(view, dataset))
    }
    const next = answer?.pagination?.nextKey ?? new Uint8Array()
    if (next.byteLength === 0) {
      const entries = [...byId.values()].sort((a, b) => Buffer.compare(a.key, b.key))
      return { entries, proven: false }
    }
    const token = Buffer.from(next).toString('hex')
    if (seen.has(token) || answer?.datasets.length === 0) {
      throw failed(view, 'its Query service pages without end')
    }
    seen.add(token)
    key = next
  }
  throw failed(view, `its Query service lists more than ${MAX_PAGES} pages`)
}

/**
 * A reader that answers `gms_` and the `ad_` records from the Query service.
 *
 * @throws R3mesError `CHAIN_RESPONSE_INVALID` from each read that the service has no method for
 */
export async function queryReader(view: ChainView): Promise<StoreReader<'rpc'>> {
  const query = await openQueryService(view)
  const unanswerable = (what: string) => failed(view, `its Query service has no method for ${what}`)

  async function readGlobalModelState(): Promise<Uint8Array | undefined> {
    const answer = await ask(
      view,
      query,
      'GetGlobalModelState',
      [QueryGetGlobalModelStateRequestSchema, create(QueryGetGlobalModelStateRequestSchema)],
      QueryGetGlobalModelStateResponseSchema,
    )
    return answer?.state === undefined ? undefined : toBinary(GlobalModelStateSchema, answer.state)
  }

  async function readDataset(datasetId: bigint): Promise<Uint8Array | undefined> {
    const answer = await ask(
      view,
      query,
      'GetApprovedDataset',
      [QueryGetApprovedDatasetRequestSchema, create(QueryGetApprovedDatasetRequestSchema, { datasetId })],
      QueryGetApprovedDatasetResponseSchema,
    )
    return answer?.dataset === undefined ? undefined : toBinary(ApprovedDatasetSchema, answer.dataset)
  }

  return {
    ...rpcFacts(view),
    async get(store, key) {
      if (store !== REGISTRY_STORE) throw unanswerable('other stores')
      const stated = (value: Uint8Array | undefined) => believedRecord(view, store, key, value)
      if (Buffer.from(key).equals(GLOBAL_MODEL_STATE_KEY)) return stated(await readGlobalModelState())
      const datasetId = numberInKey(DATASET_PREFIX, key)
      if (datasetId === undefined) throw unanswerable('model versions and adapters')
      return stated(await readDataset(datasetId))
    },
    async list(store, prefix) {
      if (store === REGISTRY_STORE && Buffer.from(prefix).equals(DATASET_PREFIX)) {
        return listDatasets(view, query)
      }
      throw unanswerable('lists of models and adapters')
    },
  }
}
