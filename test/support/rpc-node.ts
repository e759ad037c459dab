/** A node that answers JSON-RPC as a test says, over real HTTP. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { R3mesError, type Reporter, silentReporter } from '../../src/core/index.ts'
import { type Loopback, listen } from './loopback.ts'

export interface RpcCall {
  readonly id: number
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

async function readCall(request: IncomingMessage): Promise<RpcCall> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** Answers each call by whatever `respond` does with the response. */
export function rawNode(
  respond: (call: RpcCall, response: ServerResponse, request: IncomingMessage) => void,
): Promise<Loopback> {
  return listen((request, response) => {
    void readCall(request).then((call) => respond(call, response, request))
  })
}

export type NodeAnswer = { readonly result: unknown } | { readonly error: unknown; readonly status?: number }

/** Answers each call properly, with the result or error that `answer` gives. */
export function rpcNode(answer: (call: RpcCall) => NodeAnswer): Promise<Loopback> {
  return rawNode((call, response) => {
    const given = answer(call)
    const { status = 200, ...body } = 'error' in given ? given : { ...given, status: 200 }
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, ...body }))
  })
}

/** The result of `status`, as CometBFT sends it. */
export function statusResult(fields: {
  readonly network?: string
  readonly height?: string
  readonly catchingUp?: boolean
}) {
  return {
    node_info: { network: fields.network ?? 'remes-testnet-1' },
    sync_info: {
      latest_block_height: fields.height ?? '50',
      latest_app_hash: 'AB'.repeat(32),
      catching_up: fields.catchingUp ?? false,
    },
  }
}

/** The result of `abci_query`, as CometBFT sends it. */
export function abciResult(fields: Readonly<Record<string, unknown>>) {
  const response = {
    code: 0,
    log: '',
    info: '',
    index: '0',
    key: null,
    value: null,
    proofOps: null,
    height: '49',
    codespace: '',
    ...fields,
  }
  return { response }
}

export function base64(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64')
}

/** A reporter that keeps what it is told. */
export function keepingReporter(): Reporter & { readonly warnings: string[]; readonly notices: string[] } {
  const warnings: string[] = []
  const notices: string[] = []
  return {
    ...silentReporter,
    warnings,
    notices,
    warning: (text) => void warnings.push(text),
    notice: (text) => void notices.push(text),
  }
}

/** The R3mesError that a promise ends with. */
export async function failureOf(work: Promise<unknown>): Promise<R3mesError> {
  const outcome = await work.then(
    () => 'it succeeded',
    (thrown: unknown) => thrown,
  )
  if (outcome instanceof R3mesError) return outcome
  throw new Error(`expected an R3mesError, got: ${String(outcome)}`)
}
