/**
 * The Actions cache service, protocol v2, as jobs of one repository see it: a Twirp service that hands out signed URLs,
 * and the blob store behind them. Good enough for the official client to save to and restore from.
 */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { BlockBlobs } from './block-blobs.ts'

export interface CacheServiceOptions {
  /** The runtime token that requests must carry. {@link runtimeToken} makes one. */
  readonly token: string
  /** Where `blobs` is mounted, without a trailing slash. Asked whenever a URL is signed. */
  readonly blobBaseUrl: () => string
  /** Milliseconds; 10 minutes when absent, as GitHub has it. */
  readonly urlLifetimeMs?: number
  /** True: whoever reserves an entry again that is not finished gets a new URL for it, instead of a refusal. */
  readonly renewsUploads?: boolean
}

export interface CacheEntry {
  readonly key: string
  readonly version: string
  /** Bytes. */
  readonly size: number
}

/** A knob's own undo: takes the fault away again. */
export type Undo = () => void

export interface DevnetCacheService {
  /** To be mounted at the root of `ACTIONS_RESULTS_URL`. */
  readonly service: RequestListener
  /** To be mounted at the root of `blobBaseUrl`. */
  readonly blobs: RequestListener
  /** Finished entries, oldest first. */
  entries(): readonly CacheEntry[]
  /** Forgets every entry and its bytes, as if the repository were new. */
  clear(): void
  /** URLs signed so far are refused with 403; new ones work. */
  expireUrls(): void
  /** Refuses as GitHub does for a token without that right. */
  deny(what: 'read' | 'write'): Undo
  /** The storage quota is used up: nothing new is reserved. */
  full(): Undo
  /** Answers 429. @param times only so many requests, then all is well again */
  rateLimit(retryAfterSeconds: number, times?: number): Undo
  /** Inverts one byte of the newest entry with this key. @throws RangeError when there is no such entry or byte */
  poison(key: string, at?: number): Promise<void>
  close(): Promise<void>
}

interface StoredEntry {
  readonly id: number
  readonly key: string
  readonly version: string
  readonly blob: string
  size: number | undefined
}

interface TwirpRequest {
  readonly key: string
  readonly version: string
  readonly restoreKeys: readonly string[]
  readonly sizeBytes: string
}

interface TwirpAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

const PATH = '/twirp/github.actions.results.api.v1.CacheService/'
const MAX_BODY = 64 * 1024
const MAX_KEY = 512
const MAX_KEYS = 10
const URL_LIFETIME_MS = 10 * 60_000

/**
 * A token with the claim that says which caches a job may use, in the form GitHub gives it. Its signature is empty.
 *
 * @param permission 1 read, 2 write, 3 both
 */
