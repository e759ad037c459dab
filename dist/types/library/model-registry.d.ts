import { type AskOptions, type BringOptions } from './calls.js';
import { type ModelInfo } from './info.js';
import { type Downloaded, type SyncedRecords } from './outcome.js';
import { type RegistryOptions } from './session.js';
/**
 * The approved models of a chain: what is approved, and bringing it.
 *
 * Nothing is kept between calls: each one asks the chain at its newest height, so a revocation counts at once.
 *
 * @example
 * ```ts
 * import { ModelRegistry } from 'setup-r3mes'
 *
 * const registry = new ModelRegistry({ trust: 'quorum' })
 * const { version, checksum, huggingfaceRepo, approvedAtHeight } = await registry.info('1.0.0')
 * console.log(`${version} is ${checksum} from ${huggingfaceRepo}, approved at height ${approvedAtHeight}`)
 *
 * const [success, path, error] = await registry.downloadModel('1.0.0')
 * if (!success) throw error
 * console.log(`Model folder: ${path}`)
 * ```
 */
export declare class ModelRegistry {
    #private;
    /**
     * @throws R3mesError `INPUT_INVALID` and the other codes of exit 2 for options that cannot be used, `RPC_URL_MISSING` and
     * `PRIVATE_KEY_REFUSED` among them
     */
    constructor(options?: RegistryOptions);
    get chainId(): string;
    /**
     * Reads every approved model version, with proofs that none is missing. Downloads nothing.
     *
     * @throws R3mesError `INPUT_INVALID`; what the chain refuses stands in the result
     */
    syncFromBlockchain(options?: AskOptions): Promise<SyncedRecords<ModelInfo>>;
    /**
     * All approved model versions, the newest first.
     *
     * @throws R3mesError when that cannot be proven: the codes of trust and chain, `UNPROVABLE` among them
     */
    list(options?: AskOptions): Promise<readonly ModelInfo[]>;
    /**
     * What is approved as a version.
     *
     * @param version `active`, a version such as `1.0.0`, or a semver range. Default: `active`
     * @throws R3mesError of approval (`MODEL_NOT_APPROVED`, `MODEL_INACTIVE`, …), trust and chain; `VERSION_INVALID`
     */
    info(version?: string, options?: AskOptions): Promise<ModelInfo>;
    /**
     * Brings a model version into the store and puts its folder in place: `<home>/models/v1.0.0`. What is there already is hashed, not
     * fetched.
     *
     * @param version `active`, a version such as `1.0.0`, or a semver range. Default: `active`
     * @returns `[true, folder]`, or `[false, undefined, error]` with any code of approval, trust, chain, content or store
     * @throws R3mesError `VERSION_INVALID`, `INPUT_INVALID` for arguments that are none; the signal's reason
     */
    downloadModel(version?: string, options?: BringOptions): Promise<Downloaded>;
}
