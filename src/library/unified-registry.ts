import { asR3mesError, type R3mesError } from '../core/index.ts'
import { artifactPaths, type EnsureResult } from '../ensure/index.ts'
import type { Plan, Request } from '../registry/index.ts'
import { type SyncedArtifact, syncFailure, syncStore } from '../upkeep/index.ts'
import { AdapterRegistry, type AdapterRegistryOptions } from './adapter-registry.ts'
import { type AskOptions, askOptions, type BringOptions } from './calls.ts'
import { DatasetRegistry } from './dataset-registry.ts'
import {
  type AdapterInfo,
  adapterInfos,
  type DatasetInfo,
  datasetInfos,
  type ModelInfo,
  modelInfos,
} from './info.ts'
import { type MissingArtifact, missingFrom, notFetched } from './missing.ts'
import { ModelRegistry } from './model-registry.ts'
import { booleanOf, invalid, knownOptions, signalOf } from './options.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { type ReadyRequest, type ReadyResult, readReadyRequest, readyResult } from './ready.ts'
import { optionsFor, type Session, sessionOf } from './session.ts'

/** How a {@link UnifiedRegistry} asks, and whether it may download. */
export interface UnifiedRegistryOptions extends AdapterRegistryOptions {
  /**
   * False: `ensureReadyAtomic` and `syncAll` fetch nothing. What is approved and not in the store is reported instead. The download
   * methods of `models`, `adapters` and `datasets` download all the same: that is what they are called for. Default: true.
   */
  readonly autoDownload?: boolean
}

/** Everything that is approved, as it was read just now. */
export interface SyncedRegistry extends Outcome {
  readonly chainId: string
  readonly height: bigint | undefined
  readonly trust: 'light-client' | 'quorum' | 'rpc' | 'lockfile' | undefined
  readonly models: readonly ModelInfo[]
  readonly adapters: readonly AdapterInfo[]
  readonly datasets: readonly DatasetInfo[]
}

export interface SyncAllOptions extends AskOptions {
  /** Brings the active model version as well. Default: false. */
  readonly active?: boolean
  /** Removes what is proven to be approved no more and is not in use. Default: false. */
  readonly pruneUnapproved?: boolean
}

/** What became of what the store holds. */
export interface SyncedStore extends Outcome {
  readonly artifacts: readonly SyncedArtifact[]
  /** With `active`: the folder of the active model. */
  readonly activeModelPath: string | undefined
  readonly bytesDownloaded: number
  readonly bytesFreed: number
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
export class UnifiedRegistry {
  readonly models: ModelRegistry
  readonly adapters: AdapterRegistry
  readonly datasets: DatasetRegistry
  readonly #session: Session
  readonly #autoDownload: boolean

