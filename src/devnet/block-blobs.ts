/**
 * A blob store that answers like Azure Block Blob, as far as the Actions cache uses it: single puts, staged blocks and
 * block lists, reads with ranges, and signed URLs that expire. Bytes lie in a temporary folder, so that a cache of many
 * gigabytes costs no memory.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import parseRange from 'range-parser'
import { receiveSegment, type Segment, sendSegments, sizeOf } from './segments.ts'

/** What a signed URL allows: read, or create and write. */
export type BlobPermission = 'r' | 'cw'

interface Blob {
  readonly id: string
  readonly staged: Map<string, Segment>
  /** Undefined until a put or a block list commits the blob. */
  segments: readonly Segment[] | undefined
  etag: string
  modified: string
  sealed: boolean
}

/** A refusal in Azure's words. */
class BlobRefusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

/** The storage version that the signed URLs name; Azure assumes it for requests that carry none. */
const STORAGE_VERSION = '2025-07-05'

export class BlockBlobs {
  readonly #folder = mkdtempSync(join(tmpdir(), 'r3mes-devnet-blobs-'))
  readonly #baseUrl: () => string
  readonly #blobs = new Map<string, Blob>()
  #secret = randomBytes(32)
  #segmentCount = 0

  /** @param baseUrl where {@link listener} is mounted, without a trailing slash; asked whenever a URL is signed */
  constructor(baseUrl: () => string) {
    this.#baseUrl = baseUrl
  }

  /** Creates an empty, uncommitted blob and returns its id. */
  create(): string {
    const id = `cache/${randomBytes(12).toString('hex')}`
    this.#blobs.set(id, {
      id,
      staged: new Map(),
      segments: undefined,
      etag: '',
      modified: '',
      sealed: false,
    })
    return id
  }

  sign(id: string, permission: BlobPermission, lifetimeMs: number): string {
    const expiry = new Date(Date.now() + lifetimeMs).toISOString()
    const query = new URLSearchParams({
      sv: STORAGE_VERSION,
      sr: 'b',
      sp: permission,
      se: expiry,
      sig: this.#signature(id, permission, expiry),
    })
    return `${this.#baseUrl()}/${id}?${query}`
  }

  /** Every URL signed so far is refused from now on. */
  expireUrls(): void {
    this.#secret = randomBytes(32)
  }

  /** Committed bytes, undefined when nothing was committed. */
  size(id: string): number | undefined {
    const segments = this.#blobs.get(id)?.segments
    return segments === undefined ? undefined : sizeOf(segments)
  }

  /** No upload URL changes this blob any more. */
  seal(id: string): void {
    const blob = this.#blobs.get(id)
    if (blob !== undefined) blob.sealed = true
  }

  /** Inverts the bits of one byte. */
  async corrupt(id: string, at: number): Promise<void> {
    let before = 0
    for (const segment of this.#blobs.get(id)?.segments ?? []) {
      if (at < before + segment.size) {
        await using file = await open(segment.path, 'r+')
        const byte = Buffer.alloc(1)
        await file.read(byte, 0, 1, at - before)
        byte.writeUInt8(byte.readUInt8(0) ^ 0xff)
        await file.write(byte, 0, 1, at - before)
        return
      }
      before += segment.size
    }
    throw new RangeError(`The blob has only ${before} bytes`)
  }

  /** The blob and its bytes are gone. Whoever is reading them gets no further than the segment that is open. */
  remove(id: string): void {
    const blob = this.#blobs.get(id)
    if (blob === undefined) return
    this.#blobs.delete(id)
    const segments = [...blob.staged.values(), ...(blob.segments ?? [])]
    for (const { path } of segments) rmSync(path, { force: true })
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  readonly listener: RequestListener = (request, response) => {
    this.#answer(request, response).catch((error: unknown) => refuse(request, response, error))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://blobs.invalid')
    const writes = request.method === 'PUT'
    if (!writes && request.method !== 'GET' && request.method !== 'HEAD') {
      throw new BlobRefusal(405, 'UnsupportedHttpVerb')
    }
    const blob = this.#authorised(url, writes ? 'cw' : 'r')
    if (!writes) return read(request, response, blob)
    if (blob.sealed) throw new BlobRefusal(409, 'BlobImmutableDueToPolicy')
    const length = request.headers['content-length']
    if (length === undefined) throw new BlobRefusal(411, 'MissingContentLengthHeader')
    if (url.searchParams.get('comp') === 'block') await this.#stageBlock(request, blob, url)
    else if (url.searchParams.get('comp') === 'blocklist') commit(blob, await blockList(request, blob))
    else await this.#put(request, blob)
    response.writeHead(201, { 'x-ms-version': STORAGE_VERSION, ...committedHeaders(blob) }).end()
  }

  #authorised(url: URL, needed: BlobPermission): Blob {
    const id = url.pathname.slice(1)
    const expiry = url.searchParams.get('se') ?? ''
    const permission = url.searchParams.get('sp')
    const signature = Buffer.from(url.searchParams.get('sig') ?? '')
    const expected = Buffer.from(this.#signature(id, permission ?? '', expiry))
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new BlobRefusal(403, 'AuthenticationFailed')
    }
    if (!(Date.parse(expiry) > Date.now())) throw new BlobRefusal(403, 'AuthenticationFailed')
    if (permission !== needed) throw new BlobRefusal(403, 'AuthorizationPermissionMismatch')
    const blob = this.#blobs.get(id)
    if (blob === undefined) throw new BlobRefusal(404, 'BlobNotFound')
    return blob
  }

  #signature(id: string, permission: string, expiry: string): string {
    return createHmac('sha256', this.#secret).update(`${id}\n${permission}\n${expiry}`).digest('base64')
  }

  async #put(request: IncomingMessage, blob: Blob): Promise<void> {
    if (request.headers['x-ms-blob-type'] !== 'BlockBlob') {
      throw new BlobRefusal(400, 'MissingRequiredHeader')
    }
    commit(blob, [await this.#receive(request)])
  }

  async #stageBlock(request: IncomingMessage, blob: Blob, url: URL): Promise<void> {
    const id = url.searchParams.get('blockid') ?? ''
    // Azure wants the block ids of one blob to be base64 of one length.
    const [other] = blob.staged.keys()
    if (!/^[A-Za-z0-9+/]+=*$/.test(id) || (other !== undefined && other.length !== id.length)) {
      throw new BlobRefusal(400, 'InvalidBlobOrBlock')
    }
    blob.staged.set(id, await this.#receive(request))
  }

  #receive(request: IncomingMessage): Promise<Segment> {
    this.#segmentCount += 1
    const path = join(this.#folder, `${this.#segmentCount}.segment`)
    return receiveSegment(request, path)
  }
}

