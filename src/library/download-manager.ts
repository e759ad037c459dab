import {
  asR3mesError,
  isSha256Hex,
  type Place,
  placeOf,
  type Reporter,
  type Sha256Hex,
  safeName,
  type WantedFile,
} from '../core/index.ts'
import { type Environment, obtainFile, type Ports, type RawInputs, readSettings } from '../ensure/index.ts'
import type { AskOptions } from './calls.ts'
import { gatewayInputs, IPFSClient } from './ipfs-client.ts'
import { LeaseKeeper, thisProcess } from './leases.ts'
import {
  booleanOf,
  environmentOf,
  inputsOf,
  invalid,
  knownOptions,
  STORE_FORMS,
  type StoreOptions,
  signalOf,
  textsOf,
} from './options.ts'
import type { Downloaded } from './outcome.ts'
import { reporterOf } from './reporter.ts'

/** Where a {@link DownloadManager} puts files, and whom it may ask. */
export interface DownloadManagerOptions extends StoreOptions {
  /** Which gateways to ask. Default: one made of the environment. */
  readonly ipfsClient?: IPFSClient
  /** As for registries. Default: true. */
  readonly verifyOnLoad?: boolean
  /** Told what happens, and how far it is. Default: silent. */
  readonly reporter?: Reporter
  /** Where variables are read. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Aborting it ends every download. */
  readonly signal?: AbortSignal
}

/** One file, by its digest, and where it may be had. */
export interface FileRequest extends AskOptions {
  /** SHA-256 of the file: 64 hexadecimal digits in either case, with or without `sha256:` before them. */
  readonly sha256: string
  /**
   * `https://…`, or `hf://[datasets/]<owner>/<name>[@<revision>]/<path>`. Not needed where a `cid` is named, or a mirror with
   * `{sha256}` is configured.
   */
  readonly urls?: readonly string[]
  /** CID of exactly this file, for IPFS gateways and mirrors. */
  readonly cid?: string
  /** Bytes that it has, where that is known: then a longer one ends early. */
  readonly size?: number
  /** How people are told of it. Default: the begin of its digest. */
  readonly name?: string
  /** Fetches it again although the store has it. Default: false. */
  readonly force?: boolean
}

const FILE = ['sha256', 'urls', 'cid', 'size', 'name', 'force', 'signal']
const CID = /^[A-Za-z0-9]{8,128}$/

/**
 * Brings single files into a store by their SHA-256, with the engine of the registries: sources in order, retries, resumed
 * transfers, every byte hashed. No chain is asked, so nothing says that such a file is approved.
 *
 * Without a digest nothing is fetched, and no option changes that.
 *
 * @example
 * ```ts
 * import { DownloadManager } from 'setup-r3mes'
 *
 * const manager = new DownloadManager({ sources: ['huggingface', 'ipfs'] })
 * const [success, path, error] = await manager.download({
 *   name: 'general_dora.safetensors',
 *   urls: ['hf://r3mes-network/adapters/general_dora.safetensors'],
 *   cid: 'bafkreibbbsvdxybcaci6r56pcj5w2dbcltjquepe67otlwfahvzy2bq32y',
 *   sha256: '210caa3be0220091e8f7cf127b6d0c225cd30a11e4f7dd35d8a03d738d061bd6',
 * })
 * if (!success) throw error
 * console.log(`Verified and read-only: ${path}`)
 * ```
 */
export class DownloadManager {
  readonly #raw: RawInputs
  readonly #ports: Ports
  readonly #leases: LeaseKeeper

