import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Whom nginx asks before it answers: it says yes, later. The bytes themselves do not pass here. */
export async function startDelay(
  milliseconds: number,
): Promise<AsyncDisposable & { readonly hostPort: string }> {
  const server = createServer((_request, response) => {
    setTimeout(() => response.writeHead(204).end(), milliseconds)
  })
  // nginx keeps its connections; one that is closed under it would be an error for somebody.
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    hostPort: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
