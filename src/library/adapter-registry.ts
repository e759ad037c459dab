import { R3mesError } from '../core/index.ts'
import { type AskOptions, askOptions, type BringOptions, bringOptions } from './calls.ts'
import { type AdapterInfo, adapterInfos } from './info.ts'
import { nameOf } from './options.ts'
import { type Downloaded, downloadedOf, type SyncedRecords, syncedOf } from './outcome.ts'
import { answered, type RegistryOptions, type Session, sessionOf } from './session.ts'

/** How an {@link AdapterRegistry} asks, and what it takes for loaded. */
export interface AdapterRegistryOptions extends RegistryOptions {
  /** The model version that adapters have to fit. Default: the one that was loaded last, else `active`. */
  readonly currentModelVersion?: string
  /** Ids of adapters that the program has in memory already. */
  readonly loadedAdapters?: readonly string[]
}

/** Whether an adapter fits: `[true, '']`, or `[false, reason, error]`. */
export type Compatibility =
  | readonly [compatible: true, reason: '', error?: undefined]
  | readonly [compatible: false, reason: string, error: R3mesError]

/**
 * With which loaded adapters an adapter conflicts: `[false, []]`, or `[true, ids]`. Where that cannot be told, `[true, [], error]`:
 * what nobody can rule out counts as a conflict.
 */
export type Conflicts =
  | readonly [has: boolean, conflicts: readonly string[], error?: undefined]
  | readonly [has: true, conflicts: readonly string[], error: R3mesError]

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
export class AdapterRegistry {
  readonly #session: Session

  /** @throws R3mesError as {@link ModelRegistry}; `VERSION_INVALID` for `currentModelVersion`, `ID_UNSAFE` for `loadedAdapters` */
  constructor(options: AdapterRegistryOptions = {}) {
    this.#session = sessionOf('AdapterRegistry', options, ['currentModelVersion', 'loadedAdapters'])
  }

  get chainId(): string {
    return this.#session.settings.chainId
  }

  /** Ids of adapters that count as loaded: those that it was told of, and those that it brought. */
  get loadedAdapters(): readonly string[] {
    return [...this.#session.loaded]
  }

  /** Says that the program has an adapter in memory no more. False when it did not count as loaded. */
  unloadAdapter(id: string): boolean {
    return this.#session.loaded.delete(id)
  }

  /**
   * Reads every approved adapter, with proofs that none is missing. Downloads nothing.
   *
   * @throws R3mesError `INPUT_INVALID`; what the chain refuses stands in the result
   */
  async syncFromBlockchain(options: AskOptions = {}): Promise<SyncedRecords<AdapterInfo>> {
    const signal = askOptions('`syncFromBlockchain`', options)
    return syncedOf(await this.#session.list(['adapter'], signal), adapterInfos)
  }

  /** All approved adapters. @throws R3mesError when that cannot be proven: the codes of trust and chain, `UNPROVABLE` among them */
  async list(options: AskOptions = {}): Promise<readonly AdapterInfo[]> {
    const asked = await this.#session.list(['adapter'], askOptions('`list`', options))
    return adapterInfos(answered(asked).artifacts)
  }

  /**
   * What is approved as an adapter, whatever model it fits.
   *
   * @throws R3mesError of approval (`ADAPTER_NOT_APPROVED`, `ADAPTER_REVOKED`, …), trust and chain; `ID_UNSAFE`
   */
  async info(id: string, options: AskOptions = {}): Promise<AdapterInfo> {
    const asked = await this.#session.ask(this.#byItself('`info`', id), askOptions('`info`', options))
    const [info] = adapterInfos(answered(asked).artifacts)
    if (info === undefined) throw new R3mesError('INTERNAL', 'An approved adapter has no record.')
    return info
  }

  /**
   * Whether an adapter is approved and fits the current model version. Downloads nothing.
   *
   * @param id `coder`, or with the version that it must have: `coder@1.2.0`
   * @returns `[true, '']`, or `[false, reason, error]`: also when the chain cannot be asked or believed
   * @throws R3mesError `ID_UNSAFE`, `VERSION_INVALID`, `INPUT_INVALID` for arguments that are none; the signal's reason
   */
  async checkCompatibility(id: string, options: AskOptions = {}): Promise<Compatibility> {
    const signal = askOptions('`checkCompatibility`', options)
    const { result } = await this.#session.ask(this.#requestFor('`checkCompatibility`', id), signal)
    return result.error === undefined ? [true, ''] : [false, result.error.message, result.error]
  }

  /**
   * Whether an adapter changes the same modules of the model as one that is loaded. Downloads nothing. Whether it fits the model is
   * another question: see {@link checkCompatibility}.
   *
   * @returns ids of the loaded adapters that it conflicts with
   * @throws R3mesError `ID_UNSAFE`, `VERSION_INVALID`, `INPUT_INVALID` for arguments that are none; the signal's reason
   */
  async checkConflicts(id: string, options: AskOptions = {}): Promise<Conflicts> {
    const signal = askOptions('`checkConflicts`', options)
    const request = { ...this.#byItself('`checkConflicts`', id), loadedAdapters: this.#loadedNames() }
    const { result, plan } = await this.#session.ask(request, signal)
    const conflicts = (plan?.conflicts ?? []).map(({ second }) => second)
    const isAnswer = result.error === undefined || (plan?.problems ?? []).every(isConflict)
    if (isAnswer && plan !== undefined) return [conflicts.length > 0, conflicts]
    const error = result.error ?? new R3mesError('INTERNAL', 'A question was answered without a plan.')
    return [true, conflicts, error]
  }

  /**
   * Brings an adapter into the store, when it fits the current model version and conflicts with nothing that is loaded. It counts
   * as loaded from then on. The model itself is not brought.
   *
   * @param id `coder`, or with the version that it must have: `coder@1.2.0`
   * @returns `[true, file]` (the folder when it has several files), or `[false, undefined, error]`
   * @throws R3mesError `ID_UNSAFE`, `VERSION_INVALID`, `INPUT_INVALID` for arguments that are none; the signal's reason
   */
  async downloadAdapter(id: string, options: BringOptions = {}): Promise<Downloaded> {
    const request = {
      ...this.#requestFor('`downloadAdapter`', id),
      loadedAdapters: this.#loadedNames(),
      leavesModel: true,
    }
    const result = await this.#session.bring(request, bringOptions('`downloadAdapter`', options))
    for (const { kind, id: placed } of result.artifacts) {
      if (kind === 'adapter') this.#session.loaded.add(placed)
    }
    return downloadedOf(result, 'adapter')
  }

  #requestFor(what: string, id: unknown) {
    const adapter = nameOf(what, 'the id of an adapter', id)
    if (adapter.startsWith('domain:')) {
      throw new R3mesError('ID_UNSAFE', `${what} is about one adapter. Name it by its id.`)
    }
    const modelVersion = this.#session.currentModelVersion ?? 'active'
    return this.#session.request({ modelVersion, adapters: [adapter] })
  }

  /** Without a model to fit. */
  #byItself(what: string, id: unknown) {
    return { ...this.#requestFor(what, id), modelVersion: { kind: 'none' } as const }
  }

  #loadedNames() {
    return this.#session.request({ loadedAdapters: [...this.#session.loaded] }).loadedAdapters
  }
}

function isConflict({ code }: R3mesError): boolean {
  return code === 'ADAPTER_CONFLICT'
}
