/**
 * The three calls of the Actions cache service, protocol v2: Twirp over JSON, field names in snake case. Its answers are
 * another program's, so every field is checked before it is believed.
 */
import { createHash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { type Answer, exchange } from './exchange.ts'
import type { CacheLimits, CacheTrouble } from './types.ts'

/** The identity that all our entries share; the service wants a digest here. */
const ENTRY_VERSION = createHash('sha256').update('r3mes-v1').digest('hex')

const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/'
/** How the service says that the storage quota is used up. */
const QUOTA_MESSAGE = 'insufficient usage'

/** Why a call did not do what was asked. `detail` is remote text. */
export interface Refusal {
  readonly trouble: CacheTrouble
  readonly detail: string
}

export type Reserved = { readonly upload: URL } | { readonly exists: true } | Refusal
export type LookedUp = { readonly download: URL | undefined } | Refusal

export interface CacheServiceOptions {
  readonly url: URL
  readonly token: string
  readonly dispatcher: Dispatcher
  readonly deniedPrefixes: { readonly read: string; readonly write: string }
  readonly limits: CacheLimits
}

type Fields = Readonly<Record<string, unknown>>

export class CacheService {
  readonly #options: CacheServiceOptions

  constructor(options: CacheServiceOptions) {
    this.#options = options
  }

  /** Where the entry with exactly this key can be read. @throws the signal's reason */
  async lookUp(key: string, signal?: AbortSignal): Promise<LookedUp> {
    const answer = await this.#call('GetCacheEntryDownloadURL', { key, restore_keys: [] }, signal)
    const fields = parse(answer)
    if (answer.status === 404 && fields['code'] === 'not_found') return { download: undefined }
    if (answer.status !== 200) return this.#refusal(answer, fields)
    // The service matches prefixes, so another entry's bytes may be on offer.
    if (fields['ok'] !== true || fields['matched_key'] !== key) {
      return typeof fields['ok'] === 'boolean' ? { download: undefined } : this.#refusal(answer, fields)
    }
    const download = this.#signedUrl(fields['signed_download_url'])
    return download === undefined ? this.#refusal(answer, fields) : { download }
  }

  /** Reserves the key and says where to upload. @throws the signal's reason */
  async reserve(key: string, signal?: AbortSignal): Promise<Reserved> {
    const answer = await this.#call('CreateCacheEntry', { key }, signal)
    const fields = parse(answer)
    if (answer.status === 409 || fields['code'] === 'already_exists') return { exists: true }
    const upload = this.#signedUrl(fields['signed_upload_url'])
    if (answer.status !== 200 || fields['ok'] !== true || upload === undefined) {
      return this.#refusal(answer, fields)
    }
    return { upload }
  }

  /** Makes an uploaded entry visible. @returns undefined when that worked @throws the signal's reason */
  async finalize(key: string, size: number, signal?: AbortSignal): Promise<Refusal | undefined> {
    const answer = await this.#call('FinalizeCacheEntryUpload', { key, size_bytes: String(size) }, signal)
    const fields = parse(answer)
    return answer.status === 200 && fields['ok'] === true ? undefined : this.#refusal(answer, fields)
  }

  #call(method: string, fields: Fields, signal: AbortSignal | undefined): Promise<Answer> {
    const { url, token, dispatcher, limits } = this.#options
    const sending = {
      url: new URL(`${SERVICE}${method}`, url),
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...fields, version: ENTRY_VERSION }),
      timeoutMs: limits.callTimeoutMs,
    } as const
    return exchange(dispatcher, limits, () => sending, signal)
  }

  /** A URL no less secure than the service's own, or nothing. */
  #signedUrl(value: unknown): URL | undefined {
    const url = typeof value === 'string' ? URL.parse(value) : null
    if (url === null || url.username !== '' || url.password !== '') return undefined
    return url.protocol === 'https:' || url.protocol === this.#options.url.protocol ? url : undefined
  }

  #refusal({ status, body }: Answer, fields: Fields): Refusal {
    const said = [fields['msg'], fields['message']].find((text) => typeof text === 'string' && text !== '')
    const message = typeof said === 'string' ? said : status === 0 ? body : 'no readable message'
    const { read, write } = this.#options.deniedPrefixes
    const denied = [read, write].some((prefix) => message.includes(prefix))
    const detail = status === 0 ? message : `HTTP ${status}: ${message}`
    return { trouble: troubleOf(status, message, denied), detail }
  }
}

function troubleOf(status: number, message: string, denied: boolean): CacheTrouble {
  if (message.includes(QUOTA_MESSAGE)) return 'full'
  if (denied || status === 401 || status === 403) return 'denied'
  return status === 429 ? 'rate-limited' : 'unavailable'
}

/** The answer's JSON object; empty when it is none. */
function parse({ status, body }: Answer): Fields {
  if (status === 0) return {}
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null ? (json as Fields) : {}
  } catch {
    return {}
  }
}
