import { randomBytes } from 'node:crypto'
import { setTimeout as disk } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { Buffers, WRITE_BYTES } from '../../src/transfer/buffers.ts'
import { DEFAULT_TIMEOUTS, openDispatchers, systemResolve } from '../../src/transfer/dispatchers.ts'
import { SocketConnection } from '../../src/transfer/socket-connection.ts'
import { anAuthority, anHttpsHost, believe } from '../support/https.ts'

/** Two buffers that fill, and a little more: TLS brings some of it although reading has been stopped. */
const SIZES = Array.from({ length: 16 }, (_, step) => 2 * WRITE_BYTES + step * 4096)
/** Milliseconds of a slow disk: both buffers are full long before the first one is written. */
const WRITE_MS = 30

it('a TLS connection whose body ended while the disk was behind is read on for the next answer', async () => {
  const authority = anAuthority('localhost')
  believe(authority)
  const bytes = randomBytes(Math.max(...SIZES))
  const port = await anHttpsHost(authority, (request, response) => {
    const size = Number(request.url?.slice(1))
    const headers = { 'content-length': size, 'content-range': `bytes 0-${size - 1}/${bytes.length}` }
    response.writeHead(206, headers).end(bytes.subarray(0, size))
  })
  const { connectors } = openDispatchers([], undefined, DEFAULT_TIMEOUTS, systemResolve)
  if (connectors === undefined) throw new TypeError('without a proxy there are connectors')
  const url = new URL(`https://localhost:${port}/`)
  const connection = await SocketConnection.open(
    url,
    connectors.plain,
    { answerMs: 5_000, stallMs: 5_000 },
    new Buffers(),
    AbortSignal.timeout(30_000),
  )
  onTestFinished(() => connection.close())
  for (const size of SIZES) {
    await connection.ask(`GET /${size} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`, 206)
    const written: Buffer[] = []
    let left = size
    await connection.receive({
      wanted: () => left,
      took: (came) => {
        left -= came
      },
      write: async (some) => {
        written.push(Buffer.from(some))
        await disk(WRITE_MS)
      },
    })
    expect(Buffer.concat(written).equals(bytes.subarray(0, size))).toBe(true)
  }
})
