/** What a CometBFT node answers over JSON-RPC, word by word: for tests that state how real nodes put things. */

export interface NodeAnswer {
  readonly status: number
  readonly body: unknown
}

/** Sends any JSON to a node, as it is. */
export async function post(url: string, body: unknown): Promise<NodeAnswer> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

/** One JSON-RPC call with id 1. */
export function callNode(url: string, method: string, params: object = {}): Promise<NodeAnswer> {
  return post(url, { jsonrpc: '2.0', id: 1, method, params })
}

export interface StoreQuery {
  readonly key: Uint8Array
  /** Default `remes`. */
  readonly store?: string
  /** Default `key`. */
  readonly subpath?: 'key' | 'subspace'
  /** The newest height when absent. */
  readonly height?: bigint
  readonly prove?: boolean
}

/** The answer to a raw store read. */
export async function readStore(url: string, query: StoreQuery): Promise<unknown> {
  const { body } = await callNode(url, 'abci_query', {
    path: `/store/${query.store ?? 'remes'}/${query.subpath ?? 'key'}`,
    data: Buffer.from(query.key).toString('hex'),
    height: String(query.height ?? 0n),
    prove: query.prove ?? false,
  })
  return (body as { readonly result?: { readonly response: unknown } }).result?.response
}

/** The answer by which a node refuses a call for a reason of its own. */
export function internalError(data: unknown): NodeAnswer {
  return {
    status: 200,
    body: { jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'Internal error', data } },
  }
}