  /** @throws R3mesError `INPUT_INVALID` for options that cannot be used */
  constructor(options: DownloadManagerOptions = {}) {
    const what = 'DownloadManager'
    const own = ['ipfsClient', 'verifyOnLoad', 'reporter', 'environment', 'signal']
    const set = knownOptions(what, options, [...Object.keys(STORE_FORMS), ...own])
    const environment = environmentOf(what, set['environment'])
    const { ipfsClient } = set
    if (ipfsClient !== undefined && !(ipfsClient instanceof IPFSClient)) {
      throw invalid('`ipfsClient` of DownloadManager has to be an IPFSClient.')
    }
    const signal = signalOf(what, set['signal'])
    this.#raw = {
      ...(ipfsClient === undefined ? {} : gatewayInputs(ipfsClient)),
      ...inputsOf(what, set, STORE_FORMS),
      verify: booleanOf(what, 'verifyOnLoad', set['verifyOnLoad'], true) ? 'always' : 'changed',
    }
    this.#ports = {
      reporter: reporterOf(what, set['reporter']),
      environment,
      job: thisProcess(),
      ...(signal === undefined ? {} : { signal }),
    }
    this.#leases = new LeaseKeeper(storeSettings(this.#raw, environment), this.#ports)
  }

  /**
   * Brings a file into the store, from the store itself or from the first source that has it.
   *
   * @returns `[true, path]`: a read-only file below `<home>/blobs`, in use by this process until it ends; or `[false, undefined, error]`
   * with any code of content or store
   * @throws R3mesError `INPUT_INVALID` for a request without a digest or a place, `ID_UNSAFE` for a name; the signal's reason
   */
  async download(request: FileRequest): Promise<Downloaded> {
    const what = '`download`'
    const set = knownOptions(what, request, FILE)
    const force = booleanOf(what, 'force', set['force'], false)
    const settings = { ...storeSettings(this.#raw, this.#ports.environment), force }
    const wanted = wantedFile(set, settings)
    const signals = [this.#ports.signal, signalOf(what, set['signal'])].filter((given) => given !== undefined)
    const ports = signals.length === 0 ? this.#ports : { ...this.#ports, signal: AbortSignal.any(signals) }
    try {
      const { file, jobLease } = await obtainFile(settings, ports, wanted)
      if (jobLease !== undefined) await this.#leases.keep([file.path], jobLease)
      return [true, file.path]
    } catch (thrown) {
      ports.signal?.throwIfAborted()
      return [false, undefined, asR3mesError(thrown)]
    }
  }
}

/** Settings of a run that asks no chain. */
function storeSettings(raw: RawInputs, environment: Environment) {
  const chainless = { ...environment, CHAIN_ID: undefined, R3MES_MODEL_IPFS_HASH: undefined }
  return readSettings({ ...raw, 'rpc-urls': 'http://127.0.0.1' }, chainless)
}

function wantedFile(
  set: Readonly<Record<string, unknown>>,
  { mirrors, hfEndpoint }: ReturnType<typeof storeSettings>,
): WantedFile {
  const sha256 = digestOf(set['sha256'])
  const { cid, size, name } = set
  const urls = textsOf('`download`', 'urls', set['urls'])
  if (cid !== undefined && !(typeof cid === 'string' && CID.test(cid))) {
    throw invalid('`cid` of `download` is no CID.')
  }
  if (size !== undefined && !(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)) {
    throw invalid('`size` of `download` has to be a number of bytes.')
  }
  if (name !== undefined && typeof name !== 'string') throw invalid('`name` of `download` has to be a text.')
  const places: Place[] = urls.map((url, index) => {
    const place = placeOf(url, hfEndpoint)
    if (place !== undefined) return place
    throw invalid(
      `Entry ${index + 1} of \`urls\` is no place to ask. Write https://… or hf://<owner>/<name>/<path>.`,
    )
  })
  const isMirrored = mirrors.some((template) => template.includes('{sha256}'))
  if (places.length === 0 && cid === undefined && !isMirrored) {
    throw invalid('`download` was not told where the file may be had. Name `urls`, a `cid`, or a mirror.')
  }
  return {
    sha256,
    subject: `file ${name === undefined ? sha256.slice(0, 12) : safeName(name, 'name of the file')}`,
    mirrorPath: '',
    places,
    ...(size === undefined ? {} : { size }),
    ...(cid === undefined ? {} : { cid }),
  }
}

function digestOf(value: unknown): Sha256Hex {
  if (value === undefined || value === '') {
    throw invalid('`download` needs the `sha256` of the file. Nothing is fetched without one.')
  }
  const hex =
    typeof value === 'string'
      ? value
          .trim()
          .toLowerCase()
          .replace(/^sha256:/, '')
      : ''
  if (isSha256Hex(hex)) return hex
  throw invalid(
    '`sha256` of `download` has to be 64 hexadecimal digits, with or without `sha256:` before them.',
  )
}
