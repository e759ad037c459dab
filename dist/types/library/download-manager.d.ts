import { type Reporter } from '../core/index.js';
import type { AskOptions } from './calls.js';
import { IPFSClient } from './ipfs-client.js';
import { type StoreOptions } from './options.js';
import type { Downloaded } from './outcome.js';
/** Where a {@link DownloadManager} puts files, and whom it may ask. */
export interface DownloadManagerOptions extends StoreOptions {
    /** Which gateways to ask. Default: one made of the environment. */
    readonly ipfsClient?: IPFSClient;
    /** As for registries. Default: true. */
    readonly verifyOnLoad?: boolean;
    /** Told what happens, and how far it is. Default: silent. */
    readonly reporter?: Reporter;
    /** Where variables are read. Default: `process.env`. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** Aborting it ends every download. */
    readonly signal?: AbortSignal;
}
/** One file, by its digest, and where it may be had. */
export interface FileRequest extends AskOptions {
    /** SHA-256 of the file: 64 hexadecimal digits in either case, with or without `sha256:` before them. */
    readonly sha256: string;
    /**
     * `https://…`, or `hf://[datasets/]<owner>/<name>[@<revision>]/<path>`. Not needed where a `cid` is named, or a mirror with
     * `{sha256}` is configured.
     */
    readonly urls?: readonly string[];
    /** CID of exactly this file, for IPFS gateways and mirrors. */
    readonly cid?: string;
    /** Bytes that it has, where that is known: then a longer one ends early. */
    readonly size?: number;
    /** How people are told of it. Default: the begin of its digest. */
    readonly name?: string;
    /** Fetches it again although the store has it. Default: false. */
    readonly force?: boolean;
}
/**
 * Brings single files into a store by their SHA-256, with the engine of the registries: sources in order, retries, resumed
 * transfers, every byte hashed. No chain is asked, so nothing says that such a file is approved.
 *
 * Without a digest nothing is fetched, and no option changes that.
 *
 * @example
 * ```ts
 * import { DownloadManager } from 'setup-r3mes'
 *
 * const manager = new DownloadManager({ sources: ['huggingface', 'ipfs'] })
 * const [success, path, error] = await manager.download({
 *   name: 'general_dora.safetensors',
 *   urls: ['hf://r3mes-network/adapters/general_dora.safetensors'],
 *   cid: 'bafkreibbbsvdxybcaci6r56pcj5w2dbcltjquepe67otlwfahvzy2bq32y',
 *   sha256: '210caa3be0220091e8f7cf127b6d0c225cd30a11e4f7dd35d8a03d738d061bd6',
 * })
 * if (!success) throw error
 * console.log(`Verified and read-only: ${path}`)
 * ```
 */
export declare class DownloadManager {
    #private;
    /** @throws R3mesError `INPUT_INVALID` for options that cannot be used */
    constructor(options?: DownloadManagerOptions);
    /**
     * Brings a file into the store, from the store itself or from the first source that has it.
     *
     * @returns `[true, path]`: a read-only file below `<home>/blobs`, in use by this process until it ends; or `[false, undefined, error]`
     * with any code of content or store
     * @throws R3mesError `INPUT_INVALID` for a request without a digest or a place, `ID_UNSAFE` for a name; the signal's reason
     */
    download(request: FileRequest): Promise<Downloaded>;
}
