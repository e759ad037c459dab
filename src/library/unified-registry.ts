import { asR3mesError, type R3mesError } from '../core/index.ts'
import { artifactPaths, type EnsureResult, modelPath } from '../ensure/index.ts'
import type { Plan, Request } from '../registry/index.ts'
import { type SyncedArtifact, syncFailure, syncStore } from '../upkeep/index.ts'
import { AdapterRegistry, type AdapterRegistryOptions } from './adapter-registry.ts'
import { type AskOptions, askOptions, type BringOptions, bringOptions } from './calls.ts'
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
import { booleanOf, invalid, knownOptions, nameOf, signalOf, textsOf } from './options.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { optionsFor, type Session, sessionOf } from './session.ts'

export interface UnifiedRegistryOptions extends AdapterRegistryOptions {
  /**
   * False: `ensureReadyAtomic` and `syncAll` fetch nothing. What is approved and not in the store is reported instead. The download
   * methods of `models`, `adapters` and `datasets` download all the same: that is what they are called for. Default: true.
   */
  readonly autoDownload?: boolean
}

/** What has to be ready. */
export interface ReadyRequest extends BringOptions {
  /** `active`, a version such as `1.0.0`, a semver range, or `none`. Default: `currentModelVersion`, else `active`. */
  readonly modelVersion?: string
  /** `id`, `id@version`, or `domain:<name>` for all of a domain that fit the model. */
  readonly requiredAdapters?: readonly string[]
  /** Ids or names. */
  readonly datasets?: readonly string[]
  /** False: a dataset that fails is a warning, outside of all-or-nothing. Default: true. */
  readonly requireDataset?: boolean
  /** Ids of adapters that the program has in memory beside those that this registry has loaded. */
  readonly loadedAdapters?: readonly string[]
}

/** How it stands after `ensureReadyAtomic`. Paths are absolute. */
export interface ReadyStatus {
  /** Folder of the model; undefined when it is not in place. */
  readonly modelPath: string | undefined
  readonly modelVersion: string | undefined
  /** Ids of all adapters that count as loaded. */
  readonly loadedAdapters: readonly string[]
  /** Of the adapters of this call, by id: a file, or a folder when there are several files. */
  readonly adapterPaths: Readonly<Record<string, string>>
  /** Folders by name. */
  readonly datasetPaths: Readonly<Record<string, string>>
  /** With `autoDownload: false`: what is approved and not in the store. */
  readonly missing: readonly MissingArtifact[]
  /** Why datasets that are not required failed. */
  readonly datasetProblems: readonly R3mesError[]
  readonly chainId: string
  /** At which the approvals were read. */
  readonly height: bigint | undefined
  readonly trust: 'light-client' | 'quorum' | 'rpc' | 'lockfile' | undefined
  readonly trustExpiresAt: Date | undefined
  readonly bytesDownloaded: number
  /** JSON; undefined when none was written. */
  readonly receiptPath: string | undefined
}

export interface ReadyResult extends Outcome {
  readonly status: ReadyStatus
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

const READY = [
  ...['modelVersion', 'requiredAdapters', 'datasets', 'requireDataset', 'loadedAdapters'],
  ...['force', 'signal'],
]

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
    const { request, options } = this.#read(wanted)
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

  #read(wanted: ReadyRequest): { readonly request: Request; readonly options: BringOptions } {
    const what = '`ensureReadyAtomic`'
    const set = knownOptions(what, wanted, READY)
    const datasets = textsOf(what, 'datasets', set['datasets'])
    const requireDataset = booleanOf(what, 'requireDataset', set['requireDataset'], true)
    if (set['requireDataset'] === true && datasets.length === 0) {
      throw invalid('`requireDataset` is set, and no dataset is named. Name what is required in `datasets`.')
    }
    const { currentModelVersion, loaded } = this.#session
    const modelVersion =
      set['modelVersion'] === undefined
        ? (currentModelVersion ?? 'active')
        : nameOf(what, '`modelVersion`', set['modelVersion'])
    const others = textsOf(what, 'loadedAdapters', set['loadedAdapters'])
    const request = this.#session.request({
      modelVersion,
      adapters: textsOf(what, 'requiredAdapters', set['requiredAdapters']),
      loadedAdapters: [...new Set([...loaded, ...others])],
      datasets,
      requireDataset,
    })
    const { force, signal } = set
    return { request, options: bringOptions(what, { force, signal }) }
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
    const adapterPaths = artifactPaths(result, 'adapter')
    if (error === undefined) {
      for (const id of Object.keys(adapterPaths)) this.#session.loaded.add(id)
      this.#session.currentModelVersion = result.modelVersion ?? this.#session.currentModelVersion
    }
    return {
      ...outcomeOf(error),
      status: {
        modelPath: modelPath(result) || undefined,
        modelVersion: result.modelVersion,
        loadedAdapters: [...this.#session.loaded],
        adapterPaths,
        datasetPaths: artifactPaths(result, 'dataset'),
        missing,
        datasetProblems: result.datasetProblems,
        chainId: result.chainId,
        height: result.height,
        trust: result.trust,
        trustExpiresAt: result.trustExpiresAt,
        bytesDownloaded: result.bytesDownloaded,
        receiptPath: result.receiptPath,
      },
    }
  }
}
