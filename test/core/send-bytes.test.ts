import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type ReadPiece, sendBytes } from '../../src/core/index.ts'
import { type Loopback, listen } from '../support/loopback.ts'

const BYTES = randomBytes(1_000_003)

const servers: Loopback[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

/** A host that answers with this part; `sent` settles as the sending did. */
async function aHost(read: ReadPiece, part = { start: 0, end: BYTES.length }) {
  const { promise: sent, resolve } = Promise.withResolvers<unknown>()
  const host = await listen((_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-length': part.end - part.start })
    sendBytes(response, part, read).then(
      () => resolve('sent'),
      (error: unknown) => {
        response.destroy()
        resolve(error)
      },
    )
  })
  servers.push(host)
  return { url: host.url, sent }
}

const bodyOf = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer())

/** Into the memory it is given, as a file is read. */
const copied: ReadPiece = (memory, at) => memory.subarray(0, BYTES.copy(memory, 0, at))

describe('a body', () => {
  it.each<[string, ReadPiece]>([
    ['at once', copied],
    ['after a while', async (memory, at) => copied(memory, at)],
    ['in fewer bytes than fit', (memory, at) => copied(memory.subarray(0, 1 + (at % 777)), at)],
    ['in memory of the reader', (memory, at) => BYTES.subarray(at, at + memory.length)],
  ])('is sent whole when it is read %s', async (_how, read) => {
    const { url, sent } = await aHost(read)
    expect((await bodyOf(url)).equals(BYTES)).toBe(true)
    expect(await sent).toBe('sent')
  })

  it('is the part that was asked for and no byte more', async () => {
    for (const [start, end] of [
      [0, 1],
      [131_071, 131_073],
      [5, 999_999],
      [1_000_002, 1_000_003],
      [7, 7],
    ] as const) {
      const { url } = await aHost(copied, { start, end })
      expect((await bodyOf(url)).equals(BYTES.subarray(start, end))).toBe(true)
    }
  })

  it('that is shorter than it was announced ends the connection', async () => {
    const { url, sent } = await aHost((memory, at) => (at < 500_000 ? copied(memory, at) : new Uint8Array()))
    await expect(bodyOf(url)).rejects.toThrow()
    expect(await sent).toBe('sent')
  })

  it('that cannot be read on fails as the reading did', async () => {
    const failure = new Error('the disk is gone')
    const { url, sent } = await aHost((memory, at) => {
      if (at >= 500_000) throw failure
      return copied(memory, at)
    })
    await expect(bodyOf(url)).rejects.toThrow()
    expect(await sent).toBe(failure)
  })

  it('stops being read when the client hangs up', async () => {
    let read = 0
    const endless = { start: 0, end: Number.MAX_SAFE_INTEGER }
    const { url, sent } = await aHost((memory) => {
      read += memory.length
      return memory
    }, endless)
    const client = request(url).end()
    const [answer] = (await once(client, 'response')) as [IncomingMessage]
    await once(answer, 'readable')
    answer.destroy()
    expect(await sent).toBeInstanceOf(Error)
    const before = read
    await bodyOf((await aHost(copied)).url)
    expect(read).toBe(before)
  })
})
