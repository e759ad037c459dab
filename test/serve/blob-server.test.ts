import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { VerifiedFile } from '../../src/core/index.ts'
import { type BlobServerOptions, mirrorLines, serveBlobs } from '../../src/serve/index.ts'
import { openStore } from '../../src/store/index.ts'
import { sha256Of } from '../support/digest.ts'
import { aBlob, aFolder, aReporter } from '../support/store.ts'
import { treeOf } from '../support/tree.ts'

interface Served {
  readonly url: string
  readonly home: string
  readonly blob: VerifiedFile
  readonly bytes: Buffer
  readonly port: number
  /** Asks for the path as it is, without what `fetch` would tidy up. @returns the answer's head and body as text */
  raw(request: string): Promise<string>
}

/** A store with one blob, served on loopback. */
async function served(more: Partial<BlobServerOptions> = {}): Promise<Served> {
  const home = await aFolder()
  const store = await openStore({ home, reporter: aReporter() })
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251))
  const blob = await aBlob(store, bytes)
  const server = await serveBlobs({ home, host: '127.0.0.1', port: 0, ...more })
  onTestFinished(() => server.close())
  return {
    url: `http://127.0.0.1:${server.port}`,
    home,
    blob,
    bytes,
    port: server.port,
    raw: async (request) => {
      const socket = connect(server.port, '127.0.0.1')
      // Not ended: a client that hung up gets no answer.
      socket.write(request)
      return (await socket.toArray()).join('')
    },
  }
}

/** Everything that may change when somebody writes. */
function contentOf(home: string): Promise<unknown> {
  return treeOf(home)
}

describe('a served blob', () => {
  it('is its stored bytes, under a tag that is its digest', async () => {
    const { url, blob, bytes } = await served()
    const response = await fetch(`${url}/sha256/${blob.sha256}`)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': '100000',
      'content-type': 'application/octet-stream',
      etag: `"${blob.sha256}"`,
    })
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('is described by HEAD without its bytes', async () => {
    const { blob, raw } = await served()
    const answer = await raw(`HEAD /sha256/${blob.sha256} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toContain('Content-Length: 100000\r\n')
    expect(answer.endsWith('\r\n\r\n')).toBe(true)
  })

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['bytes=99990-', 99_990, 100_000],
    ['bytes=-5', 99_995, 100_000],
    ['bytes=99999-200000', 99_999, 100_000],
  ])('is served in part: %s', async (range, start, end) => {
    const { url, blob, bytes } = await served()
    const response = await fetch(`${url}/sha256/${blob.sha256}`, { headers: { range } })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/100000`)
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(start, end))).toBe(true)
  })

  it.each([
    [{ range: 'bytes=0-1', 'if-range': '"another"' }, 200],
    [{ range: 'bytes=0-1,5-6' }, 200],
    [{ range: 'lines=1-2' }, 200],
    [{ range: 'bytes=100000-' }, 416],
    [{ 'if-none-match': '"another"' }, 200],
  ])('answers %j with %d', async (headers, status) => {
    const { url, blob } = await served()
    const response = await fetch(`${url}/sha256/${blob.sha256}`, { headers })
    expect(response.status).toBe(status)
    if (status === 416) expect(response.headers.get('content-range')).toBe('bytes */100000')
    expect((await response.arrayBuffer()).byteLength).toBe(status === 200 ? 100_000 : 0)
  })

  it('counts as unchanged under its own tag', async () => {
    const { url, blob } = await served()
    const etag = `"${blob.sha256}"`
    const part = await fetch(`${url}/sha256/${blob.sha256}`, {
      headers: { range: 'bytes=0-1', 'if-range': etag },
    })
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 2])
    const known = await fetch(`${url}/sha256/${blob.sha256}`, { headers: { 'if-none-match': etag } })
    expect(known.status).toBe(304)
  })

  it('may be empty', async () => {
    const { url, home } = await served()
    const store = await openStore({ home, reporter: aReporter() })
    const empty = await aBlob(store, '')
    const response = await fetch(`${url}/sha256/${empty.sha256}`)
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '0'])
  })

  it('is read by many at once', async () => {
    const { url, blob, bytes } = await served()
    const parts = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const headers = { range: `bytes=${at * 2000}-${at * 2000 + 1999}` }
        const response = await fetch(`${url}/sha256/${blob.sha256}`, { headers })
        return Buffer.from(await response.arrayBuffer())
      }),
    )
    expect(Buffer.concat(parts).equals(bytes)).toBe(true)
  })

  it('that became shorter while it was sent ends early, so that no client takes it for whole', async () => {
    const { url, home } = await served()
    const bytes = Buffer.alloc(64 * 1024 * 1024, 7)
    const store = await openStore({ home, reporter: aReporter() })
    const blob = await aBlob(store, bytes)
    const response = await fetch(`${url}/sha256/${blob.sha256}`)
    await chmod(blob.path, 0o600)
    await truncate(blob.path, 1000)
    await expect(response.arrayBuffer()).rejects.toThrow()
  })
})

