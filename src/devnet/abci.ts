import { create, toBinary } from '@bufbuild/protobuf'
import { PairsSchema } from '../gen/cosmos/store/internal/kv/v1beta1/kv_pb.js'
import { iavlEntries, iavlGet } from './iavl.ts'
import { type ProofOpBytes, proofOps } from './multistore.ts'
import type { ChainNode } from './node.ts'
import { queryMethod } from './query-service.ts'
import { AbciError, storeError } from './sdk-error.ts'

export interface AbciQuery {
  readonly path: string
  readonly data: Uint8Array
  /** 0: the latest */
  readonly height: bigint
  readonly prove: boolean
}

export interface AbciAnswer {
  readonly code: number
  readonly codespace: string
  readonly log: string
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly height: bigint
  /** Empty unless a proof was asked for. */
  readonly proofOps: readonly ProofOpBytes[]
}

const NOTHING = new Uint8Array()

/**
 * Answers a query as a Cosmos SDK 0.50 application does, its sharp edges included:
 * - a `key` read at a height that is not there is no error: code 0, no value, and the log says `version does not exist`;
 * - a `subspace` read lists the latest state, whatever height it names;
 * - a Query method refuses both heights with an error.
 *
 * Only an answer, or an error of a Query method itself, says which height it is about.
 */
export function abciQuery(node: ChainNode, query: AbciQuery): AbciAnswer {
  const height = query.height === 0n ? node.height : query.height
  try {
    const answer = answerPath(node, { ...query, height })
    return { code: 0, codespace: '', log: '', key: NOTHING, height, proofOps: [], ...answer }
  } catch (thrown) {
    if (!(thrown instanceof AbciError)) throw thrown
    return refusal(thrown, 0n)
  }
}

function refusal({ code, codespace, message }: AbciError, height: bigint): AbciAnswer {
  return { code, codespace, log: message, height, key: NOTHING, value: NOTHING, proofOps: [] }
}

type PathAnswer = Pick<AbciAnswer, 'value'> & Partial<AbciAnswer>

function answerPath(node: ChainNode, query: AbciQuery): PathAnswer {
  const method = queryMethod(query.path)
  if (method !== undefined) {
    checkQueryContext(node, query)
    try {
      return { value: method(node.chain, query.data, query.height) }
    } catch (thrown) {
      if (!(thrown instanceof AbciError)) throw thrown
      return refusal(thrown, query.height)
    }
  }
  const [root, store, ...rest] = query.path.replace(/^\//, '').split('/')
  if (root !== 'store') throw new AbciError('unknownRequest', 'unknown query path')
  if (node.refusesStoreReads) throw new AbciError('unknownRequest', "multi-store doesn't support queries")
  if (query.prove && query.height <= 1n) {
    throw new AbciError(
      'invalidRequest',
      'cannot query with proof when height <= 1; please provide a valid height',
    )
  }
  if (store === undefined || !node.chain.stores(node.height).has(store)) {
    throw storeError('unknownRequest', `no such store: ${store ?? ''}`)
  }
  return answerStore(node, query, store, rest.map((part) => `/${part}`).join(''))
}

function answerStore(
  node: ChainNode,
  { data, height, prove }: AbciQuery,
  store: string,
  path: string,
): PathAnswer {
  const { chain } = node
  const isEmpty = data.length === 0
  // The stores above one that fails look for its proof first.
  if (isEmpty && !(path === '/key' && prove)) throw storeError('txDecode', 'query cannot be zero length')
  switch (path) {
    case '/key': {
      if (node.has(height) && !isEmpty) {
        const stores = chain.stores(height)
        const value = iavlGet(stores.get(store), data) ?? NOTHING
        return { key: data, value, proofOps: prove ? proofOps(stores, store, data) : [] }
      }
      if (prove) {
        throw storeError('invalidRequest', 'proof is unexpectedly empty; ensure height has not been pruned')
      }
      return { key: data, value: NOTHING, log: 'version does not exist' }
    }
    case '/subspace': {
      const pairs = create(PairsSchema, {
        pairs: iavlEntries(chain.stores(node.height).get(store), data).map(({ key, value }) => ({
          key,
          value,
        })),
      })
      return { key: data, value: toBinary(PairsSchema, pairs) }
    }
    default:
      throw storeError('unknownRequest', `unexpected query path: ${path}`)
  }
}

function checkQueryContext(node: ChainNode, { height, prove }: AbciQuery): void {
  if (height < 0n) {
    throw new AbciError('invalidRequest', 'cannot query with height < 0; please provide a valid height')
  }
  if (height > node.height) {
    throw new AbciError(
      'invalidHeight',
      'cannot query with height in the future; please provide a valid height',
    )
  }
  if (height <= 1n && prove) {
    throw new AbciError(
      'invalidRequest',
      'cannot query with proof when height <= 1; please provide a valid height',
    )
  }
  if (!node.has(height)) {
    throw new AbciError(
      'invalidRequest',
      `failed to load state at height ${height}; version does not exist (latest height: ${node.height})`,
    )
  }
}