async function blockList(request: IncomingMessage, blob: Blob): Promise<Segment[]> {
  const ids = (await text(request)).matchAll(/<(?:Latest|Uncommitted)>([^<]*)<\//g)
  return Array.from(ids, ([, id]) => {
    const segment = blob.staged.get(id ?? '')
    if (segment === undefined) throw new BlobRefusal(400, 'InvalidBlockList')
    return segment
  })
}

function commit(blob: Blob, segments: readonly Segment[]): void {
  blob.segments = segments
  blob.staged.clear()
  blob.etag = `"0x${randomBytes(8).toString('hex').toUpperCase()}"`
  blob.modified = new Date().toUTCString()
}

function committedHeaders(blob: Blob): Record<string, string> {
  return blob.segments === undefined ? {} : { ETag: blob.etag, 'Last-Modified': blob.modified }
}

async function read(request: IncomingMessage, response: ServerResponse, blob: Blob): Promise<void> {
  const { segments } = blob
  if (segments === undefined) throw new BlobRefusal(404, 'BlobNotFound')
  const ifMatch = request.headers['if-match']
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== blob.etag) {
    throw new BlobRefusal(412, 'ConditionNotMet')
  }
  const size = sizeOf(segments)
  const part = requestedPart(request, size)
  const { start, end } = part ?? { start: 0, end: size }
  response.writeHead(part === undefined ? 200 : 206, {
    ...committedHeaders(blob),
    'Accept-Ranges': 'bytes',
    'Content-Length': end - start,
    'Content-Type': 'application/octet-stream',
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-version': STORAGE_VERSION,
    ...(part === undefined ? {} : { 'Content-Range': `bytes ${start}-${end - 1}/${size}` }),
  })
  if (request.method === 'HEAD') response.end()
  else await sendSegments(response, segments, { start, end })
}

/** `end` is exclusive. Azure's own client says `x-ms-range`, others `Range`; several ranges at once are ignored. */
function requestedPart(request: IncomingMessage, size: number): { start: number; end: number } | undefined {
  const header = request.headers['x-ms-range'] ?? request.headers.range
  if (typeof header !== 'string') return undefined
  const ranges = parseRange(size, header)
  if (ranges === -1) throw new BlobRefusal(416, 'InvalidRange')
  const [range] = ranges === -2 || ranges.length > 1 ? [] : ranges
  return range === undefined ? undefined : { start: range.start, end: range.end + 1 }
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, code } = error instanceof BlobRefusal ? error : { status: 500, code: 'InternalError' }
  // The rest of a refused upload is read and forgotten, so that the answer reaches the client.
  request.resume()
  response
    .writeHead(status, {
      'Content-Type': 'application/xml',
      'x-ms-error-code': code,
      'x-ms-version': STORAGE_VERSION,
    })
    .end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`)
}
