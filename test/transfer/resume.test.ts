import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { contributorKey } from '../../src/transfer/index.ts'
import { journalPath } from '../../src/transfer/journal.ts'
import { askedPart, DATA_PATHS, except, SMALL_PARTS, serveParts } from '../support/ranged.ts'
import { mayMount, withMounts } from '../support/store-process.ts'
import {
  aHost,
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  partialPath,
  serving,
} from '../support/transfer.ts'
import type { TransferJob, TransferReport } from '../support/transfer-child.ts'
import { bytesAsked, errorLess, leaveSome, SIZE, upTo, written } from '../support/unfinished.ts'

const CHILD = join(import.meta.dirname, '../support/transfer-child.ts')

function servingUnannounced(bytes: Buffer): RequestListener {
  return (_request, response) => {
    response.write(bytes.subarray(0, 1000))
    response.end(bytes.subarray(1000))
  }
}

describe.each(DATA_PATHS)('an unfinished download through %s', (_path, way) => {
  const options = { sizes: SMALL_PARTS, ...way }

  it('of a process that was killed is gone on with: nothing that was written is asked for again', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const path = await partialPath()
    const half = await aHost(upTo(SIZE / 2, serveParts(bytes)))
    const job: TransferJob = { url: half.url, sha256: expected.sha256, size: SIZE, path, network: options }
    const child = spawn(process.execPath, [CHILD, JSON.stringify(job)], { stdio: 'inherit' })
    await vi.waitUntil(async () => (await written(path)) > SIZE / 2 - SMALL_PARTS.segment, {
      timeout: 30_000,
      interval: 5,
    })
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    expect((await ended)[1]).toBe('SIGKILL')

    const before = await written(path)
    const host = await aHost(serveParts(bytes))
    const network = aNetwork(options)
    let received = 0
    const onReceived = (count: number): void => {
      received += count
    }
    const file = await network.download(configured(host.url), expected, path, { resume: true, onReceived })
    expect(file.size).toBe(SIZE)
    expect(received).toBe(SIZE - before)
    expect(bytes.equals(await readFile(path))).toBe(true)
    expect(bytesAsked(host)).toBe(SIZE - before)
  })

  it('that was aborted stays with its journal, and is gone on with only by those who want that', async () => {
    const approved = approvedBytes(SIZE)
    const { path, left } = await leaveSome(approved, SIZE / 2)
    expect(left).toBeGreaterThan(SIZE / 3)
    expect((await stat(path)).size).toBe(SIZE)
    const host = await aHost(serveParts(approved.bytes))
    await aNetwork(options).download(configured(host.url), approved.expected, path)
    expect(bytesAsked(host)).toBe(SIZE)
  })

  const technique = mayMount() ? 'a file system of 1 MiB' : 'a limit on the size of files'
  it.each([
    ['in parts', serveParts],
    ['as one body', serving],
    ['as one body of a length that nobody announced', servingUnannounced],
  ])(`does not stay on a full disk when it comes %s: ${technique}`, async (_how, served) => {
    const { bytes, expected } = approvedBytes(SIZE)
    const path = await partialPath()
    const host = await aHost(served(bytes))
    const job: TransferJob = { url: host.url, sha256: expected.sha256, size: SIZE, path, network: options }
    const shell = mayMount()
      ? withMounts(`mount -t tmpfs -o size=1m,mode=755 none ${dirname(path)} && exec "$@"`)
      : 'exec prlimit --fsize=1000000 "$@"'
    const child = spawn('sh', ['-c', shell, 'sh', process.execPath, CHILD, JSON.stringify(job)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const report: TransferReport = JSON.parse(await text(child.stdout))
    expect(report).toEqual({ code: 'DISK_FULL', isThere: false })
  })

  it('that only lacked its name needs nobody', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const path = await partialPath()
    const host = await aHost(serveParts(bytes))
    const network = aNetwork(options)
    await network.download(configured(host.url), expected, path, { resume: true })
    const before = host.requests.length
    const file = await network.download(configured(host.url), expected, path, { resume: true })
    expect(file.size).toBe(SIZE)
    expect(host.requests).toHaveLength(before)
  })

  it('may be finished by another host', async () => {
    const approved = approvedBytes(SIZE)
    const { path, left } = await leaveSome(approved, SIZE / 2)
    const other = await aHost(serveParts(approved.bytes, { etag: '"theirs"' }))
    await aNetwork(options).download(configured(other.url), approved.expected, path, { resume: true })
    expect(bytesAsked(other)).toBe(SIZE - left)
    expect(other.requests[0]?.headers['if-range']).toBeUndefined()
  })

  it('is asked of the same host under its ETag, and begins anew when the file there is another one', async () => {
    const approved = approvedBytes(SIZE)
    const path = await partialPath()
    let version = 1
    const host = await aHost((request, response) => {
      const honest = serveParts(approved.bytes, { etag: `"v${version}"` })
      const now = version === 1 ? upTo(SIZE / 2, honest) : honest
      now(request, response)
    })
    const stop = new AbortController()
    const network = aNetwork(options)
    const first = errorLess(
      network.download(configured(host.url), approved.expected, path, { resume: true, signal: stop.signal }),
    )
    await vi.waitUntil(async () => (await written(path)) > SIZE / 3, { timeout: 30_000, interval: 5 })
    stop.abort()
    await first
    version = 2
    const before = host.requests.length
    await network.download(configured(host.url), approved.expected, path, { resume: true })
    expect(host.requests[before]?.headers['if-range']).toBe('"v1"')
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
  })

  it('from a host that ended for good is kept, and one with wrong bytes is not', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const path = await partialPath()
    const dying: RequestListener = (_request, response) => void response.destroy()
    const host = await aHost(
      except(serveParts(bytes), (request) => (askedPart(request, SIZE)?.end ?? 0) > SIZE / 2, dying),
    )
    const network = aNetwork(options)
    const lost = await errorOf(network.download(configured(host.url), expected, path, { resume: true }))
    expect(lost.code).toBe('SOURCES_EXHAUSTED')
    expect(await written(path)).toBeGreaterThan(0)

    const liar = await aHost(serveParts(Buffer.alloc(SIZE)))
    const wrong = await errorOf(network.download(configured(liar.url), expected, path, { resume: true }))
    expect(wrong.code).toBe('DIGEST_MISMATCH')
    expect(existsSync(path)).toBe(false)
    expect(existsSync(journalPath(path))).toBe(false)
  })

  it('with bytes that somebody changed is thrown away, and the host that is right is not blamed', async () => {
    const approved = approvedBytes(SIZE)
    const { path, host: first } = await leaveSome(approved, SIZE / 2)
    const file = await open(path, 'r+')
    await file.write(Buffer.from([approved.bytes.readUInt8(5) ^ 1]), 0, 1, 5)
    await file.close()
    const other = await aHost(serveParts(approved.bytes))
    const told: (readonly string[])[] = []
    const verified = await aNetwork(options).download(configured(other.url), approved.expected, path, {
      resume: true,
      onWrongLeftover: (keys) => told.push(keys),
    })
    expect(verified.size).toBe(SIZE)
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
    expect(told).toEqual([[contributorKey(configured(first.url))]])
  })

  it('is brought anew by a host that knows no parts', async () => {
    const approved = approvedBytes(SIZE)
    const { path } = await leaveSome(approved, SIZE / 2)
    const host = await aHost(serving(approved.bytes))
    await aNetwork(options).download(configured(host.url), approved.expected, path, { resume: true })
    expect(host.requests).toHaveLength(1)
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
  })

  it('of one long body is finished in parts where they are served', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const path = await partialPath()
    const half = await aHost((_request, response) => {
      response.writeHead(200, { 'content-length': SIZE })
      response.write(bytes.subarray(0, SIZE / 2), () => response.destroy())
    })
    const network = aNetwork({ ...options, retryPolicy: { retries: 0 } })
    expect(
      (await errorOf(network.download(configured(half.url), expected, path, { resume: true }))).code,
    ).toBe('SOURCES_EXHAUSTED')
    const left = await written(path)
    expect(left).toBeGreaterThan(0)
    const host = await aHost(serveParts(bytes))
    await network.download(configured(host.url), expected, path, { resume: true })
    expect(bytesAsked(host)).toBe(SIZE - left)
  })
})
