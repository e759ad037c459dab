/** One large file that many processes want in the same moment: one brings it, all are done soon after. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Sha256Hex } from '../../../src/core/index.ts'
import { type Bench, median, type Outcome, type Row } from '../row.ts'
import type { ShareJob } from '../share-process.ts'

const PROCESSES = 32
const FILE_BYTES = 1024 * 1024 * 1024
const MOST_ROUNDS = 3
const PROCESS = fileURLToPath(new URL('../share-process.ts', import.meta.url))

/** Serves bytes as a whole or in the part that was asked for, and counts what it sent. */
function serving(bytes: Buffer): { readonly listener: RequestListener; readonly sent: () => number } {
  let sent = 0
  const listener: RequestListener = (request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
    const start = Number(from ?? 0)
    const end = to === undefined || to === '' ? bytes.length : Math.min(bytes.length, Number(to) + 1)
    const length = { 'content-length': end - start, 'accept-ranges': 'bytes', etag: '"it"' }
    if (from === undefined) response.writeHead(200, length)
    else response.writeHead(206, { ...length, 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` })
    if (request.method !== 'HEAD') sent += end - start
    response.end(request.method === 'HEAD' ? undefined : bytes.subarray(start, end))
  }
  return { listener, sent: () => sent }
}

interface Asking {
  go(): void
  /** Where the file came from, once it is there. */
  from(): Promise<string>
  readonly ended: Promise<unknown>
}

/** A process that is ready to ask. */
async function asking(job: ShareJob): Promise<Asking> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [PROCESS, JSON.stringify(job)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  const ended = once(child, 'close')
  const line = async (nth: number): Promise<string> => {
    while (said.split('\n').length <= nth) {
      if (child.exitCode !== null) throw new Error('A process ended before it had the file')
      await Promise.race([once(child.stdout, 'data'), ended])
    }
    return said.split('\n')[nth - 1] ?? ''
  }
  await line(1)
  return {
    go: () => void child.stdin.end('go\n'),
    // Said when the file is there: how long a process then takes to end is no part of it.
    from: async () => await line(2),
    ended,
  }
}

/** Seconds from the word to go until all have the file, and how many fetched it. */
async function together(
  howMany: number,
  job: ShareJob,
): Promise<{ readonly seconds: number; readonly fetched: number }> {
  const all = await Promise.all(Array.from({ length: howMany }, () => asking(job)))
  const start = performance.now()
  for (const each of all) each.go()
  const from = await Promise.all(all.map((each) => each.from()))
  const seconds = (performance.now() - start) / 1000
  await Promise.all(all.map(({ ended }) => ended))
  await rm(job.home, { recursive: true })
  const strange = from.filter((source) => source !== 'http' && source !== 'store')
  if (strange.length > 0) throw new Error(`${strange.length} processes did not get the file`)
  return { seconds, fetched: from.filter((source) => source === 'http').length }
}

/** Seconds in which all cores hash this many bytes, when they do nothing else. */
function hashSeconds(bytes: Buffer, total: number): number {
  const start = performance.now()
  createHash('sha256').update(bytes).digest()
  const seconds = (performance.now() - start) / 1000
  return (seconds * total) / bytes.length / availableParallelism()
}

async function measure(bench: Bench, verify: ShareJob['verify']): Promise<Outcome> {
  const bytes = Buffer.allocUnsafe(Math.round(FILE_BYTES * bench.size))
  const piece = randomFillSync(Buffer.allocUnsafe(64 * 1024))
  for (let at = 0; at < bytes.length; at += piece.length) {
    piece.writeUInt32LE(at / piece.length)
    piece.copy(bytes, at)
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex') as Sha256Hex
  const { listener, sent } = serving(bytes)
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  const folder = await bench.folder()
  const job: ShareJob = {
    home: join(folder, 'home'),
    mirror: `http://127.0.0.1:${address.port}/{sha256}`,
    verify,
    sha256,
    size: bytes.length,
  }
  const alone: number[] = []
  const all: number[] = []
  let downloads = 0
  try {
    for (let round = 0; round < Math.min(MOST_ROUNDS, bench.rounds); round++) {
      alone.push((await together(1, job)).seconds)
      const before = sent()
      const { seconds, fetched } = await together(PROCESSES, job)
      all.push(seconds)
      // A slow part may be asked for again on another connection; a second download is a whole file more.
      downloads = Math.max(downloads, fetched, Math.floor((sent() - before) / bytes.length))
      bench.report(`one ${alone.at(-1)?.toFixed(1)} s, all ${seconds.toFixed(1)} s, ${fetched} fetched it`)
    }
  } finally {
    server.closeAllConnections()
    server.close()
  }
  if (downloads !== 1) throw new Error(`There were ${downloads} downloads instead of one`)
  const hashed =
    verify === 'always' ? { 'hashing it all, s': hashSeconds(bytes, bytes.length * PROCESSES) } : {}
  return {
    value: median(all) / median(alone),
    more: { downloads, 'one alone, s': median(alone), 'all, s': median(all), ...hashed },
  }
}

function row(verify: ShareJob['verify']): Row {
  return {
    name: `share-${verify}`,
    title: ({ size }) =>
      `${PROCESSES} processes want one file of ${((FILE_BYTES * size) / 2 ** 30).toPrecision(2)} GiB at once, verify: ${verify}: against one alone`,
    unit: '×',
    goal: { most: 1.5 },
    measure: (bench) => measure(bench, verify),
  }
}

/** Each process hashes the file itself: no faster than all cores hash it so many times. */
export const shareAlways = row('always')
export const shareChanged = row('changed')
