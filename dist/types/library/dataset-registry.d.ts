import { type AskOptions, type BringOptions } from './calls.js';
import { type DatasetInfo } from './info.js';
import { type Downloaded, type SyncedRecords } from './outcome.js';
import { type RegistryOptions } from './session.js';
/**
 * The approved datasets of a chain: what is approved, and bringing it.
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs'
 * import { readdir } from 'node:fs/promises'
 * import { join } from 'node:path'
 * import { createInterface } from 'node:readline'
 * import { DatasetRegistry } from 'setup-r3mes'
 *
 * const registry = new DatasetRegistry({ trust: 'quorum' })
 * const [success, folder, error] = await registry.downloadDataset('training_dataset_v1')
 * if (!success) throw error
 *
 * // Records one by one: the file is verified, and never in memory as a whole.
 * for (const name of await readdir(folder)) {
 *   let records = 0
 *   for await (const _record of createInterface({ input: createReadStream(join(folder, name)) })) records += 1
 *   console.log(`${name}: ${records} records`)
 * }
 * ```
 */
export declare class DatasetRegistry {
    #private;
    /** @throws R3mesError as {@link ModelRegistry} */
    constructor(options?: RegistryOptions);
    get chainId(): string;
    /**
     * Reads every approved dataset, with proofs that none is missing. Downloads nothing.
     *
     * @throws R3mesError `INPUT_INVALID`; what the chain refuses stands in the result
     */
    syncFromBlockchain(options?: AskOptions): Promise<SyncedRecords<DatasetInfo>>;
    /** All approved datasets. @throws R3mesError when that cannot be proven: the codes of trust and chain, `UNPROVABLE` among them */
    list(options?: AskOptions): Promise<readonly DatasetInfo[]>;
    /**
     * What is approved as a dataset.
     *
     * @param id id or name
     * @throws R3mesError of approval (`DATASET_NOT_APPROVED`, `DATASET_REMOVED`, …), trust and chain; `ID_UNSAFE`
     */
    info(id: string, options?: AskOptions): Promise<DatasetInfo>;
    /**
     * Brings a dataset into the store and puts its folder in place: `<home>/datasets/<name>`.
     *
     * @param id id or name
     * @returns `[true, folder]`, or `[false, undefined, error]` with any code of approval, trust, chain, content or store
     * @throws R3mesError `ID_UNSAFE`, `INPUT_INVALID` for arguments that are none; the signal's reason
     */
    downloadDataset(id: string, options?: BringOptions): Promise<Downloaded>;
    /**
     * Not there yet: reading a dataset record by record while it is brought.
     *
     * @throws R3mesError `INPUT_INVALID`, always. It names what works: {@link downloadDataset}, and reading the files below its path
     */
    loadDataset(id: string, options?: {
        readonly streaming?: boolean;
    }): Promise<never>;
}
