import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  isSha256Hex,
  type Reporter,
  type Sha256Hex,
  silentReporter,
  type WantedFile,
} from '../../src/core/index.ts'
import {
  type CacheServiceOptions,
  createCacheService,
  type DevnetCacheService,
  runtimeToken,
} from '../../src/devnet/cache-service.ts'
import {
  type ActionsCache,
  type ActionsCacheOptions,
  type CacheLimits,
  createActionsCache,
  type SaveableFile,
} from '../../src/sources/actions-cache/index.ts'
import { type Network, openNetwork } from '../../src/transfer/index.ts'
import { type Loopback, listen } from './loopback.ts'

/** A file with its bytes, lying on this disk as a store's blob would. */
export interface LocalFile extends WantedFile {
  readonly size: number
  readonly bytes: Buffer
  readonly path: string
}

/** What a run was told, by level. */
export interface Told {
  readonly warnings: string[]
  readonly infos: string[]
}

/**
 * A repository's cache service on loopback, and runs that use it: each {@link CacheWorld.run} is a new job that knows
 * nothing of those before it.
 */
export class CacheWorld implements AsyncDisposable {
  readonly devnet: DevnetCacheService
  readonly service: Loopback
  readonly blobs: Loopback
  readonly network: Network
  readonly folder: string
  /** Method and path of every request to the service and to the blob store, in order. Query parts that sign are left out. */
  readonly requests: string[]
  #count = 0

  static async open(options: Pick<CacheServiceOptions, 'renewsUploads'> = {}): Promise<CacheWorld> {
    const requests: string[] = []
    const blobsUrl = { value: '' }
    const devnet = createCacheService({
      ...options,
      token: runtimeToken(),
      blobBaseUrl: () => blobsUrl.value,
    })
    const noted =
      (listener: RequestListener): RequestListener =>
      (request, response) => {
        const url = new URL(request.url ?? '/', 'http://noted.invalid')
        const comp = url.searchParams.get('comp')
        requests.push(`${request.method} ${url.pathname.split('/').at(-1)}${comp === null ? '' : ` ${comp}`}`)
        listener(request, response)
      }
    const service = await listen(noted(devnet.service))
    const blobs = await listen(noted(devnet.blobs))
    blobsUrl.value = blobs.url
    const folder = await mkdtemp(join(tmpdir(), 'r3mes-test-cache-world-'))
    return new CacheWorld(devnet, service, blobs, folder, requests)
  }

  private constructor(
    devnet: DevnetCacheService,
    service: Loopback,
    blobs: Loopback,
    folder: string,
    requests: string[],
  ) {
    this.devnet = devnet
    this.service = service
    this.blobs = blobs
    this.folder = folder
    this.requests = requests
    this.network = openNetwork({
      allowHosts: [],
      maxArtifactSize: 1e9,
      environment: {},
      retryPolicy: { retries: 0 },
    })
  }

  /** How many requests there were whose note contains this text. */
  asked(text: string): number {
    return this.requests.filter((request) => request.includes(text)).length
  }

  async file(content: number | Uint8Array): Promise<LocalFile> {
    const bytes = Buffer.from(typeof content === 'number' ? randomBytes(content) : content)
    this.#count += 1
    const path = join(this.folder, `blob-${this.#count}`)
    await writeFile(path, bytes)
    return {
      sha256: sha256(bytes),
      size: bytes.length,
      bytes,
      path,
      subject: `file ${this.#count}`,
      mirrorPath: '',
      places: [],
    }
  }

  /** The cache of a new job. */
  run(
    options: Partial<Omit<ActionsCacheOptions, 'limits'>> & { readonly limits?: Partial<CacheLimits> } = {},
  ): {
    cache: ActionsCache
    told: Told
  } {
    const told: Told = { warnings: [], infos: [] }
    const reporter: Reporter = {
      ...silentReporter,
      warning: (text) => told.warnings.push(text),
      info: (text) => told.infos.push(text),
    }
    const cache = createActionsCache({
      url: new URL(this.service.url),
      token: runtimeToken(),
      dispatcher: this.network.dispatcher,
      deniedPrefixes: { read: 'cache read denied:', write: 'cache write denied:' },
      rights: { read: 'allowed', write: 'allowed' },
      reporter,
      ...options,
      limits: { retryDelayMs: 1, ...options.limits },
    })
    return { cache, told }
  }

  /** Brings the file from the cache through the transfer engine, undefined when the cache does not have it. */
  async fetch(cache: ActionsCache, file: WantedFile): Promise<Buffer | undefined> {
    const [origin] = await cache.source.origins(file)
    if (origin === undefined) return undefined
    this.#count += 1
    const path = join(this.folder, `partial-${this.#count}`)
    await this.network.download(origin, file, path)
    return readFile(path)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network.close()
    await Promise.all([this.service.close(), this.blobs.close()])
    await this.devnet.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

export function sha256(bytes: Uint8Array): Sha256Hex {
  const hex = createHash('sha256').update(bytes).digest('hex')
  if (!isSha256Hex(hex)) throw new TypeError('a SHA-256 is 64 hex characters')
  return hex
}

/** Files as a run hands them over for saving. */
export function fetched(files: readonly LocalFile[], from: SaveableFile['from'] = 'http'): SaveableFile[] {
  return files.map(({ sha256: digest, size, path }) => ({ sha256: digest, size, path, from }))
}
