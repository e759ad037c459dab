import type { Network } from '../transfer/index.js';
import type { Source } from './types.js';
export interface IpfsSettings {
    /** Base URLs in the order to ask; absent: the default list. */
    readonly gateways?: readonly URL[] | undefined;
}
/** Plain files of IPFS gateways, for files whose SHA-256 is approved. */
export declare function ipfsSource({ gateways }: IpfsSettings, network: Network): Source;
