import { R3mesError } from '../core/index.ts'
import { type AskOptions, askOptions, type BringOptions, bringOptions } from './calls.ts'
import { type DatasetInfo, datasetInfos } from './info.ts'
import { booleanOf, invalid, knownOptions, nameOf } from './options.ts'
import { type Downloaded, downloadedOf, type SyncedRecords, syncedOf } from './outcome.ts'
import { answered, type RegistryOptions, type Session, sessionOf } from './session.ts'

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
export class DatasetRegistry {
  readonly #session: Session

  /** @throws R3mesError as {@link ModelRegistry} */
  constructor(options: RegistryOptions = {}) {
    this.#session = sessionOf('DatasetRegistry', options)
  }

  get chainId(): string {
    return this.#session.settings.chainId
  }

  /**
   * Reads every approved dataset, with proofs that none is missing. Downloads nothing.
   *
   * @throws R3mesError `INPUT_INVALID`; what the chain refuses stands in the result
   */
  async syncFromBlockchain(options: AskOptions = {}): Promise<SyncedRecords<DatasetInfo>> {
    const signal = askOptions('`syncFromBlockchain`', options)
    return syncedOf(await this.#session.list(['dataset'], signal), datasetInfos)
  }

  /** All approved datasets. @throws R3mesError when that cannot be proven: the codes of trust and chain, `UNPROVABLE` among them */
  async list(options: AskOptions = {}): Promise<readonly DatasetInfo[]> {
    const asked = await this.#session.list(['dataset'], askOptions('`list`', options))
    return datasetInfos(answered(asked).artifacts)
  }

  /**
   * What is approved as a dataset.
   *
   * @param id id or name
   * @throws R3mesError of approval (`DATASET_NOT_APPROVED`, `DATASET_REMOVED`, …), trust and chain; `ID_UNSAFE`
   */
  async info(id: string, options: AskOptions = {}): Promise<DatasetInfo> {
    const asked = await this.#session.ask(this.#requestFor('`info`', id), askOptions('`info`', options))
    const [info] = datasetInfos(answered(asked).artifacts)
    if (info === undefined) throw new R3mesError('INTERNAL', 'An approved dataset has no record.')
    return info
  }

  /**
   * Brings a dataset into the store and puts its folder in place: `<home>/datasets/<name>`.
   *
   * @param id id or name
   * @returns `[true, folder]`, or `[false, undefined, error]` with any code of approval, trust, chain, content or store
   * @throws R3mesError `ID_UNSAFE`, `INPUT_INVALID` for arguments that are none; the signal's reason
   */
  async downloadDataset(id: string, options: BringOptions = {}): Promise<Downloaded> {
    const request = this.#requestFor('`downloadDataset`', id)
    return downloadedOf(
      await this.#session.bring(request, bringOptions('`downloadDataset`', options)),
      'dataset',
    )
  }

  /**
   * Not there yet: reading a dataset record by record while it is brought.
   *
   * @throws R3mesError `INPUT_INVALID`, always. It names what works: {@link downloadDataset}, and reading the files below its path
   */
  async loadDataset(id: string, options: { readonly streaming?: boolean } = {}): Promise<never> {
    const what = '`loadDataset`'
    this.#requestFor(what, id)
    booleanOf(what, 'streaming', knownOptions(what, options, ['streaming'])['streaming'], false)
    throw invalid(
      'Reading records of a dataset is not there yet. Bring it with `downloadDataset`, and read the files below the path that it gives, line by line with `node:readline`.',
    )
  }

  #requestFor(what: string, id: unknown) {
    const dataset = nameOf(what, 'the id or the name of a dataset', id)
    return this.#session.request({ modelVersion: 'none', datasets: [dataset] })
  }
}