describe('what is not served', () => {
  it('is anything but blobs by their digest: no list, no other file of the store', async () => {
    const { home, blob, raw } = await served()
    const { sha256 } = blob
    await writeFile(join(home, 'cache', 'secret.json'), 'secret')
    const paths = [
      '/',
      '/sha256',
      '/sha256/',
      `/sha256/${sha256}/`,
      `/sha256/${sha256.toUpperCase()}`,
      `/sha256/${sha256.slice(0, 63)}`,
      `/sha256/${sha256}0`,
      `/sha256/${sha256.slice(0, 2)}/${sha256}`,
      `/blobs/sha256/${sha256.slice(0, 2)}/${sha256}`,
      '/sha256/..',
      '/sha256/../cache/secret.json',
      '/sha256/..%2f..%2fcache%2fsecret.json',
      `/sha256/${'.'.repeat(64)}`,
      `/sha256/${'%00'.repeat(64)}`,
      '/cache/secret.json',
      '//sha256',
      `/sha256/${sha256Of('not here')}`,
    ]
    for (const path of paths) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      expect(answer, path).toMatch(/^HTTP\/1\.1 40[04] /)
      expect(answer).not.toContain('secret\n')
    }
  })

  it('is a path that cannot be decoded', async () => {
    const { raw } = await served()
    const answer = await raw('GET /sha256/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it.skipIf(process.platform === 'win32').each([
    ['a symbolic link', (path: string, outside: string) => symlink(outside, path)],
    ['a folder', (path: string) => mkdir(path)],
    ['a pipe', async (path: string) => void execFileSync('mkfifo', [path])],
  ])('is %s under a blob’s name', async (_what, make) => {
    const { url, home, blob } = await served()
    const outside = join(home, 'outside')
    await writeFile(outside, 'secret')
    await rm(blob.path, { force: true })
    await make(blob.path, outside)
    expect((await fetch(`${url}/sha256/${blob.sha256}`)).status).toBe(404)
  })

  it('is what lies behind a link that stands for a folder of blobs', async () => {
    const { url, home, blob } = await served()
    const folder = dirname(blob.path)
    await rename(folder, join(home, 'elsewhere'))
    await symlink(join(home, 'elsewhere'), folder, 'dir')
    expect((await fetch(`${url}/sha256/${blob.sha256}`)).status).toBe(404)
  })

  it.each(['PUT', 'POST', 'DELETE', 'PATCH', 'MKCOL'])('is written by %s', async (method) => {
    const { home, blob, raw } = await served()
    const before = await contentOf(home)
    for (const path of [`/sha256/${blob.sha256}`, `/sha256/${'a'.repeat(64)}`, '/healthz']) {
      const answer = await raw(`${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc`)
      expect(answer).toMatch(/^HTTP\/1\.1 405 /)
      expect(answer).toContain('Allow: GET, HEAD\r\n')
    }
    expect(await contentOf(home)).toEqual(before)
  })

  it('is a folder without a store, and nothing is made there', async () => {
    const home = await aFolder()
    await expect(serveBlobs({ home, host: '127.0.0.1', port: 0 })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
    expect(await readdir(home)).toEqual([])
  })
})

describe('a blob server', () => {
  it('says that it is well', async () => {
    const { url } = await served()
    const response = await fetch(`${url}/healthz`)
    expect([response.status, await response.text()]).toEqual([200, 'ok\n'])
  })

  it('says what is wrong when its port is taken', async () => {
    const { home, port } = await served()
    await expect(serveBlobs({ home, host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(`port ${port}`),
    })
  })

  it('frees its port when it stops, whoever is still connected', async () => {
    const home = await aFolder()
    await openStore({ home, reporter: aReporter() })
    const first = await serveBlobs({ home, host: '127.0.0.1', port: 0 })
    const idle = connect(first.port, '127.0.0.1')
    await once(idle, 'connect')
    const ended = once(idle, 'close')
    idle.on('error', () => undefined)
    await first.close()
    await ended
    const second = await serveBlobs({ home, host: '127.0.0.1', port: first.port })
    await second.close()
  })

  /** Resolves when the server has ended the connection. */
  async function connected(port: number): Promise<{ socket: Socket; ended: Promise<unknown> }> {
    const socket = connect(port, '127.0.0.1').resume()
    socket.on('error', () => undefined)
    const ended = once(socket, 'close')
    await once(socket, 'connect')
    return { socket, ended }
  }

  it('closes connections beyond its limit', async () => {
    const { port, url } = await served({ limits: { connections: 2 } })
    const held = [await connected(port), await connected(port)]
    await (await connected(port)).ended
    for (const { socket, ended } of held) {
      socket.destroy()
      await ended
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('waits neither for a request that does not come nor for headers that do not end', async () => {
    const { port } = await served({ limits: { headersMs: 50, idleMs: 100 } })
    const silent = await connected(port)
    const slow = await connected(port)
    slow.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n')
    await Promise.all([silent.ended, slow.ended])
  })

  it('does not wait for a client that does not read', async () => {
    const { promise: cutOff, resolve } = Promise.withResolvers<string>()
    const { port, home } = await served({ limits: { idleMs: 200 }, onAnswer: resolve })
    const store = await openStore({ home, reporter: aReporter() })
    const blob = await aBlob(store, Buffer.alloc(64 * 1024 * 1024))
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`GET /sha256/${blob.sha256} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await cutOff
    // What lies in the buffers by then is less than the blob.
    const received = (await socket.toArray().catch(() => [])) as Buffer[]
    expect(Buffer.concat(received).length).toBeLessThan(blob.size)
  })

  it('tells of each answer in one line that no log obeys', async () => {
    const lines: string[] = []
    const { url, blob, raw } = await served({ onAnswer: (line) => lines.push(line) })
    await (await fetch(`${url}/sha256/${blob.sha256}`, { headers: { range: 'bytes=0-9' } })).arrayBuffer()
    await raw('GET /::error::##[group]\u001b[31m HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await raw('GET /a##[warning]b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(lines[0]).toMatch(
      new RegExp(`^127.0.0.1 GET /sha256/${blob.sha256} bytes=0-9: 206, 10 bytes, \\d+ ms$`),
    )
    expect(lines.at(-1)).toContain(': 404,')
    for (const line of lines) {
      expect(line).not.toContain('##[')
      expect(line).not.toMatch(/[\u0000-\u001f]/)
      expect(line).not.toMatch(/^\s*::/)
    }
  })
})

describe('the lines for `mirrors`', () => {
  const addresses = [
    { address: '127.0.0.1', internal: true },
    { address: '10.0.0.7', internal: false },
    { address: 'fe80::1', internal: false },
    { address: '2001:db8::7', internal: false },
  ]

  it.each([
    ['127.0.0.1', ['http://127.0.0.1:80/sha256/{sha256}']],
    ['runner-1.lan', ['http://runner-1.lan:80/sha256/{sha256}']],
    ['::1', ['http://[::1]:80/sha256/{sha256}']],
    ['0.0.0.0', ['http://10.0.0.7:80/sha256/{sha256}']],
    ['::', ['http://10.0.0.7:80/sha256/{sha256}', 'http://[2001:db8::7]:80/sha256/{sha256}']],
  ])('of %s are %j', (host, lines) => {
    expect(mirrorLines(host, 80, addresses)).toEqual(lines)
  })
})
