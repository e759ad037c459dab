/** Bad hosts of a large file: the next source brings it, the culprit is named, and nothing unverified stays. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/core/index.ts'
import { createFetchRun, type FetchFailure, fetchFile, type Source } from '../../src/sources/index.ts'
import { askedPart, DATA_PATHS, except, partHead, SMALL_PARTS, serveParts } from '../support/ranged.ts'
import { aWantedFile } from '../support/sources.ts'
import { aReporter } from '../support/store.ts'
import {
  aHost,
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  type Host,
  partialPath,
  redirectTo,
} from '../support/transfer.ts'

const SIZE = 1_500_000

function changedAt(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
  return changed
}

/** Honest for the first half. */
function inSecondHalf(honest: RequestListener, otherwise: RequestListener): RequestListener {
  return except(honest, (request) => (askedPart(request, SIZE)?.start ?? 0) > SIZE / 2, otherwise)
}

/** Answers for any part with 206 and this head instead of the right one. */
function withHead(
  bytes: Buffer,
  headOf: (start: number, end: number) => Record<string, string | number>,
): RequestListener {
  return (request, response) => {
    const { start, end } = askedPart(request, SIZE) ?? { start: 0, end: SIZE }
    response.writeHead(206, { etag: '"v1"', ...headOf(start, end) }).end(bytes.subarray(start, end))
  }
}

const endless: (bytes: Buffer) => RequestListener = (bytes) => (_request, response) => {
  const pour = (): void => {
    while (!response.destroyed && response.write(bytes));
  }
  response.on('drain', pour)
  pour()
}

const zipped: (bytes: Buffer) => RequestListener = (bytes) => (_request, response) => {
  response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes))
}

const silent: RequestListener = () => undefined

const dripping: (bytes: Buffer) => RequestListener = (bytes) => (request, response) => {
  const part = askedPart(request, SIZE) ?? { start: 0, end: SIZE }
  response.writeHead(206, { etag: '"v1"', ...partHead(part, SIZE) })
  const drops = setInterval(() => response.write(bytes.subarray(0, 1)), 10)
  response.on('close', () => clearInterval(drops))
}

/** Has another file once the second half was asked for. */
const changing: (bytes: Buffer) => RequestListener = (bytes) => {
  let now = serveParts(bytes)
  return (request, response) => {
    if ((askedPart(request, SIZE)?.start ?? 0) > SIZE / 2) {
      now = serveParts(Buffer.alloc(SIZE), { etag: '"v2"' })
    }
    now(request, response)
  }
}

type Badness = readonly [what: string, code: ErrorCode, host: (bytes: Buffer) => RequestListener]

const BAD_HOSTS: readonly Badness[] = [
  ['lies in the first part', 'DIGEST_MISMATCH', (bytes) => serveParts(changedAt(bytes, 7))],
  ['lies in a middle part', 'DIGEST_MISMATCH', (bytes) => serveParts(changedAt(bytes, SIZE / 2))],
  ['lies in the last part', 'DIGEST_MISMATCH', (bytes) => serveParts(changedAt(bytes, SIZE - 1))],
  ['has a longer file', 'SIZE_MISMATCH', (bytes) => serveParts(Buffer.concat([bytes, bytes]))],
  ['has a shorter file', 'SIZE_MISMATCH', (bytes) => serveParts(bytes.subarray(1))],
  ['sends without end', 'SIZE_MISMATCH', endless],
  ['sends gzip', 'SOURCES_EXHAUSTED', zipped],
  [
    'says 206 without a range',
    'SOURCES_EXHAUSTED',
    (bytes) => withHead(bytes, (start, end) => ({ 'content-length': end - start })),
  ],
  [
    'sends another range from the start',
    'SOURCES_EXHAUSTED',
    (bytes) => withHead(bytes, (start, end) => partHead({ start: start + 1, end: end + 1 }, SIZE)),
  ],
  ['changes its file half way', 'DIGEST_MISMATCH', changing],
  ['says nothing', 'SOURCES_EXHAUSTED', () => silent],
  ['says nothing half way', 'SOURCES_EXHAUSTED', (bytes) => inSecondHalf(serveParts(bytes), silent)],
  ['sends byte by byte', 'SOURCES_EXHAUSTED', dripping],
  [
    'sends byte by byte half way',
    'SOURCES_EXHAUSTED',
    (bytes) => inSecondHalf(serveParts(bytes), dripping(bytes)),
  ],
  ['redirects to a private address', 'URL_REFUSED', () => redirectTo('https://10.0.0.1/f')],
  ['redirects to another scheme', 'URL_REFUSED', () => redirectTo('file:///etc/passwd')],
  ['redirects without end', 'URL_REFUSED', () => redirectTo('/again')],
]

describe.each(DATA_PATHS)('a host of a large file, through %s,', (_path, way) => {
  describe.each(BAD_HOSTS)('that %s', (_what, code, badHost) => {
    async function search(approved: ReturnType<typeof approvedBytes>, ...hosts: Host[]) {
      const timeouts = { connectMs: 100, firstByteMs: 150, stallMs: 200 }
      const network = aNetwork({ sizes: SMALL_PARTS, ...way, timeouts, retryPolicy: { retries: 0 } })
      const source: Source = {
        name: 'http',
        origins: async () => hosts.map(({ url }) => configured(`${url}/f`)),
      }
      const failures: FetchFailure[] = []
      const path = await partialPath()
      const fetching = fetchFile(
        [source],
        aWantedFile({}, approved),
        path,
        network,
        createFetchRun(aReporter()),
        {
          resume: true,
          onFailure: (failure) => failures.push(failure),
        },
      )
      return { path, failures, fetching }
    }

    it('is named, and the next one brings the file', async () => {
      const approved = approvedBytes(SIZE)
      const bad = await aHost(badHost(approved.bytes))
      const good = await aHost(serveParts(approved.bytes, { etag: '"good"' }))
      const { path, failures, fetching } = await search(approved, bad, good)
      expect((await fetching).url).toBe(`${good.url}/f`)
      expect(approved.bytes.equals(await readFile(path))).toBe(true)
      expect(failures).toMatchObject([{ origin: `${bad.url}/f`, code }])
    })

    it('alone leaves no file, and the error names it', async () => {
      const approved = approvedBytes(SIZE)
      const bad = await aHost(badHost(approved.bytes))
      const { path, fetching } = await search(approved, bad)
      const error = await errorOf(fetching)
      expect(error.code).toBe(code)
      expect(error.detail).toContain(bad.url)
      // What came of it may only stay with a journal, to be hashed again.
      expect(existsSync(path)).toBe(existsSync(`${path}.journal`))
      if (code !== 'SOURCES_EXHAUSTED') expect(existsSync(path)).toBe(false)
    })
  })
})
