import { R3mesError } from '../core/index.ts'
import { type AskOptions, askOptions, type BringOptions, bringOptions } from './calls.ts'
import { type ModelInfo, modelInfos } from './info.ts'
import { nameOf } from './options.ts'
import { type Downloaded, downloadedOf, type SyncedRecords, syncedOf } from './outcome.ts'
import { answered, type RegistryOptions, type Session, sessionOf } from './session.ts'

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
export class ModelRegistry {
  readonly #session: Session

  /**
   * @throws R3mesError `INPUT_INVALID` and the other codes of exit 2 for options that cannot be used, `RPC_URL_MISSING` and
   * `PRIVATE_KEY_REFUSED` among them
   */
  constructor(options: RegistryOptions = {}) {
    this.#session = sessionOf('ModelRegistry', options)
  }

  get chainId(): string {
    return this.#session.settings.chainId
  }

  /**
   * Reads every approved model version, with proofs that none is missing. Downloads nothing.
   *
   * @throws R3mesError `INPUT_INVALID`; what the chain refuses stands in the result
   */
  async syncFromBlockchain(options: AskOptions = {}): Promise<SyncedRecords<ModelInfo>> {
    const signal = askOptions('`syncFromBlockchain`', options)
    return syncedOf(await this.#session.list(['model'], signal), modelInfos)
  }

  /**
   * All approved model versions, the newest first.
   *
   * @throws R3mesError when that cannot be proven: the codes of trust and chain, `UNPROVABLE` among them
   */
  async list(options: AskOptions = {}): Promise<readonly ModelInfo[]> {
    return modelInfos(answered(await this.#session.list(['model'], askOptions('`list`', options))).artifacts)
  }

  /**
   * What is approved as a version.
   *
   * @param version `active`, a version such as `1.0.0`, or a semver range. Default: `active`
   * @throws R3mesError of approval (`MODEL_NOT_APPROVED`, `MODEL_INACTIVE`, …), trust and chain; `VERSION_INVALID`
   */
  async info(version = 'active', options: AskOptions = {}): Promise<ModelInfo> {
    const request = this.#session.request({ modelVersion: modelVersionOf('`info`', version) })
    const asked = await this.#session.ask(request, askOptions('`info`', options))
    const [info] = modelInfos(answered(asked).artifacts)
    if (info === undefined) throw new R3mesError('INTERNAL', 'An approved model has no record.')
    return info
  }

  /**
   * Brings a model version into the store and puts its folder in place: `<home>/models/v1.0.0`. What is there already is hashed, not
   * fetched.
   *
   * @param version `active`, a version such as `1.0.0`, or a semver range. Default: `active`
   * @returns `[true, folder]`, or `[false, undefined, error]` with any code of approval, trust, chain, content or store
   * @throws R3mesError `VERSION_INVALID`, `INPUT_INVALID` for arguments that are none; the signal's reason
   */
  async downloadModel(version = 'active', options: BringOptions = {}): Promise<Downloaded> {
    const request = this.#session.request({ modelVersion: modelVersionOf('`downloadModel`', version) })
    const result = await this.#session.bring(request, bringOptions('`downloadModel`', options))
    return downloadedOf(result, 'model')
  }
}

function modelVersionOf(what: string, version: unknown): string {
  const text = nameOf(what, 'a version, such as `1.0.0`,', version)
  if (text !== 'none') return text
  throw new R3mesError('VERSION_INVALID', `${what} is about a model, so its version cannot be \`none\`.`)
}
