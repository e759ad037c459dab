import { type Reporter } from '../core/index.js';
import { type RetryPolicy } from './retry.js';
import type { Resolve, Sizes, Timeouts } from './terms.js';
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
    /** For tests and measurements: in bytes, when files come in parts and how large these are. */
    readonly sizes?: Partial<Sizes>;
    /** For tests and measurements: false sends every byte through the full HTTP client. */
    readonly directSockets?: boolean;
}
/**
 * Opens the network of a run.
 *
 * @throws R3mesError `INPUT_INVALID` for an entry of `allowHosts` or a proxy variable that cannot be read
 */
export declare function openNetwork(options: NetworkOptions): Network;
