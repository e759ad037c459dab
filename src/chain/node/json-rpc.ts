/**
 * A small strict JSON-RPC 2.0 client. Every byte of an answer is the endpoint's to choose, so nothing is taken for
 * granted: size, time, form and id are checked before anyone reads the result.
 */
import { randomInt } from 'node:crypto'
import { type Dispatcher, request } from 'undici'
import { R3mesError } from '../../core/index.ts'

/** What the endpoint answered: a result, or an error in the protocol's own form. */
export type RpcAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: number; readonly text: string }

export interface RpcCall {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface JsonRpcClient {
  /** The endpoint's origin: no path, query or credentials. */
  readonly endpoint: string
  /**
   * @throws R3mesError `CHAIN_UNREACHABLE` when no answer came in time, `CHAIN_RESPONSE_INVALID` when it is no answer to
   * this call. The reason of the caller's own signal when that was aborted.
   */
  call(method: string, params: RpcCall['params']): Promise<RpcAnswer>
}

/** A client that can also ask several things in one request. */
export interface BatchJsonRpcClient extends JsonRpcClient {
  /**
   * The answers in the order of the calls; `refused` when the endpoint took none of them because they came together.
   *
   * @throws R3mesError as {@link JsonRpcClient.call}; `CHAIN_RESPONSE_INVALID` also when any call has no answer, or two
   */
  batch(calls: readonly RpcCall[]): Promise<readonly RpcAnswer[] | 'refused'>
}

export interface JsonRpcOptions {
  readonly url: URL
  readonly dispatcher: Dispatcher
  /** For one whole call, in milliseconds. */
  readonly timeoutMs?: number
  /** Largest body that is read, in bytes. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

/** Codes of OpenSSL and Node for certificates that nobody we trust has signed, or that are another host's. */
const UNTRUSTED =
  /^(?:ERR_TLS_CERT_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|HOSTNAME_MISMATCH)/

/** Statuses by which servers refuse what they do not want; overload (429, 502 to 504) is something else. */
const REFUSING = new Set([400, 403, 404, 405, 413, 415, 422, 500, 501])

/** What is kept of a node's words, in characters: they are for people, and are searched for what they mean. */
const MAX_WORDS = 4000

/** The text a thrown network error carries; its code when the text is empty. */
function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const code = 'code' in thrown ? String(thrown.code) : ''
  return [code, thrown.message].filter((part) => part !== '').join(': ')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Why the body is no answer to the call `id`, or the answer. */
function readAnswer(body: unknown, id: number): RpcAnswer | string {
  if (!isObject(body)) return 'is not one JSON object'
  if (body['jsonrpc'] !== '2.0') return 'does not say JSON-RPC 2.0'
  if (body['id'] !== id) return 'carries another id than the request'
  const { result, error } = body
  const hasResult = result !== undefined && result !== null
  const hasError = error !== undefined && error !== null
  if (hasResult === hasError) return 'must carry either a result or an error'
  if (hasResult) return { ok: true, result }
  if (!isObject(error) || typeof error['code'] !== 'number' || typeof error['message'] !== 'string') {
    return 'carries an error without code or message'
  }
  return { ok: false, code: error['code'], text: wordsOf(error['message'], error['data']) }
}

/** Why the body is no answer to exactly the calls with these ids, or the answers in their order. */
function readAnswers(body: readonly unknown[], ids: readonly number[]): readonly RpcAnswer[] | string {
  if (body.length !== ids.length) return `has ${body.length} answers to ${ids.length} calls`
  const byId = new Map(body.map((each) => [isObject(each) ? each['id'] : undefined, each]))
  const answers: RpcAnswer[] = []
  for (const id of ids) {
    const answer = byId.has(id) ? readAnswer(byId.get(id), id) : 'lacks the answer to one of the calls'
    if (typeof answer === 'string') return answer
    answers.push(answer)
  }
  return answers
}

/** What a server says that takes no requests in bulk, or fewer: one error for all of them, or none in the protocol's form. */
function isRefusal(status: number, body: unknown): boolean {
  const isOneError = isObject(body) && isObject(body['error'])
  return isOneError || REFUSING.has(status)
}

/** An error's message and its data: text in CometBFT's errors. Other data may be nested too deep to be written. */
function wordsOf(message: string, data: unknown): string {
  const isPlain = data === null || typeof data !== 'object'
  const shown = isPlain ? JSON.stringify(typeof data === 'string' ? data.slice(0, MAX_WORDS) : data) : '{…}'
  return `${message}${data === undefined ? '' : `: ${shown}`}`.slice(0, MAX_WORDS)
}

/** Credentials of the URL as a header, since an HTTP client does not send them by itself. */
function authorization(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {}
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

interface Received {
  readonly status: number
  readonly text: string
}

async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    // Leaving the loop destroys the body, so the rest is never received.
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size).toString('utf8')
}

/** A client for one endpoint. Redirects are refused: the endpoint that was typed is the one that is asked. */
export function jsonRpcClient(options: JsonRpcOptions): BatchJsonRpcClient {
  const { url, dispatcher, timeoutMs = 10_000, maxBytes = 16 * 1024 * 1024, signal } = options
  const endpoint = url.origin
  const target = new URL(url)
  target.username = ''
  target.password = ''
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'accept-encoding': 'identity',
    ...authorization(url),
  }
  let nextId = randomInt(1, 2 ** 40)

