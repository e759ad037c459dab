import { asR3mesError, type Reporter } from '../core/index.ts'
import { askApprovals, type Environment, type RawInputs, type Settings } from '../ensure/index.ts'
import { CHAIN_FORMS, type ChainOptions, environmentOf, inputsOf, knownOptions, signalOf } from './options.ts'
import { reporterOf } from './reporter.ts'
import { resolvedInputs, settingsOf } from './settings.ts'

/** Which chain a {@link BlockchainClient} asks, and what it trusts. */
export interface BlockchainClientOptions extends ChainOptions {
  /** Default: silent. */
  readonly reporter?: Reporter
  /** Where variables are read. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** gRPC is not there yet: name `rpcUrls`. */
  readonly nodeUrl?: never
  /** Nothing here signs anything: a private key is refused. */
  readonly privateKey?: never
}

/** What a chain's newest proven block says. */
export interface ChainStatus {
  readonly chainId: string
  /** At which records are read now. */
  readonly height: bigint
  readonly trust: 'light-client' | 'quorum' | 'rpc' | 'lockfile'
  /** Origin of the endpoint that served the proofs, or that was believed; undefined where no chain was asked. */
  readonly endpoint: string | undefined
  /** The block that proves what is read at `height`: pin it with `trustedHeight` and `trustedHash`. Undefined under `rpc`. */
  readonly block: { readonly height: bigint; readonly hash: string; readonly time: Date } | undefined
  /** Origins of the other endpoints that have the same block. */
  readonly witnesses: readonly string[]
  /** When the block that trust starts from grows too old; undefined under `rpc`. */
  readonly trustExpiresAt: Date | undefined
}

const inputs = new WeakMap<BlockchainClient, RawInputs>()

/** Nothing is asked of the registry: only which block is the newest, and whether it can be proven. */
const NOTHING: Settings['request'] = {
  modelVersion: { kind: 'none' },
  adapters: [],
  adapterDomains: [],
  loadedAdapters: [],
  datasets: [],
  requireDataset: true,
}

/**
 * Whom registries ask what the chain approved, and what they trust. It holds no connection: every question is asked anew, at the
 * newest height, and answered with proofs. docs/trust.md says what the options mean.
 *
 * @example
 * ```ts
 * import { BlockchainClient } from 'setup-r3mes'
 *
 * // rpcUrls: [...] here, or BLOCKCHAIN_RPC_URL in the environment
 * const client = new BlockchainClient({ trust: 'quorum', maxHeaderAge: '1h' })
 * const { chainId, height, block } = await client.status()
 * console.log(`${chainId} at ${height}, proven by block ${block?.height} ${block?.hash}`)
 * ```
 */
export class BlockchainClient {
  readonly chainId: string
  readonly #settings: Settings
  readonly #reporter: Reporter
  readonly #environment: Environment

  /**
   * @throws R3mesError `RPC_URL_MISSING`, `PRIVATE_KEY_REFUSED`; `INPUT_INVALID` for an option that does not exist (`nodeUrl`: gRPC is
   * not there yet) or whose value is none
   */
  constructor(options: BlockchainClientOptions = {}) {
    const what = 'BlockchainClient'
    const set = knownOptions(what, options, [...Object.keys(CHAIN_FORMS), 'reporter', 'environment'])
    const environment = environmentOf(what, set['environment'])
    const raw = resolvedInputs(['rpc-urls', 'chain-id'], inputsOf(what, set, CHAIN_FORMS), environment)
    const all = { ...inputsOf(what, set, CHAIN_FORMS), ...raw }
    this.#environment = environment
    this.#reporter = reporterOf(what, set['reporter'])
    this.#settings = settingsOf(all, environment)
    this.chainId = this.#settings.chainId
    inputs.set(this, all)
  }

  /**
   * Asks for the newest block and verifies it as a run does, witnesses included. Evidence of a fork is kept in the store of
   * `R3MES_HOME`, which is made where there is none.
   *
   * @throws R3mesError of trust and chain, such as `TRUST_UNSET`, `CHAIN_STALE`, `FORK_DETECTED`, `CHAIN_UNREACHABLE`; the signal's reason
   */
  async status(options: { readonly signal?: AbortSignal } = {}): Promise<ChainStatus> {
    const what = '`status`'
    const signal = signalOf(what, knownOptions(what, options, ['signal'])['signal'])
    const ports = {
      reporter: this.#reporter,
      environment: this.#environment,
      ...(signal === undefined ? {} : { signal }),
    }
    const result = await askApprovals({ ...this.#settings, request: NOTHING, planOnly: true }, ports)
    signal?.throwIfAborted()
    const { error, trust, height, evidence } = result
    if (error !== undefined) throw error
    if (trust === undefined || height === undefined) throw asR3mesError(new TypeError('no height was read'))
    return {
      chainId: result.chainId,
      height,
      trust,
      endpoint: result.endpoint,
      block: evidence?.target,
      witnesses: (evidence?.witnesses ?? []).flatMap(({ endpoint, verdict }) =>
        verdict === 'agrees' ? [endpoint] : [],
      ),
      trustExpiresAt: result.trustExpiresAt,
    }
  }
}

/** What a client says, as inputs. */
export function chainInputs(client: BlockchainClient): RawInputs {
  return inputs.get(client) ?? {}
}
