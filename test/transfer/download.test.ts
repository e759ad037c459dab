import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Expected, silentReporter } from '../../src/core/index.ts'
import { receive } from '../../src/transfer/receive.ts'
import { sha256Of } from '../support/digest.ts'
import { aReporter } from '../support/store.ts'
import {
  aHost,
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  partialPath,
  serving,
  withoutSize,
} from '../support/transfer.ts'

/** Answers the first requests one way and all others another way. */
function first(times: number, then: RequestListener, afterwards: RequestListener): RequestListener {
  let left = times
  return (request, response) => {
    left -= 1
    if (left >= 0) then(request, response)
    else afterwards(request, response)
  }
}

const status =
  (code: number, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(code, headers).end('no')
  }

/** A host that answers every connection with a beginning, and then with drop after drop. */
async function aDrippingHost(beginning: string, drop: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.write(beginning)
    const dripping = setInterval(() => socket.write(drop), 10)
    socket.on('close', () => clearInterval(dripping))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('download', () => {
  it('puts the approved bytes into the file, which only this user may read', async () => {
    const { bytes, expected } = approvedBytes(3_000_000)
    const host = await aHost(serving(bytes))
    const path = await partialPath()
    const progress: number[] = []
    const file = await aNetwork().download(configured(`${host.url}/f`), expected, path, {
      onProgress: (count) => progress.push(count),
    })
    expect(file).toEqual({ path, sha256: expected.sha256, size: bytes.length })
    expect(bytes.equals(await readFile(path))).toBe(true)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(progress.at(-1)).toBe(bytes.length)
    expect(host.requests[0]?.headers['accept-encoding']).toBe('identity')
  })

  it('says of how many bytes: the approved ones, else those that the host announces, else nothing', async () => {
    const { bytes, expected } = approvedBytes()
    const announcing = await aHost(serving(bytes))
    const silent = await aHost((_request, response) => {
      response.write(bytes.subarray(0, 10))
      response.end(bytes.subarray(10))
    })
    const totalOf = async (url: string, wanted: Expected): Promise<number | undefined> => {
      const totals: (number | undefined)[] = []
      await aNetwork().download(configured(url), wanted, await partialPath(), {
        onProgress: (_bytes, total) => totals.push(total),
      })
      return totals.at(-1)
    }
    const unsized = { sha256: expected.sha256 }
    expect(await totalOf(silent.url, expected)).toBe(bytes.length)
    expect(await totalOf(announcing.url, unsized)).toBe(bytes.length)
    expect(await totalOf(silent.url, unsized)).toBeUndefined()
  })

  it('brings an empty file and a chunked one of unknown size', async () => {
    const empty = approvedBytes(0)
    const emptyHost = await aHost(serving(empty.bytes))
    const network = aNetwork()
    const file = await network.download(configured(emptyHost.url), empty.expected, await partialPath())
    expect(file.size).toBe(0)
    const chunked = approvedBytes()
    const chunkedHost = await aHost((_request, response) => {
      response.write(chunked.bytes.subarray(0, 1000))
      response.end(chunked.bytes.subarray(1000))
    })
    const same = await network.download(
      configured(chunkedHost.url),
      withoutSize(chunked),
      await partialPath(),
    )
    expect(same.size).toBe(chunked.bytes.length)
  })

  it('overwrites what an earlier attempt left', async () => {
    const { bytes, expected } = approvedBytes(1000)
    const host = await aHost(serving(bytes))
    const path = await partialPath()
    await writeFile(path, Buffer.alloc(5000))
    await aNetwork().download(configured(host.url), expected, path)
    expect(bytes.equals(await readFile(path))).toBe(true)
  })

  it('does not follow a symbolic link in the place of the partial file', async () => {
    const { bytes, expected } = approvedBytes(1000)
    const host = await aHost(serving(bytes))
    const path = await partialPath()
    const victim = join(dirname(path), 'victim')
    await writeFile(victim, 'mine')
    await symlink(victim, path)
    const error = await errorOf(aNetwork().download(configured(host.url), expected, path))
    expect(error.code).toBe('STORE_UNSAFE')
    expect(await readFile(victim, 'utf8')).toBe('mine')
  })

  it('asks for a slice as a range and takes exactly that', async () => {
    const pack = approvedBytes(10_000)
    const slice = { start: 1000, length: 500 }
    const wanted = pack.bytes.subarray(1000, 1500)
    const host = await aHost((_request, response) => {
      response.writeHead(206, { 'content-range': 'bytes 1000-1499/10000', 'content-length': 500 })
      response.end(wanted)
    })
    const file = await aNetwork().download(
      configured(host.url, { slice }),
      { sha256: sha256Of(wanted), size: 500 },
      await partialPath(),
    )
    expect(file.size).toBe(500)
    expect(host.requests[0]?.headers.range).toBe('bytes=1000-1499')
  })

  it.each([
    ['another range', 206, { 'content-range': 'bytes 0-499/10000' }],
    ['no range', 206, {}],
    ['several ranges', 206, { 'content-type': 'multipart/byteranges; boundary=x' }],
    ['the whole body', 200, {}],
    ['an unsatisfied range', 416, { 'content-range': 'bytes */100' }],
  ])('refuses %s as the answer to a slice, and does not ask again', async (_what, code, headers) => {
    const { bytes, expected } = approvedBytes(500)
    const host = await aHost((_request, response) => {
      response.writeHead(code, headers)
      response.end(bytes)
    })
    const path = await partialPath()
    const origin = configured(host.url, { slice: { start: 1000, length: 500 } })
    expect((await errorOf(aNetwork().download(origin, expected, path))).code).toBe('SOURCES_EXHAUSTED')
    expect(host.requests).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })

  it('refuses a part of the file when the whole was asked for', async () => {
    const { bytes, expected } = approvedBytes(500)
    const host = await aHost((_request, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-499/500' })
      response.end(bytes)
    })
    const error = await errorOf(aNetwork().download(configured(host.url), expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
  })

  it('names wrong bytes of the right length, removes them and never asks that origin again', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost(serving(Buffer.from(bytes).fill(7, 1000, 1001)))
    const path = await partialPath()
    const error = await errorOf(aNetwork().download(configured(host.url), expected, path))
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(host.requests).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })

  it.each([1, -1])('refuses a Content-Length that is off by %i before it reads the body', async (by) => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost((_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length + by })
      // Nothing follows: whoever waits for the body waits for ever.
      response.flushHeaders()
    })
    const path = await partialPath()
    const error = await errorOf(aNetwork().download(configured(host.url), expected, path))
    expect(error.code).toBe('SIZE_MISMATCH')
    expect(host.requests).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    ['past the approved size', 'SIZE_MISMATCH'],
    ['past max-artifact-size when no size is approved', 'ARTIFACT_TOO_LARGE'],
  ])('cuts off an endless body %s', async (_when, code) => {
    const approved = approvedBytes()
    const cutOff = Promise.withResolvers<void>()
    const host = await aHost((_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(approved.bytes));
      }
      response.on('drain', pour)
      response.on('close', cutOff.resolve)
      pour()
    })
    const path = await partialPath()
    const expected = code === 'SIZE_MISMATCH' ? approved.expected : withoutSize(approved)
    const network = aNetwork({ maxArtifactSize: 1_000_000 })
    expect((await errorOf(network.download(configured(host.url), expected, path))).code).toBe(code)
    await cutOff.promise
    expect(existsSync(path)).toBe(false)
    expect(host.requests).toHaveLength(1)
  })

  it('asks nobody for a file whose approved size is over the limit', async () => {
    const { bytes, expected } = approvedBytes(2000)
    const host = await aHost(serving(bytes))
    const origin = configured(host.url)
    const overall = aNetwork({ maxArtifactSize: 1999 }).download(origin, expected, await partialPath())
    expect((await errorOf(overall)).code).toBe('ARTIFACT_TOO_LARGE')
    const own = aNetwork().download(origin, expected, await partialPath(), { limit: 1999 })
    expect((await errorOf(own)).code).toBe('ARTIFACT_TOO_LARGE')
    expect(host.requests).toHaveLength(0)
  })

  it('refuses an announced length over the limit before it reads the body', async () => {
    const approved = approvedBytes(2000)
    const host = await aHost((_request, response) => {
      response.writeHead(200, { 'content-length': 2000 })
      response.flushHeaders()
    })
    const network = aNetwork({ maxArtifactSize: 1999 })
    const fetching = network.download(configured(host.url), withoutSize(approved), await partialPath())
    expect((await errorOf(fetching)).code).toBe('ARTIFACT_TOO_LARGE')
  })

  it('asks again after a connection that broke in the middle', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost(
      first(
        1,
        (_request, response) => {
          response.writeHead(200, { 'content-length': bytes.length })
          response.write(bytes.subarray(0, 1000), () => response.destroy())
        },
        serving(bytes),
      ),
    )
    const file = await aNetwork().download(configured(host.url), expected, await partialPath())
    expect(file.size).toBe(bytes.length)
    expect(host.requests).toHaveLength(2)
  })

  it('takes a body that ends early for a lost connection, and gives up after its retries', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost((_request, response) => {
      response.write(bytes.subarray(0, 1000))
      response.end()
    })
    const path = await partialPath()
    const error = await errorOf(aNetwork().download(configured(host.url), expected, path))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain(`1000 of ${bytes.length} bytes`)
    expect(host.requests).toHaveLength(3)
    expect(existsSync(path)).toBe(false)
  })

  it('asks again after a 500, and says so', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost(first(2, status(500), serving(bytes)))
    const reporter = aReporter()
    const network = aNetwork({ reporter })
    await network.download(configured(host.url), expected, await partialPath())
    expect(host.requests).toHaveLength(3)
    expect(reporter.lines.filter(({ text }) => text.includes('status 500'))).toHaveLength(2)
  })

  it('comes back to a host that said 429 no earlier than it asked, with no other file either', async () => {
    const { bytes, expected } = approvedBytes(1000)
    const times: number[] = []
    const told = Promise.withResolvers<void>()
    const host = await aHost((request, response) => {
      times.push(performance.now())
      if (times.length > 1) serving(bytes)(request, response)
      else status(429, { 'retry-after': '1' })(request, response)
    })
    const reporter = { ...silentReporter, debug: () => told.resolve() }
    const network = aNetwork({ reporter })
    const one = network.download(configured(`${host.url}/a`), expected, await partialPath())
    await told.promise
    await network.download(configured(`${host.url}/b`), expected, await partialPath())
    await one
    const [asked = 0, ...later] = times
    expect(later).toHaveLength(2)
    expect(later.every((time) => time - asked >= 1000)).toBe(true)
  })

  it('says before a long wait why it waits, so that the log does not look like one that hangs', async () => {
    const { expected } = approvedBytes()
    const host = await aHost(status(429, { 'retry-after': '60' }))
    const said = Promise.withResolvers<string>()
    const network = aNetwork({ reporter: { ...silentReporter, info: said.resolve } })
    const stop = new AbortController()
    const path = await partialPath()
    const download = network.download(configured(host.url), expected, path, { signal: stop.signal })
    expect(await said.promise).toMatch(/429.*Asking again in 60\.0 s/)
    stop.abort()
    await expect(download).rejects.toThrow()
  })

  it('gives up a host at once that wants a longer pause than is bearable, and leaves it alone', async () => {
    const { expected } = approvedBytes()
    const host = await aHost(status(429, { 'retry-after': '3600' }))
    const network = aNetwork()
    const error = await errorOf(network.download(configured(host.url), expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain('3600 s')
    const again = await errorOf(network.download(configured(`${host.url}/b`), expected, await partialPath()))
    expect(again.code).toBe('SOURCES_EXHAUSTED')
    expect(host.requests).toHaveLength(1)
  })

  it.each([404, 410, 451, 400, 204, 304, 501])('does not ask again after status %i', async (code) => {
    const { expected } = approvedBytes()
    const host = await aHost((_request, response) => {
      response.writeHead(code).end()
    })
    const error = await errorOf(aNetwork().download(configured(host.url), expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(host.requests).toHaveLength(1)
  })

  it('calls a 401 and a gated hub AUTH_REQUIRED, with what the hub said in the detail only', async () => {
    const { expected } = approvedBytes()
    const gated = await aHost(status(403, { 'x-error-code': 'GatedRepo' }))
    const closed = await aHost(status(401))
    const network = aNetwork()
    const hub = configured(gated.url, { source: 'huggingface' })
    const error = await errorOf(network.download(hub, expected, await partialPath()))
    expect(error.code).toBe('AUTH_REQUIRED')
    expect(error.message).toContain('hf-token')
    expect(error.message).not.toContain('GatedRepo')
    expect(error.detail).toContain('GatedRepo')
    const other = await errorOf(network.download(configured(closed.url), expected, await partialPath()))
    expect(other.code).toBe('AUTH_REQUIRED')
  })

  it('counts a plain 403 of a web host as not having the file', async () => {
    const { expected } = approvedBytes()
    const host = await aHost(status(403))
    const error = await errorOf(aNetwork().download(configured(host.url), expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
  })

  it('refuses a compressed body that it did not ask for', async () => {
    const { bytes, expected } = approvedBytes()
    const zipped = gzipSync(bytes)
    const host = await aHost((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': zipped.length })
      response.end(zipped)
    })
    const error = await errorOf(aNetwork().download(configured(host.url), expected, await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain('compressed')
    expect(host.requests).toHaveLength(1)
  })

  it.each(['headers', 'body'])('gives up a host whose %s do not come, and asks again', async (what) => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost(
      first(
        1,
        (_request, response) => {
          if (what === 'headers') return
          response.writeHead(200, { 'content-length': bytes.length })
          response.write(bytes.subarray(0, 1000))
        },
        serving(bytes),
      ),
    )
    const network = aNetwork({ timeouts: { firstByteMs: 150, stallMs: 150 } })
    const file = await network.download(configured(host.url), expected, await partialPath())
    expect(file.size).toBe(bytes.length)
    expect(host.requests).toHaveLength(2)
  })

  const hint = 'HTTP/1.1 103 Early Hints\r\n\r\n'
  it.each([
    ['informational answers without end', 'said nothing', hint, hint],
    ['a body byte by byte', 'next to nothing', 'HTTP/1.1 200 OK\r\n\r\n', 'x'],
  ])('gives up a host that sends %s', async (_what, words, beginning, drop) => {
    const { expected } = approvedBytes()
    const host = await aDrippingHost(beginning, drop)
    const network = aNetwork({
      timeouts: { connectMs: 100, firstByteMs: 100, stallMs: 150 },
      retryPolicy: { retries: 0 },
    })
    const error = await errorOf(
      network.download(configured(host), { sha256: expected.sha256 }, await partialPath()),
    )
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain(words)
  })

  it('ends when it is aborted in the middle of a body, with the reason and without a file', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost((_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 1000))
    })
    const stop = new AbortController()
    const reason = new Error('the job was cancelled')
    const path = await partialPath()
    const download = aNetwork().download(configured(host.url), expected, path, {
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    })
    await expect(download).rejects.toBe(reason)
    expect(existsSync(path)).toBe(false)
    expect(host.requests).toHaveLength(1)
  })

  it('asks nobody once the signal of the network is aborted', async () => {
    const { bytes, expected } = approvedBytes()
    const host = await aHost(serving(bytes))
    const reason = new Error('too late')
    const network = aNetwork({ signal: AbortSignal.abort(reason) })
    await expect(network.download(configured(host.url), expected, await partialPath())).rejects.toBe(reason)
    await expect(network.answers(new URL(host.url), 1000)).rejects.toBe(reason)
    expect(host.requests).toHaveLength(0)
  })

  it('says STORE_NOT_WRITABLE when the folder is not there, and lets go of the connection', async () => {
    const { bytes, expected } = approvedBytes()
    const letGo = Promise.withResolvers<void>()
    const host = await aHost((_request, response) => {
      response.on('close', letGo.resolve)
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 100_000))
    })
    const path = join(dirname(await partialPath()), 'missing', 'x.part')
    const error = await errorOf(aNetwork().download(configured(host.url), expected, path))
    expect(error.code).toBe('STORE_NOT_WRITABLE')
    await letGo.promise
    expect(host.requests).toHaveLength(1)
  })
})

describe('receive', () => {
  it('says DISK_FULL when the disk is full, and removes the partial file', async () => {
    const { bytes, expected } = approvedBytes()
    const path = await partialPath()
    await writeFile(path, 'what came before')
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield bytes
    }
    const error = await errorOf(
      receive(chunks(), {
        origin: configured('http://127.0.0.1:1/'),
        expected,
        limits: { exact: bytes.length, most: bytes.length, remedy: '' },
        path,
        onProgress: () => undefined,
        onReceived: () => undefined,
        // The kernel's own full disk: every write to it fails with ENOSPC.
        openFile: () => open('/dev/full', 'w'),
      }),
    )
    expect(error.code).toBe('DISK_FULL')
    expect(existsSync(path)).toBe(false)
    expect(existsSync('/dev/full')).toBe(true)
  })
})
