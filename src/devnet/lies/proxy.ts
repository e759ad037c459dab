import { Recorder } from '../recorder.ts'
import { type RunMethod, rpcHost } from '../rpc.ts'
import { isObject, RpcError } from '../rpc-protocol.ts'
import { listen } from '../server.ts'
import { liarFor } from './keyless.ts'
import type { KeylessLie } from './modes.ts'

/**
 * Puts a lie before the RPC endpoint of any chain, on a free port of loopback. Requests are passed on one by one, so the
 * endpoint's own limits and errors show.
 *
 * @param target URL of the honest endpoint
 */
export async function lyingProxy(
  target: string,
  mode: KeylessLie,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const liar = liarFor(mode, () => {})
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
