import type { Dispatcher } from '../stand-ins/undici.js';
import type { Expected, LearnedFile, SourceName, VerifiedFile } from '../core/index.js';
/** The head of an answer as its host sent it: claims, checked by nobody. Header names are in lower case. */
export interface AnswerHead {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
/** Where bytes start: what a source hands to the transfer engine. */
export interface Origin {
    readonly source: SourceName;
    readonly url: URL;
    /** Sent to `url`'s own origin alone; never across a redirect to another origin. */
    readonly headers?: Readonly<Record<string, string>>;
    /**
     * True when the URL came from the machine's own configuration, not from a record: its host:port is then allowed, to this
     * origin alone.
     */
    readonly configured?: boolean;
    /** The file is this part of the body (a pack). Asked for as a range. */
    readonly slice?: {
        readonly start: number;
        readonly length: number;
    };
    /** What to print instead of the URL, when the URL itself is a secret (signed URLs). */
    readonly label?: string;
    /**
     * Shown every answer of `url`'s own origin, redirects included, before it is judged or followed: a host may say by itself
     * that it has another file, and then no byte has to be asked for. What it throws ends this origin; it approves nothing.
     */
    readonly inspect?: (head: AnswerHead) => void;
    /**
     * Shown the head of the answer whose body would be read next, whichever host it comes from, after it was judged. What it throws
     * ends this origin; it approves nothing.
     */
    readonly inspectBody?: (head: AnswerHead) => void;
}
/** A small answer, whole. */
export interface SmallAnswer extends AnswerHead {
    readonly bytes: Uint8Array;
}
export interface DownloadOptions {
    readonly signal?: AbortSignal;
    /** Bytes that this file may not exceed, when that is less than the network's own limit. */
    readonly limit?: number;
    /** Bytes of this file received so far, and of how many: approved, or else announced by the host. */
    readonly onProgress?: (bytes: number, total: number | undefined) => void;
    /**
     * Told of bytes of the file that came over the network, so many at a time, as they come. What an earlier attempt left is not
     * among them. What is thrown away or comes twice is.
     */
    readonly onReceived?: (bytes: number) => void;
    /**
     * True: what an earlier attempt left at the path is gone on with, and what this one leaves after a failure of the network
     * or an abort stays there, with a journal beside it. All of it is hashed again.
     */
    readonly resume?: boolean;
    /**
     * Told when bytes of earlier attempts turned out to be wrong although this origin is right. Gets the keys of the origins that
     * had sent them, as `contributorKey` makes them.
     */
    readonly onWrongLeftover?: (keys: readonly string[]) => void;
}
/** For {@link Network.learn}; as in {@link DownloadOptions}. */
export type LearnOptions = Pick<DownloadOptions, 'signal' | 'onProgress' | 'onReceived'>;
/**
 * All network of a run. One object, so that proxies, custom CAs, URL rules and limits hold everywhere.
 */
export interface Network {
    /**
     * For endpoints that the user typed (chain RPC) or the runner gave (cache service): proxies and CAs apply, the address rules
     * for recorded URLs do not.
     */
    readonly dispatcher: Dispatcher;
    /**
     * Brings an origin's bytes into `path` (created or overwritten) while hashing them. Whoever keeps the file syncs it.
     *
     * @throws R3mesError `URL_REFUSED`, `AUTH_REQUIRED`, `SIZE_MISMATCH`, `DIGEST_MISMATCH`, `ARTIFACT_TOO_LARGE`,
     * `DISK_FULL`, `STORE_UNSAFE`, `STORE_NOT_WRITABLE`, `SOURCES_EXHAUSTED` (this origin does not have it or cannot be reached, after the retries)
     */
    download(origin: Origin, expected: Expected, path: string, options?: DownloadOptions): Promise<VerifiedFile>;
    /**
     * Brings an origin's bytes for which nobody named a digest, under the same rules, and says which they were. They are verified by
     * nobody: nothing that a chain approved comes this way.
     *
     * @throws R3mesError as {@link download}, but for `DIGEST_MISMATCH`; `SIZE_MISMATCH` for no bytes at all
     */
    learn(origin: Origin, path: string, options?: LearnOptions): Promise<LearnedFile>;
    /**
     * An origin's answer that is no content, such as a list of files: under the same rules and retries as a download, kept in
     * memory, verified by nobody.
     *
     * @param limit bytes that the answer may not exceed
     * @throws R3mesError `URL_REFUSED`, `AUTH_REQUIRED`, `ARTIFACT_TOO_LARGE`, `SOURCES_EXHAUSTED`
     */
    read(origin: Origin, limit: number, signal?: AbortSignal): Promise<SmallAnswer>;
    /** True when something answers HTTP at this configured URL within `timeoutMs`. */
    answers(url: URL, timeoutMs: number): Promise<boolean>;
    close(): Promise<void>;
}
