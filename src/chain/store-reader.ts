/** Raw reads of module stores that believe one endpoint. */
import type { JsonRpcClient } from './node/json-rpc.ts'
import { queryStore, querySubspace } from './node/store-query.ts'
import type { BelievedRecord, StoreReader } from './types.ts'

/** One endpoint, and the height at which it is read. */
export interface ChainView {
  readonly client: JsonRpcClient
  readonly chainId: string
  readonly height: bigint
  readonly appHash: string | undefined
}

/** What every reader of a view says about itself when one endpoint is believed. */
export function rpcFacts(view: ChainView): Omit<StoreReader<'rpc'>, 'get' | 'list'> {
  return {
    trust: 'rpc',
    chainId: view.chainId,
    height: view.height,
    appHash: view.appHash,
    endpoint: view.client.endpoint,
  }
}

/** What the endpoint of a view stated about one key. */
export function believedRecord<V extends Uint8Array | undefined>(
  view: ChainView,
  store: string,
  key: Uint8Array,
  value: V,
): BelievedRecord<V> {
  return { trust: 'rpc', store, key, value, height: view.height }
}

/**
 * A reader that believes one endpoint.
 *
 * A listing shows only what there is to look at, since nodes may list a newer state; a record that matters is read again by
 * its key.
 */
export function rpcStoreReader(view: ChainView): StoreReader<'rpc'> {
  return {
    ...rpcFacts(view),
    async get(store, key) {
      const { value } = await queryStore(view, `/store/${store}/key`, key, false)
      return believedRecord(view, store, key, value.byteLength === 0 ? undefined : value)
    },
    async list(store, prefix) {
      const pairs = await querySubspace(view, store, prefix)
      return {
        entries: pairs.map(({ key, value }) => believedRecord(view, store, key, value)),
        proven: false,
      }
    },
  }
}
