import { create, toBinary } from '@bufbuild/protobuf'
import { PairsSchema } from '../gen/cosmos/store/internal/kv/v1beta1/kv_pb.js'
import type { ChainState } from './chain.ts'
import { queryMethod } from './query-service.ts'
import { AbciError } from './sdk-error.ts'

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
}

/** The store of the R3MES module, the only one that this chain has. */
const STORE = 'remes'
const NOTHING = new Uint8Array()

/**
 * Answers a query as a Cosmos SDK 0.50 application does, its sharp edges included:
 * - a `key` read at a height that is not there is no error: code 0, no value, and the log says `version does not exist`;
 * - a `subspace` read lists the latest state, whatever height it names;
 * - a Query method refuses both heights with an error.
 *
 * Proofs are not made.
 *
 * @param refuseStoreReads as a node whose application takes no store queries
 */
export function abciQuery(chain: ChainState, query: AbciQuery, refuseStoreReads: boolean): AbciAnswer {
  const height = query.height === 0n ? chain.height : query.height
  try {
    const answer = answerPath(chain, { ...query, height }, refuseStoreReads)
    return { code: 0, codespace: '', log: '', key: NOTHING, height, ...answer }
  } catch (thrown) {
    if (!(thrown instanceof AbciError)) throw thrown
    const { code, message } = thrown
    return { code, codespace: 'sdk', log: message, key: NOTHING, value: NOTHING, height: query.height }
  }
}

type PathAnswer = Pick<AbciAnswer, 'value'> & Partial<AbciAnswer>

function answerPath(chain: ChainState, query: AbciQuery, refuseStoreReads: boolean): PathAnswer {
  const method = queryMethod(query.path)
  if (method !== undefined) {
    checkQueryContext(chain, query)
    return { value: method(chain, query.data, query.height) }
  }
  const [root, store, ...rest] = query.path.replace(/^\//, '').split('/')
  if (root !== 'store') throw new AbciError('unknownRequest', 'unknown query path')
  if (refuseStoreReads) throw new AbciError('unknownRequest', "multi-store doesn't support queries")
  if (query.prove && query.height <= 1n) {
    throw new AbciError(
      'invalidRequest',
      'cannot query with proof when height <= 1; please provide a valid height',
    )
  }
  if (store !== STORE) throw new AbciError('unknownRequest', `no such store: ${store ?? ''}`)
  if (query.data.length === 0) throw new AbciError('txDecode', 'query cannot be zero length')
  return answerStore(chain, query, `/${rest.join('/')}`)
}

function answerStore(chain: ChainState, { data, height, prove }: AbciQuery, path: string): PathAnswer {
  switch (path) {
    case '/key':
      if (chain.has(height)) return { key: data, value: chain.get(data, height) ?? NOTHING }
      if (prove) {
        throw new AbciError(
          'invalidRequest',
          'proof is unexpectedly empty; ensure height has not been pruned',
        )
      }
      return { key: data, value: NOTHING, log: 'version does not exist' }
    case '/subspace': {
      const pairs = create(PairsSchema, { pairs: chain.list(data, chain.height) })
      return { key: data, value: toBinary(PairsSchema, pairs) }
    }
    default:
      throw new AbciError('unknownRequest', `unexpected query path: ${path}`)
  }
}

function checkQueryContext(chain: ChainState, { height, prove }: AbciQuery): void {
  if (height < 0n) {
    throw new AbciError('invalidRequest', 'cannot query with height < 0; please provide a valid height')
  }
  if (height > chain.height) {
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
  if (!chain.has(height)) {
    throw new AbciError(
      'invalidRequest',
      `failed to load state at height ${height}; version does not exist (latest height: ${chain.height})`,
    )
  }
}
