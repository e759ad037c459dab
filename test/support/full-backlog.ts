/**
 * A process that listens and takes no connection: it stands still, and its queue is as short as it can be. Prints its port. Once
 * that queue is full, the kernel answers nobody any more, as where a firewall drops everything.
 */
import { createServer } from 'node:net'

const server = createServer()
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  process.stdout.write(`${address.port}\n`, () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
})
