/** What the registries of one program share: settings, what is loaded, and the way to ask and to bring. */
import { R3mesError, type Reporter } from '../core/index.ts'
import {
  type AskedPlan,
  askPlan,
  type EnsureResult,
  type Environment,
  ensure,
  type Ports,
  type RawInputs,
  type Settings,
} from '../ensure/index.ts'
import {
  type ArtifactKind,
  type Plan,
  parseRequest,
  type RawRequest,
  type Request,
  readCatalogue,
} from '../registry/index.ts'
import type { Store } from '../store/index.ts'
import { BlockchainClient, chainInputs } from './blockchain-client.ts'
import type { BringOptions } from './calls.ts'
import { gatewayInputs, IPFSClient } from './ipfs-client.ts'
import { LeaseKeeper, storeOf, thisProcess } from './leases.ts'
import {
  booleanOf,
  CHAIN_FORMS,
  type ChainOptions,
  environmentOf,
  inputsOf,
  invalid,
  knownOptions,
  nameOf,
  STORE_FORMS,
  type StoreOptions,
  signalOf,
} from './options.ts'
import { reporterOf } from './reporter.ts'
import { settingsOf } from './settings.ts'

/** What every registry takes. Chain options stand here or in a `blockchainClient`, not in both. */
export interface RegistryOptions extends ChainOptions, StoreOptions {
  /** Whom to ask, and what to trust. Default: one made of the chain options here. */
  readonly blockchainClient?: BlockchainClient
  /** Which gateways to ask. Default: one made of the environment. */
  readonly ipfsClient?: IPFSClient
  /**
   * False: a file that is exactly the one that was hashed before, by device, inode, size and times, is not hashed again. What is
   * new or was changed always is. Refused in a frozen run. Default: true.
   */
  readonly verifyOnLoad?: boolean
  /** Which of several models with one version is meant. */
  readonly modelName?: string
  /** Told what happens, and how far it is. Default: silent. */
  readonly reporter?: Reporter
  /** Where variables are read. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Aborting it ends every call of this registry. */
  readonly signal?: AbortSignal
  /** Nothing here signs anything: a private key is refused. */
  readonly privateKey?: never
}

/** What only some registries take. */
interface OwnOptions {
  readonly currentModelVersion: string | undefined
  readonly loadedAdapters: readonly string[]
}

const NO_REQUEST: RawRequest = { modelVersion: 'active' }

/** Which model is current, as a registry is told it. `none` leaves adapters nothing to fit. */
function checkedVersion(what: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  const version = nameOf(what, '`currentModelVersion`', value)
  const { modelVersion } = parseRequest({ modelVersion: version, datasets: ['any'] })
  if (modelVersion.kind === 'none') {
    throw invalid(`\`currentModelVersion\` of ${what} cannot be \`none\`: adapters have to fit a model.`)
  }
  return version
}

/** Everything that a registry was told, read once. */
export class Session {
  readonly settings: Settings
  /** The model version that the program names as its own; undefined: the active one. */
  readonly toldModelVersion: string | undefined
  /** The version that adapters have to fit: as it was loaded last, else as told. */
  currentModelVersion: string | undefined
  /** Ids of adapters that the program has in memory. */
  readonly loaded: Set<string>
  readonly #ports: Ports
  readonly #cidPin: string
  readonly #modelName: string
  readonly #leases: LeaseKeeper

  constructor(settings: Settings, ports: Ports, raw: RawInputs, own: OwnOptions) {
    this.settings = settings
    this.#ports = ports
    this.#leases = new LeaseKeeper(settings, ports)
    this.#cidPin = ports.environment['R3MES_MODEL_IPFS_HASH'] ?? ''
    this.#modelName = raw['model-name'] ?? ''
    this.toldModelVersion = own.currentModelVersion
    this.currentModelVersion = own.currentModelVersion
    this.loaded = new Set(own.loadedAdapters)
  }

