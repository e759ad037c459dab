import { type SyncedArtifact } from '../upkeep/index.js';
import { AdapterRegistry, type AdapterRegistryOptions } from './adapter-registry.js';
import { type AskOptions } from './calls.js';
import { DatasetRegistry } from './dataset-registry.js';
import { type AdapterInfo, type DatasetInfo, type ModelInfo } from './info.js';
import { ModelRegistry } from './model-registry.js';
import { type Outcome } from './outcome.js';
import { type ReadyRequest, type ReadyResult } from './ready.js';
/** How a {@link UnifiedRegistry} asks, and whether it may download. */
export interface UnifiedRegistryOptions extends AdapterRegistryOptions {
    /**
     * False: `ensureReadyAtomic` and `syncAll` fetch nothing. What is approved and not in the store is reported instead. The download
     * methods of `models`, `adapters` and `datasets` download all the same: that is what they are called for. Default: true.
     */
    readonly autoDownload?: boolean;
}
/** Everything that is approved, as it was read just now. */
export interface SyncedRegistry extends Outcome {
    readonly chainId: string;
    readonly height: bigint | undefined;
    readonly trust: 'light-client' | 'quorum' | 'rpc' | 'lockfile' | undefined;
    readonly models: readonly ModelInfo[];
    readonly adapters: readonly AdapterInfo[];
    readonly datasets: readonly DatasetInfo[];
}
export interface SyncAllOptions extends AskOptions {
    /** Brings the active model version as well. Default: false. */
    readonly active?: boolean;
    /** Removes what is proven to be approved no more and is not in use. Default: false. */
    readonly pruneUnapproved?: boolean;
}
/** What became of what the store holds. */
export interface SyncedStore extends Outcome {
    readonly artifacts: readonly SyncedArtifact[];
    /** With `active`: the folder of the active model. */
    readonly activeModelPath: string | undefined;
    readonly bytesDownloaded: number;
    readonly bytesFreed: number;
}
/**
 * Models, adapters and datasets of one chain in one store.
 *
 * @example
 * ```ts
 * import { BlockchainClient, IPFSClient, UnifiedRegistry } from 'setup-r3mes'
 *
 * // Endpoints, chain id, gateways and home come from the environment where they are not given.
 * const registry = new UnifiedRegistry({
 *   blockchainClient: new BlockchainClient({ trust: 'quorum' }),
 *   ipfsClient: new IPFSClient(),
 *   autoDownload: true,
 *   verifyOnLoad: true,
 * })
 *
 * const result = await registry.ensureReadyAtomic({
 *   requiredAdapters: ['general_dora'],
 *   requireDataset: false,
 * })
 * if (!result.success) throw new Error(`${result.errorCode}: ${result.errorMessage}`)
 * console.log(`Model: ${result.status.modelPath}`)
 * console.log(`Adapters: ${result.status.loadedAdapters.join(', ')}`)
 * ```
 */
export declare class UnifiedRegistry {
    #private;
    readonly models: ModelRegistry;
    readonly adapters: AdapterRegistry;
    readonly datasets: DatasetRegistry;
    /** @throws R3mesError as {@link ModelRegistry} and {@link AdapterRegistry} */
    constructor(options?: UnifiedRegistryOptions);
    get chainId(): string;
    /**
     * Puts a model, adapters and datasets in place, all of them or none: approvals, compatibility and conflicts are judged before the first
     * byte is fetched, every byte is hashed, and when something that is required fails, what this call had put in place is
     * taken back. What was there before stays as it was.
     *
     * @throws R3mesError of exit 2 (`INPUT_INVALID`, `VERSION_INVALID`, `ID_UNSAFE`) for arguments that are none; the signal's reason.
     * Everything else stands in the result.
     */
    ensureReadyAtomic(wanted?: ReadyRequest): Promise<ReadyResult>;
    /**
     * Reads everything that is approved, with proofs that nothing is missing. Downloads nothing, and keeps nothing: every call asks the
     * chain again.
     *
     * @throws R3mesError `INPUT_INVALID`; what the chain refuses stands in the result
     */
    syncFromBlockchain(options?: AskOptions): Promise<SyncedRegistry>;
    /**
     * Brings what the store holds up to what is approved now, as `r3mes sync` does. `success` is false when something is not approved
     * any more and was not removed, or could not be asked or brought.
     *
     * @throws R3mesError `INPUT_INVALID` for arguments that are none, and those of the store; the signal's reason
     */
    syncAll(options?: SyncAllOptions): Promise<SyncedStore>;
}
