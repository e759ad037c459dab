import { type Sha256Hex } from '../core/index.js';
import type { CacheRegistry, CacheStats, Cleanup, CleanupOptions, GotModel, LoraRequest, ModelKind, ModelManagerOptions, ModelRequest, PreparedLora, PreparedModels, PreparedRequest, PrepareOptions, VolumeEntry, VolumeRequest } from './types.js';
import { type ManagerParts } from './volume.js';
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
export declare class ModelManager implements AsyncDisposable {
    #private;
    /**
     * Opens nothing yet.
     *
     * @param parts for tests and measurements
     * @throws R3mesError `INPUT_INVALID` for options or variables that cannot be read
     */
    constructor(options?: ModelManagerOptions, parts?: ManagerParts);
    /** Absolute path of the volume. */
    get basePath(): string;
    get checkpointsPath(): string;
    get lorasPath(): string;
    get embeddingsPath(): string;
    get cacheRegistryPath(): string;
    /**
     * Makes the folders of the volume that are missing.
     *
     * @throws R3mesError `STORE_NOT_WRITABLE`, `DISK_FULL`
     */
    ensureDirectories(): Promise<void>;
    /**
     * The registry as it is now: what stands in `cache_registry.json`, and what this manager knows that other programs overwrote. One
     * that cannot be read counts as empty, with a warning.
     *
     * @throws R3mesError `STORE_UNSAFE`, `DISK_FULL`
     */
    loadCacheRegistry(): Promise<CacheRegistry>;
    /**
     * The SHA-256 of a file in 64 lower-case hexadecimal digits.
     *
     * @param filePath absolute, or from the folder of the volume
     * @throws R3mesError `INPUT_INVALID`, `STORE_NOT_WRITABLE`, `STORE_CORRUPT`
     */
    calculateFileHash(filePath: string): Promise<Sha256Hex>;
    /**
     * Whether a file is there, is not empty, and has a hash, when one is named. Every byte is hashed.
     *
     * @param filePath absolute, or from the folder of the volume
     * @throws R3mesError `INPUT_INVALID` for a hash that is none; the reason of the signal
     */
    verifyModelIntegrity(filePath: string, expectedHash?: string | null): Promise<boolean>;
    /**
     * Whether the file of an entry has the bytes of its hash, or, where it has none, any bytes at all. Every byte is hashed, unless under
     * `verify: changed` a recorded check says that nothing changed.
     *
     * @throws R3mesError `STORE_UNSAFE`, `DISK_FULL`; the reason of the signal
     */
    isRight({ path, hash }: Pick<VolumeEntry, 'path' | 'hash'>): Promise<boolean>;
    /**
     * Whether bytes of this hash came to the volume by a manager like this one: somebody asked for them by their hash, or their URL
     * delivered them first. Other programs can write a hash into the registry, but no bytes into the store. Nothing is hashed.
     */
    isKnown(hash: Sha256Hex): Promise<boolean>;
    /**
     * Brings a model to a path inside the volume, unless it is there already. The registry is left as it is.
     *
     * @param destination absolute, or from the folder of the volume, such as `loras/detail.safetensors`
     * @returns false when it failed, and the reporter was told why
     */
    downloadModel(url: string, destination: string, expectedHash?: string | null): Promise<boolean>;
    /** @returns the absolute path; null when it failed, and the reporter was told why */
    getOrDownloadCheckpoint(name: string, url: string, expectedHash?: string | null): Promise<string | null>;
    /** As {@link getOrDownloadCheckpoint}; the file is a `.safetensors` one unless the name has another extension. */
    getOrDownloadLora(name: string, url: string, expectedHash?: string | null): Promise<string | null>;
    /** As {@link getOrDownloadCheckpoint}. */
    getOrDownloadEmbedding(name: string, url: string, expectedHash?: string | null): Promise<string | null>;
    /**
     * One model, put in place when it is not there yet.
     *
     * @throws R3mesError `ID_UNSAFE`, `INPUT_INVALID`, `URL_REFUSED` for the request; `DIGEST_MISMATCH`, `SIZE_MISMATCH`,
     * `SOURCES_EXHAUSTED`, `AUTH_REQUIRED`, `ARTIFACT_TOO_LARGE` for its content; `STORE_UNSAFE`, `STORE_NOT_WRITABLE`, `STORE_CORRUPT`,
     * `DISK_FULL` for the volume; the reason of the signal
     */
    get(kind: ModelKind, request: ModelRequest, options?: Pick<PrepareOptions, 'signal'>): Promise<GotModel>;
    /**
     * The models of a request, as the Python manager returns them: the checkpoint's path, or null, and path and scale of each LoRA; then
     * what failed, of which the reporter was told, too.
     *
     * @throws R3mesError with `onError: 'fail'`; the reason of the signal
     */
    prepareModelsForRequest(checkpoint?: ModelRequest | null, loras?: readonly LoraRequest[] | null, options?: PrepareOptions): Promise<PreparedModels>;
    /** As {@link prepareModelsForRequest}, embeddings included, with all that is known of each model. */
    prepareRequest(request: VolumeRequest, options?: PrepareOptions): Promise<PreparedRequest>;
    /** See {@link buildLoraPrompt}. */
    buildLoraPrompt(basePrompt: string, loraPaths: readonly PreparedLora[]): string;
    /**
     * What the volume holds: entries of the registry whose files are there. Sizes in bytes.
     *
     * @throws R3mesError `STORE_UNSAFE`, `STORE_NOT_WRITABLE`, `DISK_FULL`
     */
    getCacheStats(): Promise<CacheStats>;
    /** The entries of the registry whose files are there. */
    entries(): Promise<readonly VolumeEntry[]>;
    /**
     * Removes models that nobody used for so many days, but for the most used ones of each kind and those that a living process uses.
     * Only files of the registry in the folders of the volume go.
     *
     * @throws R3mesError `INPUT_INVALID`, `STORE_NOT_WRITABLE`, `STORE_UNSAFE`
     */
    cleanupOldModels(maxAgeDays?: number, keepPopular?: number, options?: CleanupOptions): Promise<Cleanup>;
    /**
     * Waits for what is on its way, and lets go of the volume: what this manager used may be cleaned up then. Whoever asks again opens it
     * anew.
     */
    dispose(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
