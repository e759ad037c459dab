import type { Sha256Hex, WantedFile } from '../../core/index.ts'
import type { Origin } from '../../transfer/index.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { fileKey, type Pack, planAllPacks } from './packs.ts'
import { planSaves, type Save, withinLimits } from './saves.ts'
import { CacheService, type Refusal } from './service.ts'
import { cacheStatus, TROUBLE_SENTENCES } from './status.ts'
import type {
  ActionsCache,
  ActionsCacheOptions,
  CacheableArtifact,
  CacheLimits,
  CacheStatus,
  CacheTrouble,
  CacheUse,
  SaveableFile,
} from './types.ts'
import { upload } from './upload.ts'

/** One question to the service and its answer: where the entry can be read, or undefined. */
interface LookUp {
  readonly key: string
  readonly slice: Origin['slice']
  readonly url: Promise<URL | undefined>
}

/** The Actions cache for one run. Makes no request by itself. */
export function createActionsCache(options: ActionsCacheOptions): ActionsCache {
  return new RunCache(options)
}

class RunCache implements ActionsCache {
  readonly source = {
    name: 'cache',
    origins: (file: WantedFile, signal?: AbortSignal) => this.#origins(file, signal),
    servedWrongBytes: (file: WantedFile) => this.#servedWrongBytes(file),
  } as const

  readonly #options: ActionsCacheOptions
  readonly #limits: CacheLimits
  readonly #service: CacheService
  #packs: readonly Pack[] = []
  /** Where each packed file lies, in the order of the packs. */
  #slices: ReadonlyMap<Sha256Hex, readonly Pick<LookUp, 'key' | 'slice'>[]> = new Map()
  /** The newest answer for each key: files that share an entry share its look-up. */
  readonly #urls = new Map<string, Promise<URL | undefined>>()
  /** What each file was told last. */
  readonly #told = new Map<Sha256Hex, LookUp>()
  readonly #renewed = new Set<Sha256Hex>()
  /** Keys that the cache is known to have. */
  readonly #present = new Set<string>()
  #reading = true
  #trouble: CacheTrouble | undefined

  constructor(options: ActionsCacheOptions) {
    this.#options = options
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#service = new CacheService({ ...options, limits: this.#limits })
  }

