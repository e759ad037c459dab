/**
 * Uploads to a signed URL of Azure Block Blob storage. Bodies are streamed from the files they lie in, so that memory
 * stays bounded whatever their size, and a failed request is sent again from those same files.
 */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import pLimit from 'p-limit'
import type { Dispatcher } from 'undici'
import { type Answer, exchange, type Sending } from './exchange.ts'
import type { Refusal } from './service.ts'
import type { CacheLimits } from './types.ts'

/** One file of a body; the body is its files one after the other. */
export interface BodyFile {
  readonly path: string
  /** Bytes. */
  readonly size: number
}

const READ_BYTES = 1024 * 1024
/** A connection slower than this, in bytes a millisecond, counts as stalled. */
const LEAST_SPEED = 128
const LEAST_TIME_MS = 60_000

/**
 * One put when the body is small enough, else blocks, a few at a time, and their list.
 *
 * @param onProgress bytes that the service has taken so far
 * @returns undefined when the body is there
 * @throws the signal's reason
 */
export async function upload(
  url: URL,
  files: readonly BodyFile[],
  dispatcher: Dispatcher,
  limits: CacheLimits,
  onProgress: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<Refusal | undefined> {
  const size = files.reduce((sum, file) => sum + file.size, 0)
  const put = async (to: URL, length: number, body: () => Sending['body'], type: Record<string, string>) => {
    const sending = (): Sending => ({
      url: to,
      method: 'PUT',
      headers: { ...type, 'content-length': String(length) },
      body: body(),
      timeoutMs: LEAST_TIME_MS + Math.ceil(length / LEAST_SPEED),
    })
    return refusal(await exchange(dispatcher, limits, sending, signal))
  }
  if (size <= limits.singlePutBytes) {
    return put(url, size, () => bodyPart(files, 0, size), { 'x-ms-blob-type': 'BlockBlob' })
  }

  const count = Math.ceil(size / limits.blockBytes)
  const ids = Array.from({ length: count }, (_, index) => blockId(index))
  let failed: Refusal | undefined
  let taken = 0
  await pLimit(limits.parallelBlocks).map(ids, async (id, index) => {
    if (failed !== undefined) return
    const start = index * limits.blockBytes
    const end = Math.min(start + limits.blockBytes, size)
    const to = withQuery(url, `comp=block&blockid=${encodeURIComponent(id)}`)
    const refused = await put(to, end - start, () => bodyPart(files, start, end), {})
    failed ??= refused
    if (refused !== undefined) return
    taken += end - start
    onProgress(taken)
  })
  if (failed !== undefined) return failed
  const list = blockList(ids)
  return put(withQuery(url, 'comp=blocklist'), list.length, () => list, { 'content-type': 'application/xml' })
}

/** All ids of one blob must have the same length. */
function blockId(index: number): string {
  return Buffer.from(String(index).padStart(6, '0')).toString('base64')
}

function blockList(ids: readonly string[]): string {
  const blocks = ids.map((id) => `<Latest>${id}</Latest>`).join('')
  return `<?xml version="1.0" encoding="utf-8"?><BlockList>${blocks}</BlockList>`
}

/** Appends, because the parts that are signed already must stay as they were written. */
function withQuery(url: URL, query: string): URL {
  const extended = new URL(url)
  extended.search = `${url.search}&${query}`
  return extended
}

/** These bytes of the body, `end` exclusive. */
function bodyPart(files: readonly BodyFile[], start: number, end: number): Readable {
  return Readable.from(bytesOf(files, start, end), { objectMode: false })
}

async function* bytesOf(files: readonly BodyFile[], start: number, end: number): AsyncGenerator<Buffer> {
  let before = 0
  for (const { path, size } of files) {
    const from = Math.max(start - before, 0)
    const to = Math.min(end - before, size)
    if (from < to) yield* createReadStream(path, { start: from, end: to - 1, highWaterMark: READ_BYTES })
    before += size
  }
}

/** Whatever the store says against an upload, a 403 for a URL that ran out included, is no matter of rights. */
function refusal({ status, body }: Answer): Refusal | undefined {
  if (status === 201) return undefined
  const trouble = status === 429 ? 'rate-limited' : 'unavailable'
  return { trouble, detail: status === 0 ? body : `the upload was answered with HTTP ${status}` }
}
