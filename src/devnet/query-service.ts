import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import type { PageRequest } from '../gen/cosmos/base/query/v1beta1/pagination_pb.js'
import {
  QueryGetApprovedDatasetRequestSchema,
  QueryGetApprovedDatasetResponseSchema,
  QueryGetGlobalModelStateRequestSchema,
  QueryGetGlobalModelStateResponseSchema,
  QueryListApprovedDatasetsRequestSchema,
  QueryListApprovedDatasetsResponseSchema,
} from '../gen/remes/remes/v1/query_pb.js'
import { ApprovedDatasetSchema, GlobalModelStateSchema } from '../gen/remes/remes/v1/registry_pb.js'
import type { Chain } from './chain.ts'
import { DATASET_PREFIX, datasetKey, GLOBAL_MODEL_STATE_KEY } from './keys.ts'
import { AbciError } from './sdk-error.ts'

type QueryMethod = (chain: Chain, request: Uint8Array, height: bigint) => Uint8Array

const DEFAULT_PAGE = 100n

const METHODS: ReadonlyMap<string, QueryMethod> = new Map([
  ['/remes.remes.v1.Query/GetGlobalModelState', getGlobalModelState],
  ['/remes.remes.v1.Query/GetApprovedDataset', getApprovedDataset],
  ['/remes.remes.v1.Query/ListApprovedDatasets', listApprovedDatasets],
])

/** The method of the chain's Query service at this gRPC path. The published chain has these three for registry records. */
export function queryMethod(path: string): QueryMethod | undefined {
  return METHODS.get(path)
}

function getGlobalModelState(chain: Chain, bytes: Uint8Array, height: bigint): Uint8Array {
  decode(QueryGetGlobalModelStateRequestSchema, bytes)
  const value = chain.get(GLOBAL_MODEL_STATE_KEY, height)
  if (value === undefined) throw notFound('global model state not found')
  const state = decode(GlobalModelStateSchema, value)
  return toBinary(
    QueryGetGlobalModelStateResponseSchema,
    create(QueryGetGlobalModelStateResponseSchema, { state }),
  )
}

function getApprovedDataset(chain: Chain, bytes: Uint8Array, height: bigint): Uint8Array {
  const { datasetId } = decode(QueryGetApprovedDatasetRequestSchema, bytes)
  const value = chain.get(datasetKey(datasetId), height)
  if (value === undefined) throw notFound(`dataset ${datasetId} not found`)
  const dataset = decode(ApprovedDatasetSchema, value)
  return toBinary(
    QueryGetApprovedDatasetResponseSchema,
    create(QueryGetApprovedDatasetResponseSchema, { dataset }),
  )
}

function listApprovedDatasets(chain: Chain, bytes: Uint8Array, height: bigint): Uint8Array {
  const { pagination } = decode(QueryListApprovedDatasetsRequestSchema, bytes)
  const page = paginate(chain.list(DATASET_PREFIX, height), pagination)
  return toBinary(
    QueryListApprovedDatasetsResponseSchema,
    create(QueryListApprovedDatasetsResponseSchema, {
      datasets: page.entries.map(({ value }) => decode(ApprovedDatasetSchema, value)),
      pagination: { nextKey: page.nextKey, total: page.total },
    }),
  )
}

interface Entry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/**
 * Pagination of the Cosmos SDK (`types/query`): by offset or by the key that the page before ended at, which is the store
 * key without its prefix. The total is counted by offset only, and always when no limit was given.
 */
function paginate(
  entries: readonly Entry[],
  request: PageRequest | undefined,
): { entries: readonly Entry[]; nextKey: Uint8Array; total: bigint } {
  const { key = new Uint8Array(), offset = 0n, limit = 0n, reverse = false } = request ?? {}
  if (offset > 0n && key.length > 0) {
    throw new AbciError('invalidRequest', 'invalid request, either offset or key is expected, got both')
  }
  const ordered = reverse ? entries.toReversed() : entries
  const suffix = (entry: Entry): Uint8Array => entry.key.subarray(DATASET_PREFIX.length)
  const found = ordered.findIndex((entry) => {
    const order = Buffer.compare(suffix(entry), key)
    return reverse ? order <= 0 : order >= 0
  })
  const byKey = key.length > 0
  const start = byKey ? (found === -1 ? ordered.length : found) : Number(offset)
  const end = start + Number(limit === 0n ? DEFAULT_PAGE : limit)
  const next = ordered[end]
  const counts = !byKey && ((request?.countTotal ?? false) || limit === 0n)
  return {
    entries: ordered.slice(start, end),
    nextKey: next === undefined ? new Uint8Array() : suffix(next),
    total: counts ? BigInt(ordered.length) : 0n,
  }
}

function decode<S extends DescMessage>(schema: S, bytes: Uint8Array): MessageShape<S> {
  try {
    return fromBinary(schema, bytes)
  } catch {
    throw new AbciError('invalidRequest', 'proto: cannot parse invalid wire-format data')
  }
}

function notFound(what: string): AbciError {
  return new AbciError('keyNotFound', `rpc error: code = NotFound desc = ${what}`)
}
