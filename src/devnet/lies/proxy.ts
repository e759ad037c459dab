import { Recorder } from '../recorder.ts'
import { type Liar, type RunMethod, rpcHost } from '../rpc.ts'
import { isObject, RpcError } from '../rpc-protocol.ts'
import { listen } from '../server.ts'
import { liarFor } from './keyless.ts'
import type { KeylessLie } from './modes.ts'

/** A proxy that lies. */
export interface LyingProxy {
  readonly url: string
  close(): Promise<void>
}

/**
 * Puts a lie before the RPC endpoint of any chain, on a free port of loopback.
 *
 * @param target URL of the honest endpoint
 */
export function lyingProxy(target: string, mode: KeylessLie): Promise<LyingProxy> {
  return proxyFor(
    target,
    liarFor(mode, () => {}),
  )
}

/** Puts a liar before an endpoint. Requests are passed on one by one, so the endpoint's own limits and errors show. */
export async function proxyFor(target: string, liar: Liar): Promise<LyingProxy> {
  const host = rpcHost(askAt(target), () => liar)
  const { url, close } = await listen('rpc', 0, new Recorder(), host)
  return { url, close }
}

function askAt(target: string): RunMethod {
  return async (method, params) => {
    const response = await fetch(target, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    const answer: unknown = await response.json()
    if (!isObject(answer)) throw new RpcError('internal', 'the endpoint behind this one sent no answer')
    const { error, result } = answer
    if (!isObject(error)) return result
    const { code, message, data } = error
    throw new RpcError(
      { code: typeof code === 'number' ? code : -32603, message: String(message) },
      typeof data === 'string' ? data : '',
    )
  }
}
