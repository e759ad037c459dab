import type { R3mesError, Reporter, Sha256Hex } from '../core/index.js';
/** What a volume holds, by the names of its folders and of the sections of `cache_registry.json`. */
export declare const MODEL_KINDS: readonly ['checkpoint', 'lora', 'embedding'];
export type ModelKind = (typeof MODEL_KINDS)[number];
export declare const VOLUME_SECTIONS: readonly ['checkpoints', 'loras', 'embeddings'];
export type VolumeSection = (typeof VOLUME_SECTIONS)[number];
export declare const SECTION_OF_MODEL: Readonly<Record<ModelKind, VolumeSection>>;
/** A model that somebody asks for by URL. */
export interface ModelRequest {
    /** Names its file and its entry: no separators, nothing that a file system treats in a way of its own. */
    readonly name: string;
    /** An https URL of HuggingFace, CivitAI or any other host. */
    readonly url: string;
    /** SHA-256, 64 hexadecimal digits in either case, with or without `sha256:` before them. Absent: unpinned. */
    readonly hash?: string | null;
}
/** How strongly a LoRA counts. A text is a decimal number that is printed as it is written, such as `0.80`. */
export type Scale = number | string;
export interface LoraRequest extends ModelRequest {
    /** Default: 1 */
    readonly scale?: Scale | null;
}
/** A LoRA that is in place: absolute path and scale. */
export type PreparedLora = readonly [path: string, scale: Scale];
/** A model of a request that could not be had. */
export interface ModelFailure {
    readonly kind: ModelKind;
    readonly name: string;
    readonly error: R3mesError;
}
/** A model that is in place. */
export interface GotModel {
    readonly kind: ModelKind;
    readonly name: string;
    /** Absolute. */
    readonly path: string;
    readonly sha256: Sha256Hex;
    /** Bytes. */
    readonly size: number;
    /** Its bytes were on the volume already: nothing was brought. */
    readonly isHit: boolean;
    /** Nobody named its digest: it is the one that these bytes had when they came first. */
    readonly isUnpinned: boolean;
}
/** What came of a request: the first two as the Python manager returns them, then what failed. */
export type PreparedModels = readonly [
    checkpointPath: string | null,
    loraPaths: readonly PreparedLora[],
    failures: readonly ModelFailure[]
];
export interface PrepareOptions {
    /** `fail`: the first failure is thrown, when nothing else is on its way any more. Default: `continue`. */
    readonly onError?: 'continue' | 'fail';
    readonly signal?: AbortSignal;
}
/** What came of a request with embeddings. */
export interface PreparedRequest {
    /** Null: none was asked for, or it could not be had. */
    readonly checkpoint: GotModel | null;
    readonly loras: readonly (GotModel & {
        readonly scale: Scale;
    })[];
    readonly embeddings: readonly GotModel[];
    readonly failures: readonly ModelFailure[];
}
/** A request as a file: what `r3mes volume prepare` and the sub-action `volume` read. */
export interface VolumeRequest {
    readonly checkpoint?: ModelRequest | null;
    readonly loras?: readonly LoraRequest[] | null;
    readonly embeddings?: readonly ModelRequest[] | null;
    readonly prompt?: string | null;
}
export interface SectionStats {
    readonly count: number;
    /** Bytes. */
    readonly total_size: number;
}
/** What `getCacheStats` returns: the Python manager's keys, and more beside them. Sizes in bytes. */
export interface CacheStats {
    readonly checkpoints: SectionStats;
    readonly loras: SectionStats;
    readonly embeddings: SectionStats;
    readonly disk_usage: {
        readonly total: number;
        readonly used: number;
        readonly free: number;
    };
    /** Bytes that names share: what they would take more if every name had a copy of its own. */
    readonly shared_size: number;
    /** Files that were there already, and files that had to be brought, since they were counted first. */
    readonly hits: number;
    readonly misses: number;
}
/** A model as the volume's registry knows it. All but path and size is what some program wrote down. */
export interface VolumeEntry {
    readonly kind: ModelKind;
    readonly name: string;
    /** Absolute: always a file in the folder of its kind, whatever the registry says. */
    readonly path: string;
    /** Without the secrets that its query had. Text of a file that other programs write. */
    readonly url: string | undefined;
    readonly hash: Sha256Hex | undefined;
    /** Unix seconds, with fractions; 0 when unknown. */
    readonly downloadedAt: number;
    readonly lastUsed: number;
    readonly usageCount: number;
    /** Bytes: of the file, where it was looked at, else as written down. */
    readonly fileSize: number;
    readonly isUnpinned: boolean;
}
/** The text of `cache_registry.json`, parsed: entries by name, as the Python manager has them. */
export interface CacheRegistry {
    readonly checkpoints: Readonly<Record<string, unknown>>;
    readonly loras: Readonly<Record<string, unknown>>;
    readonly embeddings: Readonly<Record<string, unknown>>;
    /** Unix seconds. */
    readonly last_updated: number;
    /** What other programs keep in the file. */
    readonly [other: string]: unknown;
}
export interface CleanupOptions {
    /** True: nothing is removed; the answer says what would be. */
    readonly dryRun?: boolean;
}
export interface CleanedModel {
    readonly kind: ModelKind;
    readonly name: string;
    readonly path: string;
    readonly bytes: number;
}
/** What `cleanupOldModels` did, or would do. */
export interface Cleanup {
    readonly removed: readonly CleanedModel[];
    /** Bytes that the disk gets back. */
    readonly freedBytes: number;
    /** Old and unpopular, but in use. */
    readonly inUse: readonly CleanedModel[];
}
export interface ModelManagerOptions {
    /** Absolute path of the volume. Default: `MODELS_BASE_PATH`, else `/workspace/models`. */
    readonly basePath?: string;
    /** URLs without a hash are brought, hashed, and have to have the same bytes ever after. Default: false. */
    readonly allowUnpinned?: boolean;
    /** URL templates with `{sha256}` or `{path}`, asked where a model's own host fails. */
    readonly mirrors?: readonly string[];
    /** `host:port` that may be asked although it is loopback or private, or speaks plain http. */
    readonly allowHosts?: readonly string[];
    /** Default: `HF_ENDPOINT`, else https://huggingface.co */
    readonly hfEndpoint?: string;
    /** Default: `HF_TOKEN`. Sent to `hfEndpoint` alone. */
    readonly hfToken?: string;
    /** Default: `CIVITAI_API_TOKEN`, else `CIVITAI_TOKEN`. Sent to civitai.com alone. */
    readonly civitaiToken?: string;
    /** `changed`: a file that is exactly the one that was hashed before is not hashed again. Default: `always`. */
    readonly verify?: 'always' | 'changed';
    /** Bytes that a model without a known size may have. Default: 500 GB. */
    readonly maxModelSize?: number;
    /** Downloads at the same time. Default: 8. */
    readonly parallelDownloads?: number;
    /** Default: silent. */
    readonly reporter?: Reporter;
    /** Where variables are read. Default: `process.env`. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    readonly signal?: AbortSignal;
}
