import type { ServerResponse } from 'node:http'
import { type AbciQuery, abciQuery } from './abci.ts'
import type { ChainState } from './chain.ts'
import { abciInfo, status } from './node-info.ts'
import { sendJson, sendText } from './routes.ts'
import type { Host } from './server.ts'

/** CometBFT's `max_body_bytes` and `max_request_batch_size`. */
const MAX_BODY_BYTES = 1_000_000
const MAX_BATCH = 10

type RpcId = string | number

interface RpcCall {
  readonly id: RpcId
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** An error of JSON-RPC, with the texts that CometBFT gives it. */
class RpcError extends Error {
  readonly code: number
  readonly data: string

  constructor(code: keyof typeof RPC_ERRORS, data = '') {
    super(RPC_ERRORS[code])
    this.code = Number(code)
    this.data = data
  }
}

const RPC_ERRORS = {
  '-32700': 'Parse error. Invalid JSON',
  '-32600': 'Invalid Request',
  '-32601': 'Method not found',
  '-32602': 'Invalid params',
} as const

/**
 * A chain as one CometBFT 0.38 node serves it: JSON-RPC over POST, alone or in batches, and the same methods as GET
 * paths. As there, an error of a method is HTTP 200 over POST and 500 over GET; what is no request at all is 500.
 *
 * @param moniker what the node calls itself
 * @param refusesStoreReads asked at each query
 */
export function rpcHost(chain: ChainState, moniker: string, refusesStoreReads: () => boolean): Host {
  const run = (method: string, params: RpcCall['params']): unknown => {
    switch (method) {
      case 'health':
        return {}
      case 'status':
        return status(chain, moniker)
      case 'abci_info':
        return abciInfo(chain)
      case 'abci_query':
        return { response: abciResponse(abciQuery(chain, abciQueryParams(params), refusesStoreReads())) }
      default:
        throw new RpcError('-32601')
    }
  }
  const answerCall = ({ id, method, params }: RpcCall): unknown => {
    try {
      return { jsonrpc: '2.0', id, result: run(method, params) }
    } catch (thrown) {
      return errorAnswer(thrown, id)
    }
  }
  return {
    bodyLimit: MAX_BODY_BYTES,
    call: callInWords,
    answer(request, response, body) {
      const url = new URL(request.url ?? '/', 'http://devnet')
      if (url.pathname !== '/') return answerUri(url, response, run)
      // As there: nothing asked, and the node says what could be.
      if (body.length === 0)
        return sendText(response, 200, 'Available endpoints: abci_info, abci_query, health, status')
      try {
        const { calls, isBatch } = parseCalls(body)
        const answers = calls.map(answerCall)
        // Notifications are not answered.
        if (answers.length === 0) response.writeHead(200, { 'Content-Length': 0 }).end()
        else sendJson(response, 200, isBatch && answers.length > 1 ? answers : answers[0])
      } catch (thrown) {
        sendJson(response, 500, errorAnswer(thrown, undefined))
      }
    },
  }
}

function answerUri(
  url: URL,
  response: ServerResponse,
  run: (method: string, params: RpcCall['params']) => unknown,
): void {
  const method = url.pathname.slice(1)
  try {
    sendJson(response, 200, { jsonrpc: '2.0', id: -1, result: run(method, uriParams(url.searchParams)) })
  } catch (thrown) {
    if (thrown instanceof RpcError && thrown.code === -32601) {
      sendText(response, 404, '404 page not found')
    } else {
      sendJson(response, 500, errorAnswer(thrown, -1))
    }
  }
}

/** GET parameters: strings in quotes, bytes in quotes or as 0x hex, numbers and booleans bare. */
function uriParams(search: URLSearchParams): Record<string, unknown> {
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

/** @returns the calls to answer, notifications (no id) left out */
function parseCalls(body: Uint8Array): { calls: RpcCall[]; isBatch: boolean } {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(body).toString('utf8'))
  } catch (cause) {
    throw new RpcError(
      '-32700',
      `error unmarshaling request: ${cause instanceof Error ? cause.message : 'no JSON'}`,
    )
  }
  const isBatch = Array.isArray(parsed)
  const requests: unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  if (requests.length > MAX_BATCH) {
    throw new RpcError('-32600', `batch of ${requests.length} requests exceeds the limit of ${MAX_BATCH}`)
  }
  return { calls: requests.flatMap(parseCall), isBatch }
}

function parseCall(request: unknown): RpcCall[] {
  if (!isObject(request)) throw new RpcError('-32700', 'error unmarshaling request: not an object')
  const { id, method, params } = request
  if (id === undefined || id === null) return []
  if (typeof id !== 'string' && !(typeof id === 'number' && Number.isSafeInteger(id))) {
    throw new RpcError('-32700', 'error unmarshaling request: json-rpc ID is of unknown type')
  }
  if (typeof method !== 'string') throw new RpcError('-32700', 'error unmarshaling request: no method')
  return [{ id, method, params: namedParams(method, params) }]
}

/** Parameters by position become parameters by name; only `abci_query` has any. */
function namedParams(method: string, params: unknown): Record<string, unknown> {
  if (Array.isArray(params) && method === 'abci_query') {
    return Object.fromEntries(['path', 'data', 'height', 'prove'].map((name, index) => [name, params[index]]))
  }
  return isObject(params) ? params : {}
}

function abciQueryParams(params: RpcCall['params']): AbciQuery {
  const { path = '', data = '', height = '0', prove = false } = withoutNull(params)
  if (typeof path !== 'string' || typeof data !== 'string' || typeof prove !== 'boolean') {
    throw new RpcError('-32602', 'error converting json params to arguments: wrong type')
  }
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(data)) {
    throw new RpcError('-32602', 'error converting json params to arguments: data is not hex')
  }
  // CometBFT writes and reads 64-bit integers as strings.
  if (typeof height !== 'string' || !/^-?[0-9]{1,18}$/.test(height)) {
    throw new RpcError(
      '-32602',
      'error converting json params to arguments: invalid 64-bit integer encoding, expected string',
    )
  }
  return { path, data: Buffer.from(data, 'hex'), height: BigInt(height), prove }
}

function abciResponse(answer: ReturnType<typeof abciQuery>): unknown {
  const base64 = (bytes: Uint8Array) => (bytes.length === 0 ? null : Buffer.from(bytes).toString('base64'))
  return {
    code: answer.code,
    log: answer.log,
    info: '',
    index: '0',
    key: base64(answer.key),
    value: base64(answer.value),
    proofOps: null,
    height: String(answer.height),
    codespace: answer.codespace,
  }
}

/** `abci_query /store/remes/key` for the record; several of a batch joined by commas. */
function callInWords(path: string, body: Uint8Array): string | undefined {
  if (body.length === 0) return path.slice(1).split('?')[0] || undefined
  try {
    const { calls } = parseCalls(body)
    return calls
      .map(({ method, params }) =>
        typeof params['path'] === 'string' ? `${method} ${params['path']}` : method,
      )
      .join(', ')
  } catch {
    return undefined
  }
}

function errorAnswer(thrown: unknown, id: RpcId | undefined): unknown {
  if (!(thrown instanceof RpcError)) throw thrown
  const { code, message, data } = thrown
  return {
    jsonrpc: '2.0',
    ...(id === undefined ? {} : { id }),
    error: data === '' ? { code, message } : { code, message, data },
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withoutNull(params: RpcCall['params']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null))
}
