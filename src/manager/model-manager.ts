import { isAbsolute, join } from 'node:path'
import { asR3mesError, type Sha256Hex } from '../core/index.ts'
import { readBlobs } from '../store/index.ts'
import { announce } from './announce.ts'
import { cleanUp } from './cleanup.ts'
import { readHash } from './digests.ts'
import { downloadTo } from './download-to.ts'
import { hashOfFile } from './integrity.ts'
import { type VolumeLayout, volumeLayout } from './layout.ts'
import { buildLoraPrompt } from './lora-prompt.ts'
import { askedOf, prepare } from './prepare.ts'
import { registryObject } from './registry-text.ts'
import { VolumeSession, writable } from './session.ts'
import { readVolumeSettings, type VolumeSettings } from './settings.ts'
import { entriesOnDisk, statsOfVolume } from './stats.ts'
import { assertStill } from './still.ts'
import type {
  CacheRegistry,
  CacheStats,
  Cleanup,
  CleanupOptions,
  GotModel,
  LoraRequest,
  ModelFailure,
  ModelKind,
  ModelManagerOptions,
  ModelRequest,
  PreparedLora,
  PreparedModels,
  PreparedRequest,
  PrepareOptions,
  VolumeEntry,
  VolumeRequest,
} from './types.ts'
import { type ManagerParts, makeVolumeFolders } from './volume.ts'
import { FilesOfRequest, readWanted, type WantedModel } from './wanted.ts'

/**
 * Checkpoints, LoRAs and embeddings on a volume, by URL and SHA-256: brought once, checked always, shared by all processes that use the
 * volume, a Python manager among them. See docs/volume.md.
 *
 * @example
 * ```ts
 * await using manager = new ModelManager({ basePath: '/workspace/models' })
 * const [checkpointPath, loraPaths] = await manager.prepareModelsForRequest(
 *   { name: 'sdxl', url: 'https://huggingface.co/owner/name/resolve/main/sdxl.safetensors', hash: '…64 hex…' },
 *   [{ name: 'detail', url: 'https://civitai.com/api/download/models/1', scale: 0.8, hash: '…64 hex…' }],
 * )
 * ```
 */
export class ModelManager implements AsyncDisposable {
  readonly #settings: VolumeSettings
  readonly #layout: VolumeLayout
  /** Ends all that this manager does. */
  readonly #signal: AbortSignal
  readonly #session: VolumeSession

  /**
   * Opens nothing yet.
   *
   * @param parts for tests and measurements
   * @throws R3mesError `INPUT_INVALID` for options or variables that cannot be read
   */
  constructor(options: ModelManagerOptions = {}, parts: ManagerParts = {}) {
    this.#settings = readVolumeSettings(options)
    this.#layout = volumeLayout(this.#settings.basePath)
    this.#signal = this.#settings.signal ?? new AbortController().signal
    this.#session = new VolumeSession(this.#settings, parts, this.#signal)
  }

  /** Absolute path of the volume. */
  get basePath(): string {
    return this.#layout.base
  }

  get checkpointsPath(): string {
    return this.#layout.sections.checkpoints
  }

  get lorasPath(): string {
    return this.#layout.sections.loras
  }

  get embeddingsPath(): string {
    return this.#layout.sections.embeddings
  }

  get cacheRegistryPath(): string {
    return this.#layout.registry
  }

