import { type Devnet, type DevnetOptions } from './types.js';
/**
 * Starts a whole R3MES world in this process, on loopback: chain, hub, IPFS gateway, mirror and Actions cache.
 *
 * @throws R3mesError `INPUT_INVALID` when a fixed port cannot be used
 */
export declare function startDevnet(options?: DevnetOptions): Promise<Devnet>;
