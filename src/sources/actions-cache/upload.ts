/**
 * Uploads to a signed URL of Azure Block Blob storage. Bodies are streamed from the files they lie in, so that memory
 * stays bounded whatever their size, and a failed request is sent again from those same files.
 */
import pLimit from 'p-limit'
import type { Dispatcher } from 'undici'
import { type BodyFile, bytesOf } from './body.ts'
import { type Answer, exchange, type Sending } from './exchange.ts'
import type { Refusal } from './service.ts'
import type { CacheLimits } from './types.ts'

/** A connection slower than this, in bytes a millisecond, counts as stalled. */
const LEAST_SPEED = 128
const LEAST_TIME_MS = 60_000

export interface Upload {
  /** Signed. */
  readonly url: URL
  readonly files: readonly BodyFile[]
  readonly dispatcher: Dispatcher
  readonly limits: CacheLimits
  /** Bytes that the service has taken so far. */
  readonly onProgress: (bytes: number) => void
  /** Another signed URL for the same entry, undefined when there is none. Asked for once, when the first one ran out. */
  readonly renew: () => Promise<URL | undefined>
  readonly signal: AbortSignal | undefined
}

/** One part of the body. */
interface Block {
  /** Of one length in one blob. */
  readonly id: string
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

/** Why an upload ended. `expired`: by a 401 or 403, which is what a signed URL that ran out is answered with. */
type Failure = Refusal & { readonly expired: boolean }

/**
 * One put when the body is one block or less, else blocks, a few at a time, and their list.
 *
 * @returns undefined when the body is there
 * @throws the signal's reason
 */
export async function upload(wanted: Upload): Promise<Refusal | undefined> {
  const taken = new Set<string>()
  const failure = await sendAll(wanted, wanted.url, taken)
  if (failure === undefined || !failure.expired) return failure
  const renewed = await wanted.renew()
  if (renewed === undefined) return failure
  // What was staged in another blob is not in this one.
  const isSameBlob = renewed.origin === wanted.url.origin && renewed.pathname === wanted.url.pathname
  return sendAll(wanted, renewed, isSameBlob ? taken : new Set())
}

/** @param taken ids of blocks that the blob has; grows */
async function sendAll(wanted: Upload, url: URL, taken: Set<string>): Promise<Failure | undefined> {
  const { files, limits, onProgress } = wanted
  const size = files.reduce((sum, file) => sum + file.size, 0)
  const part = (start: number, end: number) => () => bytesOf(files, start, end)
  if (size <= limits.blockBytes) {
    return put(wanted, url, size, part(0, size), { 'x-ms-blob-type': 'BlockBlob' })
  }
  const blocks = cut(size, limits.blockBytes)
  const report = (): void =>
    onProgress(blocks.reduce((sum, { id, start, end }) => sum + (taken.has(id) ? end - start : 0), 0))
  let failed: Failure | undefined
  await pLimit(limits.parallelBlocks).map(blocks, async ({ id, start, end }) => {
    if (failed !== undefined || taken.has(id)) return
    const to = withQuery(url, `comp=block&blockid=${encodeURIComponent(id)}`)
    const failure = await put(wanted, to, end - start, part(start, end), {})
    failed ??= failure
    if (failure !== undefined) return
    taken.add(id)
    report()
  })
  if (failed !== undefined) return failed
  const list = blockList(blocks)
  const xml = { 'content-type': 'application/xml' }
  return put(wanted, withQuery(url, 'comp=blocklist'), list.length, () => list, xml)
}

async function put(
  { dispatcher, limits, signal }: Upload,
  url: URL,
  length: number,
  body: () => Sending['body'],
  headers: Readonly<Record<string, string>>,
): Promise<Failure | undefined> {
  const sending = (): Sending => ({
    url,
    method: 'PUT',
    headers: { ...headers, 'content-length': String(length) },
    body: body(),
    timeoutMs: LEAST_TIME_MS + Math.ceil(length / LEAST_SPEED),
  })
  return failureOf(await exchange(dispatcher, limits, sending, signal))
}

function cut(size: number, blockBytes: number): readonly Block[] {
  return Array.from({ length: Math.ceil(size / blockBytes) }, (_, index) => ({
    id: Buffer.from(String(index).padStart(6, '0')).toString('base64'),
    start: index * blockBytes,
    end: Math.min((index + 1) * blockBytes, size),
  }))
}

function blockList(blocks: readonly Block[]): string {
  const items = blocks.map(({ id }) => `<Latest>${id}</Latest>`).join('')
  return `<?xml version="1.0" encoding="utf-8"?><BlockList>${items}</BlockList>`
}

/** Appends, because the parts that are signed already must stay as they were written. */
function withQuery(url: URL, query: string): URL {
  const extended = new URL(url)
  extended.search = `${url.search}&${query}`
  return extended
}

/** Whatever the store says against an upload, a 403 for a URL that ran out included, is no matter of rights. */
function failureOf({ status, body }: Answer): Failure | undefined {
  if (status === 201) return undefined
  return {
    trouble: status === 429 ? 'rate-limited' : 'unavailable',
    detail: status === 0 ? body : `the upload was answered with HTTP ${status}`,
    expired: status === 401 || status === 403,
  }
}