  /** @throws R3mesError as {@link ModelRegistry} and {@link AdapterRegistry} */
  constructor(options: UnifiedRegistryOptions = {}) {
    const what = 'UnifiedRegistry'
    this.#session = sessionOf(what, options, ['autoDownload', 'currentModelVersion', 'loadedAdapters'])
    this.#autoDownload = booleanOf(what, 'autoDownload', options.autoDownload, true)
    const shared = optionsFor(this.#session)
    this.models = new ModelRegistry(shared)
    this.adapters = new AdapterRegistry(shared)
    this.datasets = new DatasetRegistry(shared)
  }

  get chainId(): string {
    return this.#session.settings.chainId
  }

  /**
   * Puts a model, adapters and datasets in place, all of them or none: approvals, compatibility and conflicts are judged before the first
   * byte is fetched, every byte is hashed, and when something that is required fails, what this call had put in place is
   * taken back. What was there before stays as it was.
   *
   * @throws R3mesError of exit 2 (`INPUT_INVALID`, `VERSION_INVALID`, `ID_UNSAFE`) for arguments that are none; the signal's reason.
   * Everything else stands in the result.
   */
  async ensureReadyAtomic(wanted: ReadyRequest = {}): Promise<ReadyResult> {
    const { request, options } = readReadyRequest(this.#session, wanted)
    if (!this.#autoDownload && options.force === true) {
      throw invalid('`force` fetches again, and `autoDownload` is off. Set one of them otherwise.')
    }
    if (!this.#autoDownload) {
      const asked = await this.#session.ask(request, options.signal)
      if (asked.result.error !== undefined || asked.plan === undefined) return this.#ready(asked.result)
      try {
        return await this.#readyFromStore(request, asked.plan, asked.result, options)
      } catch (thrown) {
        this.#session.ports(options.signal).signal?.throwIfAborted()
        return this.#ready(asked.result, [], asR3mesError(thrown))
      }
    }
    return this.#ready(await this.#session.bring(request, options))
  }

  /**
   * Reads everything that is approved, with proofs that nothing is missing. Downloads nothing, and keeps nothing: every call asks the
   * chain again.
   *
   * @throws R3mesError `INPUT_INVALID`; what the chain refuses stands in the result
   */
  async syncFromBlockchain(options: AskOptions = {}): Promise<SyncedRegistry> {
    const signal = askOptions('`syncFromBlockchain`', options)
    const { result, plan } = await this.#session.list(['model', 'adapter', 'dataset'], signal)
    const artifacts = result.error === undefined ? (plan?.artifacts ?? []) : []
    const { chainId, height, trust } = result
    return {
      ...outcomeOf(result.error),
      ...{ chainId, height, trust },
      models: modelInfos(artifacts),
      adapters: adapterInfos(artifacts),
      datasets: datasetInfos(artifacts),
    }
  }

  /**
   * Brings what the store holds up to what is approved now, as `r3mes sync` does. `success` is false when something is not approved
   * any more and was not removed, or could not be asked or brought.
   *
   * @throws R3mesError `INPUT_INVALID` for arguments that are none, and those of the store; the signal's reason
   */
  async syncAll(options: SyncAllOptions = {}): Promise<SyncedStore> {
    const what = '`syncAll`'
    const set = knownOptions(what, options, ['active', 'pruneUnapproved', 'signal'])
    const active = booleanOf(what, 'active', set['active'], false)
    const pruneUnapproved = booleanOf(what, 'pruneUnapproved', set['pruneUnapproved'], false)
    const signal = signalOf(what, set['signal'])
    this.#session.demandChain('What is approved now')
    await using store = await this.#session.openStore('sync', signal)
    const report = await syncStore(store, this.#session.settings, this.#session.ports(signal), {
      active,
      pruneUnapproved,
      download: this.#autoDownload,
    })
    return {
      ...outcomeOf(syncFailure(report)),
      artifacts: report.artifacts,
      activeModelPath: report.active?.artifacts[0]?.path,
      bytesDownloaded: report.bytesDownloaded,
      bytesFreed: report.removal?.bytes ?? 0,
    }
  }

  /** What is in the store counts, every byte of it hashed; nothing is fetched. @throws R3mesError of the store */
  async #readyFromStore(
    request: Request,
    plan: Plan,
    asked: EnsureResult,
    options: BringOptions,
  ): Promise<ReadyResult> {
    const missing = await this.#missing(plan, options.signal)
    const isRequired = missing.some(({ kind, id }) =>
      plan.artifacts.some((each) => each.required && each.kind === kind && each.id === id),
    )
    if (isRequired) return this.#ready(asked, missing, notFetched(plan, missing))
    const result = await this.#session.bring(request, options, false)
    // Hashing may have found that what lies there is not what was approved.
    if (result.error?.code !== 'SOURCES_EXHAUSTED') return this.#ready(result, missing)
    const now = await this.#missing(plan, options.signal)
    return this.#ready(result, now, notFetched(plan, now))
  }

  async #missing(plan: Plan, signal: AbortSignal | undefined): Promise<readonly MissingArtifact[]> {
    await using store = await this.#session.openStore('look', signal)
    return await missingFrom(store, plan)
  }

  #ready(
    result: EnsureResult,
    missing: readonly MissingArtifact[] = [],
    error: R3mesError | undefined = result.error,
  ): ReadyResult {
    if (error === undefined) {
      for (const id of Object.keys(artifactPaths(result, 'adapter'))) this.#session.loaded.add(id)
      this.#session.currentModelVersion = result.modelVersion ?? this.#session.currentModelVersion
    }
    return readyResult(result, [...this.#session.loaded], missing, error)
  }
}
