import type { Network } from '../transfer/index.js';
import type { Source } from './types.js';
/** A Kubo node on this machine, asked first when it runs. */
export declare const LOCAL_GATEWAY: URL;
export declare const PUBLIC_GATEWAYS: readonly URL[];
export interface IpfsSettings {
    /** Base URLs in the order to ask; absent: the default list. */
    readonly gateways?: readonly URL[] | undefined;
}
/**
 * A gateway's base URL. `localhost` becomes 127.0.0.1, Host included: Kubo answers requests for `localhost` with a
 * redirect to a name below it, which few resolvers know.
 */
export declare function gatewayUrl(given: URL): URL;
/** Plain files of IPFS gateways, for files whose SHA-256 is approved. */
export declare function ipfsSource({ gateways }: IpfsSettings, network: Network): Source;
