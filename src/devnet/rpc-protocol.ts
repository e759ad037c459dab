/** JSON-RPC 2.0 as CometBFT 0.38 speaks it. */

/** CometBFT's `max_request_batch_size`. */
const MAX_BATCH = 10

export type RpcId = string | number
export type RpcParams = Readonly<Record<string, unknown>>

export interface RpcCall {
  readonly id: RpcId
  readonly method: string
  /** As they came. */
  readonly params: unknown
}

const RPC_ERRORS = {
  parse: { code: -32700, message: 'Parse error. Invalid JSON' },
  request: { code: -32600, message: 'Invalid Request' },
  method: { code: -32601, message: 'Method not found' },
  params: { code: -32602, message: 'Invalid params' },
  internal: { code: -32603, message: 'Internal error' },
} as const

/** An error of JSON-RPC: one that CometBFT has, or one that a node has sent. */
export class RpcError extends Error {
  readonly code: number
  readonly data: string

  constructor(
    kind: keyof typeof RPC_ERRORS | { readonly code: number; readonly message: string },
    data = '',
  ) {
    const { code, message } = typeof kind === 'string' ? RPC_ERRORS[kind] : kind
    super(message)
    this.code = code
    this.data = data
  }
}

/** Parameters of each method, in the order in which they may be given without names. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  abci_info: [],
  abci_query: ['path', 'data', 'height', 'prove'],
  block: ['height'],
  commit: ['height'],
  header: ['height'],
  health: [],
  status: [],
  validators: ['height', 'page', 'per_page'],
}

/**
 * The calls of a request, notifications (no id) left out.
 *
 * @throws RpcError when it is none
 */
export function parseCalls(body: Uint8Array): {
  readonly calls: readonly RpcCall[]
  readonly isBatch: boolean
} {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(body).toString('utf8'))
  } catch (cause) {
    throw new RpcError(
      'parse',
      `error unmarshaling request: ${cause instanceof Error ? cause.message : 'no JSON'}`,
    )
  }
  const isBatch = Array.isArray(parsed)
  const requests: unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  if (requests.length > MAX_BATCH) {
    throw new RpcError('request', `batch request exceeds maximum (${MAX_BATCH}) allowed number of requests`)
  }
  return { calls: requests.flatMap(parseCall), isBatch }
}

function parseCall(request: unknown): RpcCall[] {
  if (!isObject(request)) throw new RpcError('parse', 'error unmarshaling request: not an object')
  const { id, method, params } = request
  if (id === undefined || id === null) return []
  if (typeof id !== 'string' && !(typeof id === 'number' && Number.isSafeInteger(id))) {
    throw new RpcError('parse', 'error unmarshaling request: json-rpc ID is of unknown type')
  }
  return [{ id, method: typeof method === 'string' ? method : '', params }]
}

/**
 * Parameters by their names. What is null was not given.
 *
 * @throws RpcError when they are none
 */
export function namedParams({ method, params = {} }: RpcCall): RpcParams {
  const names = PARAMETERS[method]
  // That there is no such method is said first.
  if (names === undefined) return {}
  if (Array.isArray(params) && params.length !== names.length) {
    const given = params.map((value) => `[${Buffer.from(JSON.stringify(value)).join(' ')}]`).join(' ')
    throw paramsError(
      `expected ${names.length} parameters ([${names.join(' ')}]), got ${params.length} ([${given}])`,
    )
  }
  if (!isObject(params) && !Array.isArray(params)) {
    const why = `json: cannot unmarshal ${goType(params)} into Go value of type []json.RawMessage`
    throw paramsError(`unknown type for JSON params: ${why}. Expected map or array`)
  }
  const named = Array.isArray(params)
    ? names.map((name, index): [string, unknown] => [name, params[index]])
    : Object.entries(params)
  return Object.fromEntries(named.filter(([, value]) => value !== null && value !== undefined))
}

/** What Go calls the type of a JSON value that is neither list nor object. */
export function goType(value: unknown): string {
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** Parameters that a method cannot take. */
export function paramsError(why: string): RpcError {
  return new RpcError('params', `error converting json params to arguments: ${why}`)
}

/** GET parameters: strings in quotes, bytes in quotes or as 0x hex, numbers and booleans bare. */
export function uriParams(search: URLSearchParams): RpcParams {
  const params: Record<string, unknown> = {}
  for (const [name, text] of search) {
    const quoted = /^"(.*)"$/s.exec(text)?.[1]
    if (name === 'data') {
      params[name] = quoted === undefined ? text.replace(/^0x/, '') : Buffer.from(quoted).toString('hex')
    } else if (name === 'prove') params[name] = text === 'true'
    else params[name] = quoted ?? text
  }
  return params
}

/** What is sent for a call. `id` is absent when the request was none. */
export type RpcAnswerBody = Readonly<Record<string, unknown>>

export function resultAnswer(id: RpcId, result: unknown): RpcAnswerBody {
  return { jsonrpc: '2.0', id, result }
}

/** Throws on what is no RpcError: that is a bug. */
export function errorAnswer(thrown: unknown, id: RpcId | undefined): RpcAnswerBody {
  if (!(thrown instanceof RpcError)) throw thrown
  const { code, message, data } = thrown
  return {
    jsonrpc: '2.0',
    ...(id === undefined ? {} : { id }),
    error: data === '' ? { code, message } : { code, message, data },
  }
}

/** `abci_query /store/remes/key` for the record; several of a batch joined by commas. */
export function callInWords(path: string, body: Uint8Array): string | undefined {
  if (body.length === 0) return path.slice(1).split('?')[0] || undefined
  try {
    const { calls } = parseCalls(body)
    return calls
      .map((call) => {
        const { path } = namedParams(call)
        return typeof path === 'string' ? `${call.method} ${path}` : call.method
      })
      .join(', ')
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