  /**
   * Makes the folders of the volume that are missing.
   *
   * @throws R3mesError `STORE_NOT_WRITABLE`, `DISK_FULL`
   */
  async ensureDirectories(): Promise<void> {
    await makeVolumeFolders(this.#layout)
  }

  /**
   * The registry as it is now: what stands in `cache_registry.json`, and what this manager knows that other programs overwrote. One
   * that cannot be read counts as empty, with a warning.
   *
   * @throws R3mesError `STORE_UNSAFE`, `DISK_FULL`
   */
  async loadCacheRegistry(): Promise<CacheRegistry> {
    const { registry } = await this.#session.open()
    return registryObject(await registry.document())
  }

  /**
   * The SHA-256 of a file in 64 lower-case hexadecimal digits.
   *
   * @param filePath absolute, or from the folder of the volume
   * @throws R3mesError `INPUT_INVALID`, `STORE_NOT_WRITABLE`, `STORE_CORRUPT`
   */
  async calculateFileHash(filePath: string): Promise<Sha256Hex> {
    return await hashOfFile(this.#pathOf(filePath), this.#signal)
  }

  /**
   * Whether a file is there, is not empty, and has a hash, when one is named. Every byte is hashed.
   *
   * @param filePath absolute, or from the folder of the volume
   * @throws R3mesError `INPUT_INVALID` for a hash that is none; the reason of the signal
   */
  async verifyModelIntegrity(filePath: string, expectedHash?: string | null): Promise<boolean> {
    const expected = readHash(expectedHash, 'the file')
    const path = this.#pathOf(filePath)
    const [found] = entriesOnDisk([{ path }])
    if (found === undefined || found.file.size === 0) return false
    if (expected === undefined) return true
    try {
      return (await hashOfFile(path, this.#signal)) === expected
    } catch (thrown) {
      this.#signal.throwIfAborted()
      this.#settings.reporter.debug(`A file could not be hashed: ${String(thrown)}`)
      return false
    }
  }

  /**
   * Whether the file of an entry has the bytes of its hash, or, where it has none, any bytes at all. Every byte is hashed, unless under
   * `verify: changed` a recorded check says that nothing changed.
   *
   * @throws R3mesError `STORE_UNSAFE`, `DISK_FULL`; the reason of the signal
   */
  async isRight({ path, hash }: Pick<VolumeEntry, 'path' | 'hash'>): Promise<boolean> {
    return await this.#session.work(async () => {
      const volume = await this.#session.open()
      if (hash !== undefined && volume.kind === 'writable') {
        const held = await volume.store.find(hash)
        this.#session.keepChecks(volume)
        if (held !== undefined && (await volume.store.outside.holds(path, held))) return true
      }
      return await this.verifyModelIntegrity(path, hash)
    })
  }

  /**
   * Whether bytes of this hash came to the volume by a manager like this one: somebody asked for them by their hash, or their URL
   * delivered them first. Other programs can write a hash into the registry, but no bytes into the store. Nothing is hashed.
   */
  async isKnown(hash: Sha256Hex): Promise<boolean> {
    const blobs = await readBlobs(this.#layout.home).catch(() => undefined)
    const blob = await blobs?.open(hash)
    await blob?.file.close()
    return blob !== undefined
  }

  /**
   * Brings a model to a path inside the volume, unless it is there already. The registry is left as it is.
   *
   * @param destination absolute, or from the folder of the volume, such as `loras/detail.safetensors`
   * @returns false when it failed, and the reporter was told why
   */
  async downloadModel(url: string, destination: string, expectedHash?: string | null): Promise<boolean> {
    try {
      await this.#session.work(async () => {
        const volume = writable(await this.#session.open())
        await downloadTo(volume, url, destination, expectedHash, this.#signal)
      })
      return true
    } catch (thrown) {
      this.#signal.throwIfAborted()
      this.#warn(`The model could not be downloaded.`, thrown)
      return false
    }
  }

  /** @returns the absolute path; null when it failed, and the reporter was told why */
  async getOrDownloadCheckpoint(
    name: string,
    url: string,
    expectedHash?: string | null,
  ): Promise<string | null> {
    return await this.#pathOrNull('checkpoint', name, url, expectedHash)
  }

  /** As {@link getOrDownloadCheckpoint}; the file is a `.safetensors` one unless the name has another extension. */
  async getOrDownloadLora(name: string, url: string, expectedHash?: string | null): Promise<string | null> {
    return await this.#pathOrNull('lora', name, url, expectedHash)
  }

  /** As {@link getOrDownloadCheckpoint}. */
  async getOrDownloadEmbedding(
    name: string,
    url: string,
    expectedHash?: string | null,
  ): Promise<string | null> {
    return await this.#pathOrNull('embedding', name, url, expectedHash)
  }

  /**
   * One model, put in place when it is not there yet.
   *
   * @throws R3mesError `ID_UNSAFE`, `INPUT_INVALID`, `URL_REFUSED` for the request; `DIGEST_MISMATCH`, `SIZE_MISMATCH`,
   * `SOURCES_EXHAUSTED`, `AUTH_REQUIRED`, `ARTIFACT_TOO_LARGE` for its content; `STORE_UNSAFE`, `STORE_NOT_WRITABLE`, `STORE_CORRUPT`,
   * `DISK_FULL` for the volume; the reason of the signal
   */
  async get(
    kind: ModelKind,
    request: ModelRequest,
    options: Pick<PrepareOptions, 'signal'> = {},
  ): Promise<GotModel> {
    return await this.#session.work(async () => {
      const wanted = readWanted(kind, request, this.#settings)
      const placed = await this.#session.get(wanted, this.#signalWith(options))
      await this.#session.note([[wanted, placed.model]])
      await assertStill(placed)
      return placed.model
    })
  }

  /**
   * The models of a request, as the Python manager returns them: the checkpoint's path, or null, and path and scale of each LoRA; then
   * what failed, of which the reporter was told, too.
   *
   * @throws R3mesError with `onError: 'fail'`; the reason of the signal
   */
  async prepareModelsForRequest(
    checkpoint?: ModelRequest | null,
    loras?: readonly LoraRequest[] | null,
    options: PrepareOptions = {},
  ): Promise<PreparedModels> {
    const prepared = await this.prepareRequest(
      { checkpoint: checkpoint ?? null, loras: loras ?? null },
      options,
    )
    const paths = prepared.loras.map(({ path, scale }): PreparedLora => [path, scale])
    return [prepared.checkpoint?.path ?? null, paths, prepared.failures]
  }

  /** As {@link prepareModelsForRequest}, embeddings included, with all that is known of each model. */
  async prepareRequest(request: VolumeRequest, options: PrepareOptions = {}): Promise<PreparedRequest> {
    return await this.#session.work(async () => {
      const signal = this.#signalWith(options)
      const asked = askedOf(request)
      // What is wrong with the volume is for each model to say.
      const volume = await this.#session.open().catch(() => undefined)
      if (volume?.kind === 'writable') await announce(volume, asked)
      const files = new FilesOfRequest()
      const got: [WantedModel, GotModel][] = []
      try {
        return await prepare(
          request,
          async (kind, each) => {
            const wanted = readWanted(kind, each, this.#settings)
            files.add(wanted)
            const placed = await this.#session.get(wanted, signal)
            got.push([wanted, placed.model])
            return placed
          },
          signal,
          options,
          ({ kind, name, error }: ModelFailure) =>
            this.#warn(`${kind} ${name} could not be prepared.`, error),
        )
      } finally {
        await this.#session.note(got)
      }
    })
  }

  /** See {@link buildLoraPrompt}. */
  buildLoraPrompt(basePrompt: string, loraPaths: readonly PreparedLora[]): string {
    return buildLoraPrompt(basePrompt, loraPaths)
  }

  /**
   * What the volume holds: entries of the registry whose files are there. Sizes in bytes.
   *
   * @throws R3mesError `STORE_UNSAFE`, `STORE_NOT_WRITABLE`, `DISK_FULL`
   */
  async getCacheStats(): Promise<CacheStats> {
    return await this.#session.work(async () => statsOfVolume(await this.#session.open()))
  }

  /** The entries of the registry whose files are there. */
  async entries(): Promise<readonly VolumeEntry[]> {
    return await this.#session.work(async () => {
      const { registry } = await this.#session.open()
      return entriesOnDisk(await registry.entries()).map(({ entry, file }) => ({
        ...entry,
        fileSize: file.size,
      }))
    })
  }

  /**
   * Removes models that nobody used for so many days, but for the most used ones of each kind and those that a living process uses.
   * Only files of the registry in the folders of the volume go.
   *
   * @throws R3mesError `INPUT_INVALID`, `STORE_NOT_WRITABLE`, `STORE_UNSAFE`
   */
  async cleanupOldModels(maxAgeDays = 30, keepPopular = 10, options: CleanupOptions = {}): Promise<Cleanup> {
    return await this.#session.work(async () =>
      cleanUp(writable(await this.#session.open()), { maxAgeDays, keepPopular }, options),
    )
  }

  /**
   * Waits for what is on its way, and lets go of the volume: what this manager used may be cleaned up then. Whoever asks again opens it
   * anew.
   */
  async dispose(): Promise<void> {
    await this.#session.dispose()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose()
  }

  #signalWith({ signal }: Pick<PrepareOptions, 'signal'>): AbortSignal {
    return signal === undefined ? this.#signal : AbortSignal.any([this.#signal, signal])
  }

  #pathOf(path: string): string {
    return isAbsolute(path) ? path : join(this.#layout.base, path)
  }

  async #pathOrNull(
    kind: ModelKind,
    name: string,
    url: string,
    hash: string | null | undefined,
  ): Promise<string | null> {
    try {
      return (await this.get(kind, { name, url, hash: hash ?? null })).path
    } catch (thrown) {
      this.#signal.throwIfAborted()
      this.#warn(`The ${kind} could not be had.`, thrown)
      return null
    }
  }

  #warn(what: string, thrown: unknown): void {
    const { code, message, detail } = asR3mesError(thrown)
    this.#settings.reporter.warning(`${what} ${code}: ${message}`)
    if (detail !== undefined) this.#settings.reporter.info(detail)
  }
}