export function runtimeToken(permission: 1 | 2 | 3 = 3, scope = 'refs/heads/main'): string {
  const claims = { ac: JSON.stringify([{ Scope: scope, Permission: permission }]), iss: 'r3mes-devnet' }
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`
}

export function createCacheService(options: CacheServiceOptions): DevnetCacheService {
  const lifetime = options.urlLifetimeMs ?? URL_LIFETIME_MS
  const blobs = new BlockBlobs(options.blobBaseUrl)
  const stored: StoredEntry[] = []
  const faults = { read: 0, write: 0, full: 0, limits: new Set<{ left: number; retryAfter: number }>() }
  let lastId = 0

  const find = (key: string, version: string) =>
    stored.find((entry) => entry.key === key && entry.version === version)

  function createEntry({ key, version }: TwirpRequest): TwirpAnswer {
    if (faults.write > 0) {
      return ok({ ok: false, message: 'cache write denied: the token of this run is read-only' })
    }
    if (faults.full > 0)
      return twirpError(403, 'permission_denied', 'insufficient usage to create cache entry')
    const held = find(key, version)
    if (held !== undefined && held.size === undefined && options.renewsUploads === true) {
      return ok({ ok: true, signed_upload_url: blobs.sign(held.blob, 'cw', lifetime) })
    }
    if (held !== undefined) {
      return twirpError(409, 'already_exists', 'cache entry with the same key and version already exists')
    }
    lastId += 1
    const entry = { id: lastId, key, version, blob: blobs.create(), size: undefined }
    stored.push(entry)
    return ok({ ok: true, signed_upload_url: blobs.sign(entry.blob, 'cw', lifetime) })
  }

  function finalize({ key, version, sizeBytes }: TwirpRequest): TwirpAnswer {
    const entry = find(key, version)
    if (entry === undefined) return twirpError(404, 'not_found', 'no upload of this entry was started')
    const size = blobs.size(entry.blob)
    if (size === undefined || String(size) !== sizeBytes) {
      return twirpError(400, 'invalid_argument', 'the uploaded size is another one')
    }
    blobs.seal(entry.blob)
    entry.size = size
    return ok({ ok: true, entry_id: String(entry.id) })
  }

  function lookUp({ key, restoreKeys, version }: TwirpRequest): TwirpAnswer {
    if (faults.read > 0) {
      return twirpError(
        403,
        'permission_denied',
        'cache read denied: the token of this run has no readable scope',
      )
    }
    const finished = stored.filter((entry) => entry.size !== undefined && entry.version === version)
    const found = bestMatch(finished, [key, ...restoreKeys])
    if (found === undefined) return ok({ ok: false, signed_download_url: '', matched_key: '' })
    const url = blobs.sign(found.blob, 'r', lifetime)
    return ok({ ok: true, signed_download_url: url, matched_key: found.key })
  }

  const methods = new Map([
    ['CreateCacheEntry', createEntry],
    ['FinalizeCacheEntryUpload', finalize],
    ['GetCacheEntryDownloadURL', lookUp],
  ])

  async function answer(request: IncomingMessage): Promise<TwirpAnswer> {
    const method = methods.get(
      (request.url ?? '').startsWith(PATH) ? (request.url ?? '').slice(PATH.length) : '',
    )
    const body = await readBody(request)
    if (method === undefined || request.method !== 'POST') {
      return twirpError(404, 'bad_route', 'no such method')
    }
    if (!carriesToken(request, options.token)) {
      return twirpError(401, 'unauthenticated', 'the bearer token is missing or wrong')
    }
    const [limit] = faults.limits
    if (limit !== undefined) {
      limit.left -= 1
      if (limit.left <= 0) faults.limits.delete(limit)
      const refusal = twirpError(429, 'resource_exhausted', 'rate limit exceeded')
      return { ...refusal, headers: { 'Retry-After': String(limit.retryAfter) } }
    }
    const parsed = body === undefined ? undefined : parseRequest(body)
    return parsed === undefined
      ? twirpError(400, 'malformed', 'the request is not what this method takes')
      : method(parsed)
  }

  function knob(name: 'read' | 'write' | 'full'): Undo {
    faults[name] += 1
    let on = true
    return () => {
      if (on) faults[name] -= 1
      on = false
    }
  }

  return {
    service: (request, response) => {
      answer(request).then(
        (found) => send(response, found),
        () => send(response, twirpError(500, 'internal', 'the request could not be read')),
      )
    },
    blobs: blobs.listener,
    entries: () =>
      stored.flatMap(({ key, version, size }) => (size === undefined ? [] : [{ key, version, size }])),
    clear: () => {
      for (const { blob } of stored) blobs.remove(blob)
      stored.length = 0
    },
    expireUrls: () => blobs.expireUrls(),
    deny: (what) => knob(what),
    full: () => knob('full'),
    rateLimit(retryAfter, times = Number.POSITIVE_INFINITY) {
      const limit = { left: times, retryAfter }
      faults.limits.add(limit)
      return () => faults.limits.delete(limit)
    },
    async poison(key, at = 0) {
      const entry = stored.findLast((candidate) => candidate.key === key && candidate.size !== undefined)
      if (entry === undefined) throw new RangeError(`There is no cache entry with the key ${key}`)
      await blobs.corrupt(entry.blob, at)
    },
    close: () => blobs.close(),
  }
}

/** Key by key: the very key first, then the newest entry that begins with it. `finished` is oldest first. */
function bestMatch(finished: readonly StoredEntry[], keys: readonly string[]): StoredEntry | undefined {
  for (const wanted of keys) {
    const found =
      finished.find(({ key }) => key === wanted) ?? finished.findLast(({ key }) => key.startsWith(wanted))
    if (found !== undefined) return found
  }
  return undefined
}

function carriesToken(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const expected = Buffer.from(`Bearer ${token}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY) chunks.push(chunk)
  }
  return size > MAX_BODY ? undefined : Buffer.concat(chunks).toString('utf8')
}

function parseRequest(body: string): TwirpRequest | undefined {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof json !== 'object' || json === null) return undefined
  const fields = json as Readonly<Record<string, unknown>>
  const { key, version, restore_keys: restoreKeys = [], size_bytes: sizeBytes = '0' } = fields
  if (typeof version !== 'string' || !/^[0-9a-f]{64}$/.test(version)) return undefined
  if (typeof sizeBytes !== 'string' || !/^[0-9]+$/.test(sizeBytes)) return undefined
  if (!isKey(key) || !Array.isArray(restoreKeys) || !restoreKeys.every(isKey)) return undefined
  if (restoreKeys.length >= MAX_KEYS) return undefined
  return { key, version, restoreKeys, sizeBytes }
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_KEY && !value.includes(',')
}

function ok(body: TwirpAnswer['body']): TwirpAnswer {
  return { status: 200, body }
}

function twirpError(status: number, code: string, msg: string): TwirpAnswer {
  return { status, body: { code, msg } }
}

function send(response: ServerResponse, { status, body, headers }: TwirpAnswer): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
}
