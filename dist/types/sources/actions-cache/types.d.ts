import type { Dispatcher } from '../../stand-ins/undici.js';
import type { Reporter, Sha256Hex, SourceName } from '../../core/index.js';
import type { Source } from '../types.js';
/** The values of the output `cache-status`. */
export type CacheStatus = 
/** Everything that was fetched came from the cache. */
'hit'
/** Some of it did. */
 | 'partial' | 'miss'
/** The store had everything. */
 | 'unused'
/** The run's token or `cache-mode` refuses what was needed. */
 | 'denied'
/** There is no cache service here, or it does not answer. */
 | 'unavailable'
/** The storage quota is used up. */
 | 'full' | 'rate-limited'
/** The user switched it off. */
 | 'disabled';
/** Why the cache could not do what was asked of it. */
export type CacheTrouble = Extract<CacheStatus, 'denied' | 'unavailable' | 'full' | 'rate-limited'>;
/**
 * - `allowed`
 * - `off`: this run does not want it
 * - `denied`: the run's token or `cache-mode` refuses it, so that asking would be in vain
 */
export type CacheRight = 'allowed' | 'off' | 'denied';
export interface CacheRights {
    readonly read: CacheRight;
    readonly write: CacheRight;
}
/** Bounds of one run. All have defaults that suit GitHub. */
export interface CacheLimits {
    /** Entries saved by one run. */
    readonly saveEntries: number;
    /** Bytes saved by one run. */
    readonly saveBytes: number;
    /** Up to so many bytes go in one request; more goes in blocks of so many. */
    readonly blockBytes: number;
    readonly parallelBlocks: number;
    /** Milliseconds until a call to the service must have been answered. */
    readonly callTimeoutMs: number;
    /** Further tries after a failed one. */
    readonly retries: number;
    /** Milliseconds before the second try; later waits double, with jitter. */
    readonly retryDelayMs: number;
    /** A `Retry-After` beyond so many milliseconds is not waited for: the cache counts as rate-limited. */
    readonly maxRetryAfterMs: number;
}
export interface ActionsCacheOptions {
    /** `ACTIONS_RESULTS_URL` */
    readonly url: URL;
    /** `ACTIONS_RUNTIME_TOKEN` */
    readonly token: string;
    readonly dispatcher: Dispatcher;
    /** How the service's messages begin when it refuses by policy. */
    readonly deniedPrefixes: {
        readonly read: string;
        readonly write: string;
    };
    readonly rights: CacheRights;
    readonly limits?: Partial<CacheLimits>;
    readonly reporter: Reporter;
}
/** What decides how a file is cached. */
export interface CacheableFile {
    readonly sha256: Sha256Hex;
    /** Approved size in bytes. */
    readonly size?: number | undefined;
}
export interface CacheableArtifact {
    readonly files: readonly CacheableFile[];
}
/** A verified file of a run that succeeded. */
export interface SaveableFile {
    readonly sha256: Sha256Hex;
    /** Bytes. */
    readonly size: number;
    readonly path: string;
    /** Who had it: an entry is saved only if at least one of its files was fetched by this run. */
    readonly from: 'store' | SourceName;
}
/** How many files came from where. */
export interface CacheUse {
    readonly fromStore: number;
    readonly fromCache: number;
    readonly fromElsewhere: number;
}
/**
 * The Actions cache of one run. Nothing here ever rejects or throws because of the cache: what goes wrong becomes a
 * warning, once, and the status.
 */
export interface ActionsCache {
    /**
     * Look-ups for the transfer engine. A second call for the same file, after its signed URL was refused (401, 403), asks
     * for a new URL; a third gives up. When the bytes were wrong, it says how to delete the entry and answers nothing more.
     */
    readonly source: Source;
    /** Tells which files belong together, before the first look-up: small ones share entries. */
    prepare(artifacts: readonly CacheableArtifact[]): void;
    /** Saves what the cache lacks. To be called once, after the run succeeded, with every verified file. */
    save(files: readonly SaveableFile[], signal?: AbortSignal): Promise<{
        readonly entries: number;
        readonly bytes: number;
    }>;
    status(used: CacheUse): CacheStatus;
}
