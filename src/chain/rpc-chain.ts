/** Reading a chain by believing one endpoint (`trust: rpc`): the first of those named that answers as it should. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { R3mesError, type Reporter } from '../core/index.ts'
import { answeredWrongly } from './node/answered-wrongly.ts'
import { checkStatus, type NodeStatus } from './node/answers.ts'
import { foreignChain, noEndpointLeft, openEndpoint } from './node/endpoint.ts'
import type { JsonRpcClient } from './node/json-rpc.ts'
import { StoreReadsRefused } from './node/store-query.ts'
import { type ChainView, rpcStoreReader } from './store-reader.ts'
import type { StoreReader } from './types.ts'

/** How often a height that the node no longer holds, or not yet, is replaced by a newer one. */
const NEWER_HEIGHTS = 3

export interface RpcChainOptions {
  /** In the order to ask. See `parseRpcUrls`. */
  readonly urls: readonly URL[]
  readonly chainId: string
  readonly dispatcher: Dispatcher
  readonly reporter: Reporter
  readonly signal?: AbortSignal
  /** For one call, in milliseconds. */
  readonly timeoutMs?: number
  /** Pause before a newer height is asked for, in milliseconds: about the time a block takes to spread. */
  readonly newerHeightAfterMs?: number
  /** A reader for nodes that refuse store reads. It may answer less, and says so with `CHAIN_RESPONSE_INVALID`. */
  readonly fallbackReader?: (view: ChainView) => Promise<StoreReader<'rpc'>>
}

async function readStatus(client: JsonRpcClient): Promise<NodeStatus> {
  const answer = await client.call('status', {})
  if (!answer.ok) throw answeredWrongly(client.endpoint, '`status` failed', answer.text)
  const checked = checkStatus(answer.result)
  if (!checked.ok) throw answeredWrongly(client.endpoint, checked.why)
  return checked.value
}

/** State is read one below the newest height, since the header above a state is the one that proves it. */
function viewOf(client: JsonRpcClient, status: NodeStatus, options: RpcChainOptions): ChainView {
  const foreign = foreignChain(client.endpoint, status, options.chainId)
  if (foreign !== undefined) throw foreign
  if (status.latestHeight < 2n) {
    throw new R3mesError(
      'CHAIN_RESPONSE_INVALID',
      `The chain at ${client.endpoint} is at height ${status.latestHeight}; records can be read from height 2 on. Wait for its first blocks.`,
    )
  }
  return {
    client,
    chainId: status.network,
    height: status.latestHeight - 1n,
    appHash: status.latestAppHash === '' ? undefined : status.latestAppHash.toUpperCase(),
  }
}

async function readAt<T>(
  view: ChainView,
  options: RpcChainOptions,
  read: (reader: StoreReader<'rpc'>) => Promise<T>,
): Promise<T> {
  try {
    return await read(rpcStoreReader(view))
  } catch (thrown) {
    if (!(thrown instanceof StoreReadsRefused) || options.fallbackReader === undefined) throw thrown
    options.reporter.notice(
      `The RPC endpoint ${view.client.endpoint} refuses raw store reads. Its Query service is asked instead.`,
    )
    return read(await options.fallbackReader(view))
  }
}

async function readFromEndpoint<T>(
  url: URL,
  options: RpcChainOptions,
  read: (reader: StoreReader<'rpc'>) => Promise<T>,
): Promise<T> {
  const { dispatcher, reporter, signal, timeoutMs, newerHeightAfterMs = 1000 } = options
  const { client } = openEndpoint(url, {
    dispatcher,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal === undefined ? {} : { signal }),
  })
  for (let newer = 0; ; newer += 1) {
    const status = await readStatus(client)
    const view = viewOf(client, status, options)
    if (status.catchingUp) {
      reporter.warning(
        `The RPC endpoint ${client.endpoint} is still catching up with the chain. What it says at height ${view.height} may be old.`,
      )
    }
    try {
      return await readAt(view, options, read)
    } catch (thrown) {
      const isPruned = thrown instanceof R3mesError && thrown.code === 'HEIGHT_PRUNED'
      if (!isPruned || newer === NEWER_HEIGHTS) throw thrown
      reporter.debug(`Height ${view.height} is not held by ${client.endpoint}; a newer one is asked for.`)
      await delay(newerHeightAfterMs, undefined, signal === undefined ? {} : { signal })
    }
  }
}

/** What is wrong with this endpoint, so that the next may be asked; anything else ends the read. */
function isEndpointFailure(thrown: unknown): thrown is R3mesError {
  return (
    thrown instanceof R3mesError && (thrown.errorClass === 'chain' || thrown.code === 'CHAIN_ID_MISMATCH')
  )
}

/**
 * Runs `read` against the first endpoint that serves the asked chain and answers as it should. `read` may run again on
 * another endpoint or at a newer height, so it must have no effects of its own.
 *
 * @throws R3mesError `CHAIN_ID_MISMATCH`, `CHAIN_UNREACHABLE`, `CHAIN_RESPONSE_INVALID`, `HEIGHT_PRUNED` when no endpoint
 * is left, with one problem for each; whatever else `read` throws, as it is.
 */
export async function readFromChain<T>(
  options: RpcChainOptions,
  read: (reader: StoreReader<'rpc'>) => Promise<T>,
): Promise<T> {
  const { urls, reporter, signal } = options
  const failures: R3mesError[] = []
  for (const url of urls) {
    try {
      return await readFromEndpoint(url, options, read)
    } catch (thrown) {
      signal?.throwIfAborted()
      if (!isEndpointFailure(thrown)) throw thrown
      failures.push(thrown)
      if (failures.length < urls.length) reporter.warning(`${thrown.message} The next endpoint is asked.`)
    }
  }
  throw noEndpointLeft(failures)
}