  /** @throws R3mesError `INPUT_INVALID`, `VERSION_INVALID`, `ID_UNSAFE` */
  request(raw: RawRequest): Request {
    return parseRequest({ ...raw, modelName: this.#modelName, modelCidPin: this.#cidPin })
  }

  /** What is approved of a request. It throws nothing but a signal's reason. */
  async ask(request: Request, signal?: AbortSignal): Promise<AskedPlan> {
    const ports = this.ports(signal)
    const asked = await askPlan({ ...this.settings, request, planOnly: true }, ports)
    if (!asked.result.success) ports.signal?.throwIfAborted()
    return asked
  }

  /**
   * Everything of these kinds that is approved. What is locked counts for nothing here: a lockfile gives the block that trust starts
   * from, no more.
   */
  async list(kinds: readonly ArtifactKind[], signal?: AbortSignal): Promise<AskedPlan> {
    this.demandChain('A list of what is approved')
    const ports = this.ports(signal)
    const wanted = new Set(kinds)
    const settings: Settings = {
      ...this.settings,
      request: this.request(NO_REQUEST),
      trust: { ...this.settings.trust, frozen: false },
      planOnly: true,
    }
    // Of any size: what is too large for a run is approved all the same.
    const asked = await askPlan(settings, ports, (reader, { maxArtifactSize: _most, ...options }) =>
      readCatalogue(reader, wanted, options),
    )
    if (!asked.result.success) ports.signal?.throwIfAborted()
    return asked
  }

  /**
   * Brings what a request means, all of it or nothing. It throws nothing but a signal's reason.
   *
   * @param fetches false: what is not in the store is not fetched, and makes the run fail
   */
  async bring(
    request: Request,
    { force = false, signal }: BringOptions,
    fetches = true,
  ): Promise<EnsureResult> {
    const ports = this.ports(signal)
    const sources = fetches ? this.settings.sources : []
    const result = await ensure({ ...this.settings, request, sources, planOnly: false, force }, ports)
    // What succeeded is in place, whatever was aborted since.
    if (!result.success) ports.signal?.throwIfAborted()
    if (result.jobLease !== undefined) {
      const paths = result.artifacts.map(({ path }) => path)
      await this.#leases.keep(paths, result.jobLease)
    }
    return result
  }

  ports(signal?: AbortSignal): Ports {
    const signals = [this.#ports.signal, signal].filter((given) => given !== undefined)
    return signals.length === 0 ? this.#ports : { ...this.#ports, signal: AbortSignal.any(signals) }
  }

  async openStore(doing: string, signal?: AbortSignal): Promise<Store> {
    return await storeOf(this.settings, this.ports(signal), doing)
  }

  /** @throws R3mesError `INPUT_INVALID` where no chain is asked */
  demandChain(what: string): void {
    if (this.settings.rpcUrls.length > 0) return
    throw invalid(`${what} has to come from the chain. Remove \`trust: 'lockfile'\`, and name \`rpcUrls\`.`)
  }
}

const COMMON = [
  ...Object.keys(CHAIN_FORMS),
  ...Object.keys(STORE_FORMS),
  ...['blockchainClient', 'ipfsClient', 'verifyOnLoad', 'modelName', 'reporter', 'environment', 'signal'],
]

const sessions = new WeakMap<object, Session>()

/** Options that stand for a session that is there already. */
export function optionsFor(session: Session): RegistryOptions {
  const options = {}
  sessions.set(options, session)
  return options
}

function clientInputs(what: string, set: Readonly<Record<string, unknown>>): RawInputs {
  const { blockchainClient, ipfsClient } = set
  const typed = inputsOf(what, set, CHAIN_FORMS)
  if (blockchainClient !== undefined && !(blockchainClient instanceof BlockchainClient)) {
    throw invalid(`\`blockchainClient\` of ${what} has to be a BlockchainClient.`)
  }
  if (ipfsClient !== undefined && !(ipfsClient instanceof IPFSClient)) {
    throw invalid(`\`ipfsClient\` of ${what} has to be an IPFSClient.`)
  }
  if (blockchainClient !== undefined && Object.keys(typed).length > 0) {
    throw invalid(
      `${what} was given a \`blockchainClient\` and chain options beside it. Give the options to the BlockchainClient.`,
    )
  }
  return {
    ...(blockchainClient === undefined ? typed : chainInputs(blockchainClient)),
    ...(ipfsClient === undefined ? {} : gatewayInputs(ipfsClient)),
  }
}

/**
 * The session of a registry's options.
 *
 * @param own options of this registry beside those that all have
 * @throws R3mesError `INPUT_INVALID`, `RPC_URL_MISSING`, `PRIVATE_KEY_REFUSED`, `VERSION_INVALID`, `ID_UNSAFE`
 */
export function sessionOf(what: string, options: object, own: readonly string[] = []): Session {
  const existing = sessions.get(options)
  if (existing !== undefined) return existing
  const set = knownOptions(what, options, [...COMMON, ...own])
  const environment: Environment = environmentOf(what, set['environment'])
  const verifyOnLoad = booleanOf(what, 'verifyOnLoad', set['verifyOnLoad'], true)
  const raw: RawInputs = {
    ...clientInputs(what, set),
    ...inputsOf(what, set, { ...STORE_FORMS, modelName: 'text' as const }),
    verify: verifyOnLoad ? 'always' : 'changed',
  }
  const settings = settingsOf(raw, environment)
  const loaded = inputsOf(what, set, { loadedAdapters: 'list' })['loaded-adapters'] ?? ''
  const { loadedAdapters } = parseRequest({ loadedAdapters: loaded.split('\n') })
  const signal = signalOf(what, set['signal'])
  const ports: Ports = {
    reporter: reporterOf(what, set['reporter']),
    environment,
    job: thisProcess(),
    ...(signal === undefined ? {} : { signal }),
  }
  const currentModelVersion = checkedVersion(what, set['currentModelVersion'])
  return new Session(settings, ports, raw, { currentModelVersion, loadedAdapters })
}

/** The plan of a question that was answered. @throws R3mesError why there is none */
export function answered({ plan, result }: AskedPlan): Plan {
  if (result.error !== undefined) throw result.error
  if (plan === undefined) throw new R3mesError('INTERNAL', 'A question was answered without a plan.')
  return plan
}
