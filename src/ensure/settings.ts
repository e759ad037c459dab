import { parseRpcUrls } from '../chain/index.ts'
import { R3mesError, SOURCE_NAMES, type SourceName } from '../core/index.ts'
import { parseRequest, type Request } from '../registry/index.ts'
import { checkMirrorTemplate } from '../sources/index.ts'
import { parseAllowedHost } from '../transfer/index.ts'
import { checkedLines, expandPath, fail, flag, integer, lines, oneOf, token, webUrl } from './forms.ts'
import {
  CACHE_MODES,
  type CacheMode,
  INPUTS,
  type InputName,
  type InputSpec,
  VERIFY_MODES,
  type VerifyMode,
} from './inputs.ts'
import { type PruneRules, readPruneRules } from './prune-inputs.ts'
import { type TrustInputs, trustReaders } from './trust/trust-inputs.ts'
import { parseSize } from './units.ts'

export { CACHE_MODES, type CacheMode, VERIFY_MODES, type VerifyMode } from './inputs.ts'

/** Everything a run needs to know, checked for form. */
export interface Settings {
  readonly request: Request
  /** Empty only under `trust: lockfile`, which asks no chain. */
  readonly rpcUrls: readonly URL[]
  readonly chainId: string
  readonly trust: TrustInputs
  /** Absolute. */
  readonly home: string
  /** Absolute; where models and adapters go when not below `home`. */
  readonly modelDir: string | undefined
  readonly adapterDir: string | undefined
  readonly sources: readonly SourceName[]
  readonly hfToken: string | undefined
  readonly hfEndpoint: URL
  /** Undefined: the default list. */
  readonly ipfsGateways: readonly URL[] | undefined
  /** URL templates. */
  readonly mirrors: readonly string[]
  /** `host:port` */
  readonly allowHosts: readonly string[]
  readonly cacheMode: CacheMode
  readonly planOnly: boolean
  readonly force: boolean
  readonly parallelDownloads: number
  /** Milliseconds. */
  readonly deadline: number | undefined
  /** Bytes. */
  readonly maxArtifactSize: number
  /** `changed`: a recorded check of a file that did not change since counts. */
  readonly verify: VerifyMode
  /** Undefined: nothing is removed at the end of the job. */
  readonly prune: PruneRules | undefined
  readonly exportEnv: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Values of inputs by name, as typed. Absent and empty mean the same. */
export type RawInputs = Readonly<Record<string, string | undefined>>

/** About 24 days: Node's timers hold no more, and a longer one would end at once. */
const MOST_MINUTES = Math.floor((2 ** 31 - 1) / 60_000)

const PRIVATE_KEY_NAME = /private[-_ ]?key|mnemonic|seed[-_ ]?phrase/i

/** Names among these that would hold a private key. The faces mask their values. */
export function privateKeyNames(names: Iterable<string>): string[] {
  return [...names].filter((name) => PRIVATE_KEY_NAME.test(name))
}

/**
 * Nothing here signs anything, so a private key is a mistake that must not go unnoticed.
 *
 * @throws R3mesError `PRIVATE_KEY_REFUSED`
 */
export function refusePrivateKeys(raw: RawInputs): void {
  if (privateKeyNames(Object.keys(raw)).some((name) => raw[name]?.trim())) {
    throw new R3mesError(
      'PRIVATE_KEY_REFUSED',
      'This run was given a private key. setup-r3mes never needs one: take it out of the workflow, and replace the key if the log is public.',
    )
  }
}

/** The store's folder as far as it can be told when other inputs are bad; empty when it cannot. */
export function homeOf(raw: RawInputs, environment: Environment): string {
  try {
    return expandPath(inputText('home', raw, environment), 'home')
  } catch {
    return ''
  }
}

/** Absolute folders of a store. */
export interface StoreFolders {
  readonly home: string
  readonly modelDir?: string
  readonly adapterDir?: string
}

/**
 * Where the store of these inputs lies, for those who look at it and ask no chain.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export function storeFolders(raw: RawInputs, environment: Environment): StoreFolders {
  const models = environment['R3MES_MODEL_PATH']?.trim()
  const adapters = environment['R3MES_ADAPTER_DIR']?.trim()
  return {
    home: expandPath(inputText('home', raw, environment), 'home'),
    ...(models ? { modelDir: expandPath(models, 'R3MES_MODEL_PATH') } : {}),
    ...(adapters ? { adapterDir: expandPath(adapters, 'R3MES_ADAPTER_DIR') } : {}),
  }
}

function sourceOrder(text: string): SourceName[] {
  const names = text
    .split(/[,\n\r]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => oneOf(name, SOURCE_NAMES, 'sources'))
  if (new Set(names).size !== names.length) fail('`sources` names a source twice. Write each one once.')
  if (names.length === 0) fail(`\`sources\` is empty. Name at least one of ${SOURCE_NAMES.join(', ')}.`)
  return names
}

/** The text that counts for an input: value, else environment, else default. */
export function inputText(name: InputName, raw: RawInputs, environment: Environment): string {
  const spec: InputSpec | undefined = INPUTS.find((input) => input.name === name)
  const fromEnvironment = spec?.environment === undefined ? undefined : environment[spec.environment]
  return raw[name]?.trim() || fromEnvironment?.trim() || spec?.default || ''
}

/**
 * Reads all inputs of a run.
 *
 * @throws R3mesError with every problem at once: `INPUT_INVALID`, `VERSION_INVALID`, `ID_UNSAFE`
 */
export function readSettings(raw: RawInputs, environment: Environment): Settings {
  const problems: R3mesError[] = []
  /** Collects the error of one input and goes on, so that all are reported together. */
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof R3mesError)) throw error
      problems.push(...(error.problems.length > 0 ? error.problems : [error]))
      return undefined
    }
  }
  const text = (name: InputName): string => inputText(name, raw, environment)
  const pathFrom = (variable: string): string | undefined => {
    const value = environment[variable]?.trim()
    return value ? expandPath(value, variable) : undefined
  }
  const gateways = raw['ipfs-gateways']?.trim() || environment['IPFS_GATEWAY']?.trim()
  const deadline = text('deadline-minutes')
  const urlLines = lines(text('rpc-urls'))
  const asksNoChain = text('trust') === 'lockfile' && urlLines.length === 0
  const trust = trustReaders(text, urlLines.length)

  const settings = {
    request: attempt(() =>
      parseRequest({
        modelVersion: text('model-version'),
        modelName: text('model-name'),
        adapters: lines(text('adapters')),
        loadedAdapters: lines(text('loaded-adapters')),
        datasets: lines(text('datasets')),
        requireDataset: flag(text('require-dataset'), 'require-dataset'),
        modelCidPin: environment['R3MES_MODEL_IPFS_HASH']?.trim() ?? '',
      }),
    ),
    rpcUrls: attempt(() => (asksNoChain ? [] : parseRpcUrls(urlLines))),
    chainId: attempt(() =>
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text('chain-id'))
        ? text('chain-id')
        : fail('`chain-id` may hold letters, digits, dots, dashes and underscores only.', text('chain-id')),
    ),
    trust: {
      mode: attempt(trust.mode),
      anchor: attempt(trust.anchor),
      trustingPeriod: attempt(trust.trustingPeriod),
      minWitnesses: attempt(trust.minWitnesses),
      maxHeaderAge: attempt(trust.maxHeaderAge),
      lockfile: attempt(trust.lockfile),
      frozen: attempt(trust.frozen),
      maxLockAge: attempt(trust.maxLockAge),
    },
    home: attempt(() => expandPath(text('home'), 'home')),
    modelDir: attempt(() => pathFrom('R3MES_MODEL_PATH')),
    adapterDir: attempt(() => pathFrom('R3MES_ADAPTER_DIR')),
    sources: attempt(() => sourceOrder(text('sources'))),
    hfToken: attempt(() => token(text('hf-token'), 'hf-token')),
    hfEndpoint: attempt(() => webUrl(text('hf-endpoint'), 'hf-endpoint')),
    ipfsGateways: gateways
      ? attempt(() => lines(gateways).map((line) => webUrl(line, 'ipfs-gateways')))
      : undefined,
    mirrors: attempt(() => checkedLines(text('mirrors'), checkMirrorTemplate)),
    allowHosts: attempt(() => checkedLines(text('allow-hosts'), parseAllowedHost)),
    cacheMode: attempt(() => oneOf(text('cache'), CACHE_MODES, 'cache')),
    planOnly: attempt(() => flag(text('plan-only'), 'plan-only')),
    force: attempt(() => flag(text('force'), 'force')),
    parallelDownloads: attempt(() => integer(text('parallel-downloads'), 1, 64, 'parallel-downloads')),
    deadline:
      deadline === ''
        ? undefined
        : attempt(() => integer(deadline, 1, MOST_MINUTES, 'deadline-minutes') * 60_000),
    maxArtifactSize: attempt(
      () =>
        parseSize(text('max-artifact-size')) ??
        fail('`max-artifact-size` must be a size such as 500GB or 512MiB.', text('max-artifact-size')),
    ),
    verify: attempt(() => oneOf(text('verify'), VERIFY_MODES, 'verify')),
    prune: readPruneRules(text, attempt),
    exportEnv: attempt(() => flag(text('export-env'), 'export-env')),
  }
  if (problems.length > 0) throw R3mesError.from(problems)
  // Without problems every attempt gave its value; only the optional ones may be undefined.
  return settings as Settings
}
