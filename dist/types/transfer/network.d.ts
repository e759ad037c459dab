import { type Reporter } from '../core/index.js';
import { type Resolve, type Timeouts } from './dispatchers.js';
import { type RetryPolicy } from './retry.js';
import type { Network } from './types.js';
export interface NetworkOptions {
    /** `host:port` of hosts that may be anywhere and speak http; without a port, the scheme's own. */
    readonly allowHosts: readonly string[];
    /** Bytes that no file may exceed. */
    readonly maxArtifactSize: number;
    /** `process.env`: the proxy variables are read from here. */
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** Ends everything that this network does. */
    readonly signal?: AbortSignal;
    readonly reporter?: Reporter;
    readonly timeouts?: Partial<Timeouts>;
    readonly retryPolicy?: Partial<RetryPolicy>;
    /** The resolver of names; the system's own when absent. */
    readonly resolve?: Resolve;
}
/**
 * Opens the network of a run.
 *
 * @throws R3mesError `INPUT_INVALID` for an entry of `allowHosts` or a proxy variable that cannot be read
 */
export declare function openNetwork(options: NetworkOptions): Network;
