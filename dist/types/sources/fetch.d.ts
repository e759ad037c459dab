import type { SourceName, VerifiedFile, WantedFile } from '../core/index.js';
import { type Network } from '../transfer/index.js';
import { type FetchRun, type SearchOptions } from './attempts.js';
import type { Source } from './types.js';
export interface FetchProgress {
    readonly source: SourceName;
    /** Bytes that the source delivered so far; less again when another one begins. */
    readonly bytes: number;
    /** Of how many: approved, or else announced by the host. */
    readonly total?: number;
    /** All of them are here, verified. */
    readonly done: boolean;
}
export interface FetchOptions extends SearchOptions {
    /** Bytes that the file may not exceed, for kinds of files with a limit of their own. */
    readonly limit?: number;
    /** True: what an earlier attempt left at the path is gone on with, and what may be gone on with is left there. */
    readonly resume?: boolean;
    readonly onProgress?: (progress: FetchProgress) => void;
    /**
     * Told of bytes of the file that a source sent, so many at a time, as they come: also of those that are thrown away or come
     * twice, but not of what an earlier attempt left.
     */
    readonly onReceived?: (source: SourceName, bytes: number) => void;
}
/** How a search ended. */
interface Fetched {
    readonly source: SourceName;
    /** URL without query, or the label of an origin whose URL is a secret. Text from a record. */
    readonly url: string;
    /** Of the whole search, failed origins included. */
    readonly milliseconds: number;
}
export interface FetchedFile extends Fetched {
    readonly file: VerifiedFile;
}
/**
 * Brings a file from the first source that has it.
 *
 * @param path where the bytes go: a partial file, created or overwritten, gone again when this fails, but for what `resume` keeps
 * @throws R3mesError `SOURCES_EXHAUSTED`; `DIGEST_MISMATCH`, `SIZE_MISMATCH`, `AUTH_REQUIRED`, `URL_REFUSED` or
 * `ARTIFACT_TOO_LARGE` when that was all there was; `DISK_FULL`, `STORE_UNSAFE`, `STORE_NOT_WRITABLE` at once; the
 * signal's reason once it is aborted
 */
export declare function fetchFile(sources: readonly Source[], file: WantedFile, path: string, network: Network, run: FetchRun, options?: FetchOptions): Promise<FetchedFile>;
export {};
