import { type RawInputs } from '../ensure/index.js';
/** Which gateways an {@link IPFSClient} stands for. */
export interface IPFSClientOptions {
    /** Base URLs, asked in this order. Default: the lines of `IPFS_GATEWAY`, else the built-in list. */
    readonly gateways?: readonly string[];
    /** Where variables are read. Default: `process.env`. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** The API of an IPFS node is not used yet. */
    readonly apiUrl?: never;
}
/**
 * The IPFS gateways that registries and {@link DownloadManager} ask. What a gateway sends is hashed like anything else, and counts
 * only when it has the approved SHA-256.
 *
 * Without `gateways` and `IPFS_GATEWAY` these are asked: `http://127.0.0.1:8080` if something answers there, then `https://ipfs.io`
 * and `https://dweb.link`. `localhost` means 127.0.0.1. The API of a node (`apiUrl`, `IPFS_API_URL`) is not used yet.
 *
 * @example
 * ```ts
 * import { IPFSClient, ModelRegistry } from 'setup-r3mes'
 *
 * const ipfsClient = new IPFSClient({ gateways: ['http://127.0.0.1:8080', 'https://ipfs.io'] })
 * const registry = new ModelRegistry({ ipfsClient })
 * console.log(ipfsClient.gateways, registry.chainId)
 * ```
 */
export declare class IPFSClient {
    /** As they are asked, in order; undefined: the built-in list. */
    readonly gateways: readonly string[] | undefined;
    /** @throws R3mesError `INPUT_INVALID` for an option that does not exist, and for what is no https or http URL */
    constructor(options?: IPFSClientOptions);
}
/** What a client says, as inputs. */
export declare function gatewayInputs(client: IPFSClient): RawInputs;
