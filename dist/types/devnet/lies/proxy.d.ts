import { type Liar } from '../rpc.js';
import type { KeylessLie } from './modes.js';
/** A proxy that lies. */
export interface LyingProxy {
    readonly url: string;
    close(): Promise<void>;
}
/**
 * Puts a lie before the RPC endpoint of any chain, on a free port of loopback.
 *
 * @param target URL of the honest endpoint
 */
export declare function lyingProxy(target: string, mode: KeylessLie): Promise<LyingProxy>;
/** Puts a liar before an endpoint. Requests are passed on one by one, so the endpoint's own limits and errors show. */
export declare function proxyFor(target: string, liar: Liar): Promise<LyingProxy>;
