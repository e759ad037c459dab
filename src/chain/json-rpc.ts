/**
 * A small strict JSON-RPC 2.0 client. Every byte of an answer is the endpoint's to choose, so nothing is taken for
 * granted: size, time, form and id are checked before anyone reads the result.
 */
import { randomInt } from 'node:crypto'
import { type Dispatcher, request } from 'undici'
import { R3mesError } from '../core/index.ts'

/** What the endpoint answered: a result, or an error in the protocol's own form. */
export type RpcAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: number; readonly text: string }

export interface JsonRpcClient {
  /** The endpoint's origin: no path, query or credentials. */
  readonly endpoint: string
  /**
   * @throws R3mesError `CHAIN_UNREACHABLE` when no answer came in time, `CHAIN_RESPONSE_INVALID` when it is no answer to
   * this call. The reason of the caller's own signal when that was aborted.
   */
  call(method: string, params: Readonly<Record<string, unknown>>): Promise<RpcAnswer>
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
export function jsonRpcClient(options: JsonRpcOptions): JsonRpcClient {
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

  async function exchange(payload: string, deadline: AbortSignal): Promise<{ status: number; text: string }> {
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

  return {
    endpoint,
    async call(method, params) {
      signal?.throwIfAborted()
      const id = nextId
      nextId += 1
      const deadline = AbortSignal.timeout(timeoutMs)
      let received: { status: number; text: string }
      try {
        received = await exchange(JSON.stringify({ jsonrpc: '2.0', id, method, params }), deadline)
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
      const answer = readAnswer(parseJson(received.text), id)
      if (typeof answer !== 'string') return answer
      const excerpt = received.text.slice(0, 1000)
      // CometBFT sends its errors as JSON-RPC under HTTP 500; any other failing status comes from something before it.
      if (received.status >= 400) {
        throw unreachable(`answered HTTP ${received.status}`, { detail: excerpt })
      }
      throw invalid(`sent an answer that ${answer}`, excerpt)
    },
  }
}