  prepare(artifacts: readonly CacheableArtifact[]): void {
    this.#packs = planAllPacks(artifacts)
    const slices = this.#packs.flatMap(({ key, files }) =>
      files.map(({ sha256, start, size }) => ({ sha256, key, slice: { start, length: size } })),
    )
    this.#slices = Map.groupBy(slices, ({ sha256 }) => sha256)
  }

  async #origins(file: WantedFile, signal: AbortSignal | undefined): Promise<readonly Origin[]> {
    if (!this.#mayRead() || file.size === 0) return []
    const told = this.#told.get(file.sha256)
    if (told !== undefined) {
      if (this.#renewed.has(file.sha256) || (await told.url) === undefined) return []
      this.#renewed.add(file.sha256)
    }
    for (const { key, slice } of told === undefined ? this.#entriesOf(file.sha256) : [told]) {
      const lookUp = { key, slice, url: this.#urlOf(key, told?.url, signal) }
      this.#told.set(file.sha256, lookUp)
      const url = await lookUp.url
      // Another file's look-up may have ended the reading meanwhile.
      if (url !== undefined && this.#reading) return [originAt(url, key, slice)]
    }
    return []
  }

  #mayRead(): boolean {
    const { read } = this.#options.rights
    if (read === 'denied') this.#note({ trouble: 'denied', detail: 'reading is not allowed' })
    return read === 'allowed' && this.#reading
  }

  #entriesOf(sha256: Sha256Hex): readonly Pick<LookUp, 'key' | 'slice'>[] {
    return this.#slices.get(sha256) ?? [{ key: fileKey(sha256), slice: undefined }]
  }

  /** The newest answer for the key, or a new one when the newest is `refused`. */
  #urlOf(
    key: string,
    refused: Promise<URL | undefined> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<URL | undefined> {
    const newest = this.#urls.get(key)
    if (newest !== undefined && newest !== refused) return newest
    const asked = this.#ask(key, signal)
    this.#urls.set(key, asked)
    return asked
  }

  async #ask(key: string, signal: AbortSignal | undefined): Promise<URL | undefined> {
    try {
      const found = await this.#service.lookUp(key, signal)
      if ('trouble' in found) {
        this.#reading = false
        this.#note(found)
        return undefined
      }
      if (found.download !== undefined) this.#present.add(key)
      return found.download
    } catch (error) {
      if (signal?.aborted !== true) this.#note({ trouble: 'unavailable', detail: String(error) })
      return undefined
    }
  }

  #servedWrongBytes({ sha256 }: WantedFile): void {
    const told = this.#told.get(sha256)
    if (told === undefined) return
    this.#reading = false
    this.#options.reporter.warning(
      `Nothing of the wrong bytes was kept, but the Actions cache entry stays wrong until it is deleted: gh cache delete ${told.key}`,
    )
  }

  async save(
    files: readonly SaveableFile[],
    signal?: AbortSignal,
  ): Promise<{ readonly entries: number; readonly bytes: number }> {
    const saved = { entries: 0, bytes: 0 }
    const saves = this.#wantedSaves(files)
    try {
      for (const save of saves) {
        const outcome = await this.#saveEntry(save, signal)
        if (outcome === 'exists') continue
        if (outcome !== 'saved') {
          this.#note(outcome)
          break
        }
        saved.entries += 1
        saved.bytes += save.size
        this.#options.reporter.info(`Saved ${save.size} bytes to the Actions cache as ${save.key}`)
      }
    } catch (error) {
      if (signal?.aborted !== true) this.#note({ trouble: 'unavailable', detail: String(error) })
    }
    return saved
  }

  #wantedSaves(files: readonly SaveableFile[]): readonly Save[] {
    const { rights, reporter } = this.#options
    // A service that failed to answer look-ups is not asked for more.
    if (rights.write === 'off' || this.#trouble === 'unavailable' || this.#trouble === 'rate-limited')
      return []
    const { chosen, left } = withinLimits(planSaves(files, this.#packs, this.#present), this.#limits)
    if (left.length > 0) {
      const bytes = left.reduce((sum, save) => sum + save.size, 0)
      reporter.info(
        `${left.length} entries with ${bytes} bytes are more than one run saves to the Actions cache on its own; \`cache: true\` saves them too.`,
      )
    }
    if (rights.write === 'allowed') return chosen
    if (chosen.length > 0) this.#note({ trouble: 'denied', detail: 'writing is not allowed' })
    return []
  }

  async #saveEntry(save: Save, signal: AbortSignal | undefined): Promise<'saved' | 'exists' | Refusal> {
    const reserved = await this.#service.reserve(save.key, signal)
    if ('exists' in reserved) return 'exists'
    if ('trouble' in reserved) return reserved
    const progress = { subject: `Actions cache entry ${save.key}`, source: 'store', total: save.size }
    const report = (bytes: number, done: boolean): void =>
      this.#options.reporter.progress({ ...progress, bytes, done })
    report(0, false)
    const failed = await upload({
      url: reserved.upload,
      files: save.files,
      dispatcher: this.#options.dispatcher,
      limits: this.#limits,
      onProgress: (bytes) => report(bytes, false),
      renew: () => this.#renewUpload(save.key, signal),
      signal,
    }).finally(() => report(save.size, true))
    return failed ?? (await this.#service.finalize(save.key, save.size, signal)) ?? 'saved'
  }

  /** A service may give the job that holds a reservation another signed URL for it, or call it taken. */
  async #renewUpload(key: string, signal: AbortSignal | undefined): Promise<URL | undefined> {
    const again = await this.#service.reserve(key, signal)
    return 'upload' in again ? again.upload : undefined
  }

  status(used: CacheUse): CacheStatus {
    return cacheStatus(used, this.#trouble)
  }

  /** The first trouble is the run's trouble; those after it follow from it. */
  #note({ trouble, detail }: Refusal): void {
    if (this.#trouble !== undefined) {
      this.#options.reporter.debug(`Actions cache: ${trouble}: ${detail}`)
      return
    }
    this.#trouble = trouble
    this.#options.reporter.warning(`${TROUBLE_SENTENCES[trouble]} (${detail})`)
  }
}

function originAt(url: URL, key: string, slice: Origin['slice']): Origin {
  return {
    source: 'cache',
    url,
    configured: true,
    label: `Actions cache entry ${key}`,
    ...(slice === undefined ? {} : { slice }),
  }
}
