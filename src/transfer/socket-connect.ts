/**
 * How a connection of our own is made, and how it is said that one was lost.
 */
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

/** A connection that is gone, with the code that makes it a failure of the network. */
export function lost(reason: string): Error {
  return Object.assign(new Error(reason), { code: 'ECONNRESET' })
}

/**
 * Makes the connection, as the connector's rules say.
 *
 * @throws what the connector threw; the signal's reason
 */
export async function connected(
  connector: buildConnector.connector,
  url: URL,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  const { hostname, host, protocol, port } = url
  connector({ hostname: hostname.replace(/^\[(.*)\]$/, '$1'), host, protocol, port }, (error, socket) => {
    // After a failure there is no socket at all, whatever the type says.
    if (!socket) reject(error ?? lost('no connection was made'))
    else if (signal.aborted) socket.destroy()
    else resolve(socket)
  })
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
