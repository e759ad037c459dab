import type { RequestListener } from 'node:http';
export interface CacheServiceOptions {
    /** The runtime token that requests must carry. {@link runtimeToken} makes one. */
    readonly token: string;
    /** Where `blobs` is mounted, without a trailing slash. Asked whenever a URL is signed. */
    readonly blobBaseUrl: () => string;
    /** Milliseconds; 10 minutes when absent, as GitHub has it. */
    readonly urlLifetimeMs?: number;
    /** True: whoever reserves an entry again that is not finished gets a new URL for it, instead of a refusal. */
    readonly renewsUploads?: boolean;
}
export interface CacheEntry {
    readonly key: string;
    readonly version: string;
    /** Bytes. */
    readonly size: number;
}
/** A knob's own undo: takes the fault away again. */
export type Undo = () => void;
export interface DevnetCacheService {
    /** To be mounted at the root of `ACTIONS_RESULTS_URL`. */
    readonly service: RequestListener;
    /** To be mounted at the root of `blobBaseUrl`. */
    readonly blobs: RequestListener;
    /** Finished entries, oldest first. */
    entries(): readonly CacheEntry[];
    /** Forgets every entry and its bytes, as if the repository were new. */
    clear(): void;
    /** URLs signed so far are refused with 403; new ones work. */
    expireUrls(): void;
    /** Refuses as GitHub does for a token without that right. */
    deny(what: 'read' | 'write'): Undo;
    /** The storage quota is used up: nothing new is reserved. */
    full(): Undo;
    /** Answers 429. @param times only so many requests, then all is well again */
    rateLimit(retryAfterSeconds: number, times?: number): Undo;
    /** Inverts one byte of the newest entry with this key. @throws RangeError when there is no such entry or byte */
    poison(key: string, at?: number): Promise<void>;
    close(): Promise<void>;
}
/**
 * A token with the claim that says which caches a job may use, in the form GitHub gives it. Its signature is empty.
 *
 * @param permission 1 read, 2 write, 3 both
 */
export declare function runtimeToken(permission?: 1 | 2 | 3, scope?: string): string;
export declare function createCacheService(options: CacheServiceOptions): DevnetCacheService;
