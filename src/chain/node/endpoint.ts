import type { Dispatcher } from 'undici'
import { R3mesError } from '../../core/index.ts'
import type { NodeStatus } from './answers.ts'
import { batchingClient } from './batching.ts'
import { type JsonRpcClient, jsonRpcClient } from './json-rpc.ts'
import { type LightBlockProvider, lightBlockProvider } from './light-blocks.ts'

/** One node that can be asked. */
export interface Endpoint {
  readonly url: URL
  readonly client: JsonRpcClient
  readonly provider: LightBlockProvider
}

export interface EndpointOptions {
  readonly dispatcher: Dispatcher
  /** For one request, in milliseconds. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export function openEndpoint(url: URL, options: EndpointOptions): Endpoint {
  const client = batchingClient(jsonRpcClient({ url, ...options }))
  return { url, client, provider: lightBlockProvider(client) }
}

const CHAIN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** @returns undefined when the node serves the chain */
export function foreignChain(endpoint: string, status: NodeStatus, chainId: string): R3mesError | undefined {
  if (status.network === chainId) return undefined
  const served = CHAIN_ID.test(status.network) ? `the chain ${status.network}` : 'another chain'
  return new R3mesError(
    'CHAIN_ID_MISMATCH',
    `The RPC endpoint ${endpoint} serves ${served}, but ${chainId} was asked for. Correct \`chain-id\` or \`rpc-urls\`.`,
    { detail: status.network },
  )
}

/** Weight of a failure among those of several endpoints: what may be an attack or a mistaken request comes first. */
function weight(failure: R3mesError): number {
  if (failure.code === 'CHAIN_ID_MISMATCH') return 2
  return failure.errorClass === 'trust' ? 1 : 0
}

/**
 * One error for all endpoints that failed, the weightiest one's code first.
 *
 * @throws TypeError when there is none, which is a bug of the caller
 */
export function noEndpointLeft(failures: readonly R3mesError[]): R3mesError {
  const [first] = failures
  if (first === undefined) throw new TypeError('noEndpointLeft needs at least one failure')
  if (failures.length === 1) return first
  const weightiest = failures.reduce((best, each) => (weight(each) > weight(best) ? each : best), first)
  // Two primaries may fail for one reason, such as a third endpoint that is behind both: it is said once.
  const said = [...new Map(failures.map((failure) => [`${failure.code}: ${failure.message}`, failure]))]
  const lines = said.map(([line]) => line)
  const problems = said.map(([, failure]) => failure)
  return new R3mesError(
    weightiest.code,
    `None of the ${failures.length} RPC endpoints could be read. ${lines.join(' ')}`,
    { problems, detail: problems.map((failure) => failure.detail ?? '').join('\n') },
  )
}