  const unreachable = (what: string, more: { cause?: unknown; detail?: string } = {}) =>
    new R3mesError(
      'CHAIN_UNREACHABLE',
      `The RPC endpoint ${endpoint} ${what}. Check the address and the network, or name another endpoint in \`rpc-urls\`.`,
      more,
    )
  const invalid = (what: string, detail?: string) =>
    new R3mesError(
      'CHAIN_RESPONSE_INVALID',
      `The RPC endpoint ${endpoint} ${what}. Check that it is a CometBFT RPC address, or name another one in \`rpc-urls\`.`,
      detail === undefined ? {} : { detail },
    )

  async function send(payload: string, deadline: AbortSignal): Promise<Received> {
    const answer = await request(target, {
      dispatcher,
      method: 'POST',
      headers,
      body: payload,
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    })
    // A body that is left early fails once more, when nobody reads it: without a listener that would end the process.
    answer.body.on('error', () => {})
    if (answer.statusCode >= 300 && answer.statusCode < 400) {
      answer.body.destroy()
      throw invalid(`answered with a redirect (HTTP ${answer.statusCode}), which is never followed`)
    }
    const text = await readBody(answer.body, maxBytes)
    if (text === undefined) throw invalid(`sent an answer of more than ${maxBytes} bytes`)
    return { status: answer.statusCode, text }
  }

  async function exchange(payload: unknown): Promise<Received> {
    signal?.throwIfAborted()
    const deadline = AbortSignal.timeout(timeoutMs)
    try {
      return await send(JSON.stringify(payload), deadline)
    } catch (thrown) {
      signal?.throwIfAborted()
      if (thrown instanceof R3mesError) throw thrown
      if (deadline.aborted) throw unreachable(`did not answer within ${timeoutMs} ms`, { cause: thrown })
      const detail = describeThrown(thrown)
      throw UNTRUSTED.test(detail)
        ? unreachable(
            'shows a certificate that is not trusted. If it belongs to your own certificate authority, name its file in NODE_EXTRA_CA_CERTS; otherwise do not use it',
            { cause: thrown, detail },
          )
        : unreachable('cannot be reached', { cause: thrown, detail })
    }
  }

  /** CometBFT sends its errors as JSON-RPC under HTTP 500; any other failing status comes from something before it. */
  function unusable({ status, text }: Received, why: string): R3mesError {
    const excerpt = text.slice(0, 1000)
    return status >= 400
      ? unreachable(`answered HTTP ${status}`, { detail: excerpt })
      : invalid(`sent an answer that ${why}`, excerpt)
  }

  /** The call with an id of its own. */
  function numbered({ method, params }: RpcCall) {
    const id = nextId
    nextId += 1
    return { jsonrpc: '2.0', id, method, params }
  }

  async function call(method: string, params: RpcCall['params']): Promise<RpcAnswer> {
    const asked = numbered({ method, params })
    const received = await exchange(asked)
    const answer = readAnswer(parseJson(received.text), asked.id)
    if (typeof answer === 'string') throw unusable(received, answer)
    return answer
  }

  return {
    endpoint,
    call,
    async batch(calls) {
      const [only, ...others] = calls
      if (only === undefined) return []
      // CometBFT answers a batch of one without the brackets, so one call is asked for as one.
      if (others.length === 0) return [await call(only.method, only.params)]
      const asked = calls.map(numbered)
      const received = await exchange(asked)
      const body = parseJson(received.text)
      if (!Array.isArray(body)) {
        if (isRefusal(received.status, body)) return 'refused'
        throw unusable(received, 'is no list of answers')
      }
      const answers = readAnswers(
        body,
        asked.map(({ id }) => id),
      )
      if (typeof answers === 'string') throw unusable(received, answers)
      return answers
    },
  }
}
