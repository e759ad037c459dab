import { R3mesError } from '../core/index.js';
import { type AskOptions, type BringOptions } from './calls.js';
import { type AdapterInfo } from './info.js';
import { type Downloaded, type SyncedRecords } from './outcome.js';
import { type RegistryOptions } from './session.js';
/** How an {@link AdapterRegistry} asks, and what it takes for loaded. */
export interface AdapterRegistryOptions extends RegistryOptions {
    /** The model version that adapters have to fit. Default: the one that was loaded last, else `active`. */
    readonly currentModelVersion?: string;
    /** Ids of adapters that the program has in memory already. */
    readonly loadedAdapters?: readonly string[];
}
/** Whether an adapter fits: `[true, '']`, or `[false, reason, error]`. */
export type Compatibility = readonly [compatible: true, reason: '', error?: undefined] | readonly [compatible: false, reason: string, error: R3mesError];
/**
 * With which loaded adapters an adapter conflicts: `[false, []]`, or `[true, ids]`. Where that cannot be told, `[true, [], error]`:
 * what nobody can rule out counts as a conflict.
 */
export type Conflicts = readonly [has: boolean, conflicts: readonly string[], error?: undefined] | readonly [has: true, conflicts: readonly string[], error: R3mesError];
/**
 * The approved adapters of a chain: whether they fit the model and each other, before a byte of them is fetched, and bringing them.
 *
 * @example
 * ```ts
 * import { AdapterRegistry } from 'setup-r3mes'
 *
 * const registry = new AdapterRegistry({ trust: 'quorum', currentModelVersion: '1.0.0', loadedAdapters: ['general_dora'] })
 *
 * const [compatible, reason] = await registry.checkCompatibility('coder')
 * if (!compatible) throw new Error(reason)
 *
 * const [hasConflicts, conflicts] = await registry.checkConflicts('coder')
 * if (hasConflicts) throw new Error(`coder changes the same modules as ${conflicts.join(', ')}`)
 *
 * const [success, path, error] = await registry.downloadAdapter('coder')
 * if (!success) throw error
 * console.log(`Adapter file: ${path}. Loaded: ${registry.loadedAdapters.join(', ')}`)
 * ```
 */
export declare class AdapterRegistry {
    #private;
    /** @throws R3mesError as {@link ModelRegistry}; `VERSION_INVALID` for `currentModelVersion`, `ID_UNSAFE` for `loadedAdapters` */
    constructor(options?: AdapterRegistryOptions);
    get chainId(): string;
    /** Ids of adapters that count as loaded: those that it was told of, and those that it brought. */
    get loadedAdapters(): readonly string[];
    /** Says that the program has an adapter in memory no more. False when it did not count as loaded. */
    unloadAdapter(id: string): boolean;
    /**
     * Reads every approved adapter, with proofs that none is missing. Downloads nothing.
     *
     * @throws R3mesError `INPUT_INVALID`; what the chain refuses stands in the result
     */
    syncFromBlockchain(options?: AskOptions): Promise<SyncedRecords<AdapterInfo>>;
    /** All approved adapters. @throws R3mesError when that cannot be proven: the codes of trust and chain, `UNPROVABLE` among them */
    list(options?: AskOptions): Promise<readonly AdapterInfo[]>;
    /**
     * What is approved as an adapter, whatever model it fits.
     *
     * @throws R3mesError of approval (`ADAPTER_NOT_APPROVED`, `ADAPTER_REVOKED`, …), trust and chain; `ID_UNSAFE`
     */
    info(id: string, options?: AskOptions): Promise<AdapterInfo>;
    /**
     * Whether an adapter is approved and fits the current model version. Downloads nothing.
     *
     * @param id `coder`, or with the version that it must have: `coder@1.2.0`
     * @returns `[true, '']`, or `[false, reason, error]`: also when the chain cannot be asked or believed
     * @throws R3mesError `ID_UNSAFE`, `VERSION_INVALID`, `INPUT_INVALID` for arguments that are none; the signal's reason
     */
    checkCompatibility(id: string, options?: AskOptions): Promise<Compatibility>;
    /**
     * Whether an adapter changes the same modules of the model as one that is loaded. Downloads nothing. Whether it fits the model is
     * another question: see {@link checkCompatibility}.
     *
     * @returns ids of the loaded adapters that it conflicts with
     * @throws R3mesError `ID_UNSAFE`, `VERSION_INVALID`, `INPUT_INVALID` for arguments that are none; the signal's reason
     */
    checkConflicts(id: string, options?: AskOptions): Promise<Conflicts>;
    /**
     * Brings an adapter into the store, when it fits the current model version and conflicts with nothing that is loaded. It counts
     * as loaded from then on. The model itself is not brought.
     *
     * @param id `coder`, or with the version that it must have: `coder@1.2.0`
     * @returns `[true, file]` (the folder when it has several files), or `[false, undefined, error]`
     * @throws R3mesError `ID_UNSAFE`, `VERSION_INVALID`, `INPUT_INVALID` for arguments that are none; the signal's reason
     */
    downloadAdapter(id: string, options?: BringOptions): Promise<Downloaded>;
}
