/**
 * What users of the library may set, in the words of the action's inputs: `trustedHeight` is `trusted-height`. Options become
 * inputs and are read by the same reader, so that the same mistakes are found in the same way.
 */
import { distance } from 'fastest-levenshtein'
import { isSafeName, R3mesError } from '../core/index.ts'
import { type Environment, privateKeyNames, type RawInputs } from '../ensure/index.ts'

/** Whom to ask what is approved, and what is trusted. docs/trust.md says what each of these means. */
export interface ChainOptions {
  /** CometBFT RPC endpoints, the primary first. Default: the lines of `BLOCKCHAIN_RPC_URL`. */
  readonly rpcUrls?: readonly string[]
  /** Default: `CHAIN_ID`, else `remes-testnet-1`. */
  readonly chainId?: string
  /** Default: `auto`. */
  readonly trust?: 'auto' | 'light-client' | 'quorum' | 'rpc' | 'lockfile'
  /** Height of a block that you trust. Goes with `trustedHash`. */
  readonly trustedHeight?: bigint | number | string
  /** Its hash: 64 hexadecimal digits. */
  readonly trustedHash?: string
  /** How old the trusted block may be: `14d`. */
  readonly trustingPeriod?: string
  /** How many endpoints beside the primary must agree. Default: 1 where several are named, else 0. */
  readonly minWitnesses?: number
  /** How old the newest block may be. Default: `1h`. */
  readonly maxHeaderAge?: string
  /** Path of the lockfile, from the working directory. Default: `r3mes.lock`. */
  readonly lockfile?: string
  /** Only what the lockfile holds. Default: `auto`, which is true in CI where there is a lockfile. */
  readonly frozen?: boolean | 'auto'
  /** How old the lockfile may be under `trust: 'lockfile'`: `7d`. */
  readonly maxLockAge?: string
}

/** Where the store is, and where bytes may come from. */
export interface StoreOptions {
  /** Folder of the store. `~` is the user's home. Default: `R3MES_HOME`, else `~/.r3mes`. */
  readonly home?: string
  /** In the order to ask. What is left out is switched off. Default: `cache`, `huggingface`, `ipfs`, `http`. */
  readonly sources?: readonly ('cache' | 'huggingface' | 'ipfs' | 'http')[]
  /** Sent to `hfEndpoint` alone. Default: `HF_TOKEN`. */
  readonly hfToken?: string
  /** Default: `HF_ENDPOINT`, else `https://huggingface.co`. */
  readonly hfEndpoint?: string
  /** URL templates with `{sha256}`, `{cid}` or `{path}`. */
  readonly mirrors?: readonly string[]
  /** `host:port` that recorded URLs may lead to although the host is private or speaks plain http. */
  readonly allowHosts?: readonly string[]
  /** Files that are fetched at the same time, 1 to 64. Default: 8. */
  readonly parallelDownloads?: number
  /** How long one call may take, in minutes. Default: no limit. */
  readonly deadlineMinutes?: number
  /** In bytes, or as `20GB`. Default: `500GB`. */
  readonly maxArtifactSize?: number | string
}

/** Forms that options come in. */
type Form = 'text' | 'list' | 'full list' | 'number' | 'size' | 'flag'

type FormsOf<T> = { readonly [Name in keyof Required<T>]: Form }

export const CHAIN_FORMS: FormsOf<ChainOptions> = {
  rpcUrls: 'full list',
  chainId: 'text',
  trust: 'text',
  trustedHeight: 'number',
  trustedHash: 'text',
  trustingPeriod: 'text',
  minWitnesses: 'number',
  maxHeaderAge: 'text',
  lockfile: 'text',
  frozen: 'flag',
  maxLockAge: 'text',
}

export const STORE_FORMS: FormsOf<StoreOptions> = {
  home: 'text',
  sources: 'full list',
  hfToken: 'text',
  hfEndpoint: 'text',
  mirrors: 'list',
  allowHosts: 'list',
  parallelDownloads: 'number',
  deadlineMinutes: 'number',
  maxArtifactSize: 'size',
}

export function invalid(message: string): R3mesError {
  return new R3mesError('INPUT_INVALID', message)
}

const GRPC =
  'gRPC is not there yet. Name CometBFT RPC endpoints in `rpcUrls`, such as `https://rpc.example.org`, or set BLOCKCHAIN_RPC_URL.'
const IPFS_API =
  'The API of an IPFS node is not used yet. Name gateways in `gateways`, such as `http://127.0.0.1:8080`, or set IPFS_GATEWAY.'

/** What the Python registry had and this library has not, or not yet. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  nodeUrl: GRPC,
  grpcUrl: GRPC,
  apiUrl: IPFS_API,
  ipfsApiUrl: IPFS_API,
  gateway: 'Gateways are a list: write `gateways: [...]`.',
  inferenceMode: 'Inference is not a part of this library. Leave it out.',
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function camelCase(name: string): string {
  return name.replaceAll(/[-_]([a-z])/g, (_mark, letter: string) => letter.toUpperCase())
}

function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((other) => ({ other, steps: distance(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ steps }) => steps <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.steps - b.steps)
  return best?.other
}

function unknownOption(what: string, name: string, known: readonly string[]): R3mesError {
  const plain = camelCase(name)
  const elsewhere = Object.hasOwn(ELSEWHERE, plain) ? ELSEWHERE[plain] : undefined
  const shown = isSafeName(name) ? `\`${name}\`` : 'an option of that name'
  if (elsewhere !== undefined) return invalid(`${what} knows no ${shown}. ${elsewhere}`)
  const meant = known.includes(plain) ? plain : nearest(plain, known)
  const advice = meant === undefined ? `It takes ${known.join(', ')}.` : `Did you mean \`${meant}\`?`
  return invalid(`${what} knows no ${shown}. ${advice}`)
}

/**
 * Refuses what is no option, so that nothing which was meant to count goes unnoticed.
 *
 * @param what who was given them, as messages say it: `UnifiedRegistry`
 * @returns those that are set
 * @throws R3mesError `PRIVATE_KEY_REFUSED`; `INPUT_INVALID` for what is no object, and for names that are no options
 */
export function knownOptions(
  what: string,
  given: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isObject(given)) throw invalid(`${what} takes its options as an object: \`{ ${known[0]}: … }\`.`)
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  const names = set.map(([name]) => name)
  if (privateKeyNames(names).length > 0) {
    throw new R3mesError(
      'PRIVATE_KEY_REFUSED',
      `${what} was given a private key. Nothing here signs anything: take it out of the program, and replace the key if somebody else has seen it.`,
    )
  }
  const problems = names
    .filter((name) => !known.includes(name))
    .map((name) => unknownOption(what, name, known))
  if (problems.length > 0) throw R3mesError.from(problems)
  return Object.fromEntries(set)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function listText(value: unknown): string | undefined {
  // A line break would make two entries of one.
  return Array.isArray(value) && value.every((entry) => isText(entry) && !/[\r\n]/.test(entry))
    ? value.join('\n')
    : undefined
}

function numberText(value: unknown): string | undefined {
  if (isText(value) || typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value)
  return undefined
}

const READERS: Readonly<
  Record<Form, { readonly a: string; readonly read: (value: unknown) => string | undefined }>
> = {
  text: { a: 'a text', read: (value) => (isText(value) ? value : undefined) },
  list: { a: 'a list of texts', read: listText },
  'full list': {
    a: 'a list of texts that is not empty. Leave it out for the default',
    read: (value) => listText(value) || undefined,
  },
  number: { a: 'a whole number', read: numberText },
  size: { a: 'a number of bytes, or a text such as `20GB`', read: numberText },
  flag: {
    a: '`true`, `false` or `auto`',
    read: (value) => (typeof value === 'boolean' || value === 'auto' ? String(value) : undefined),
  },
}

/** @throws R3mesError `INPUT_INVALID` for a value of another type */
export function inputsOf(
  what: string,
  set: Readonly<Record<string, unknown>>,
  forms: Readonly<Record<string, Form>>,
): RawInputs {
  return Object.fromEntries(
    Object.entries(forms).flatMap(([name, form]) => {
      const value = set[name]
      if (value === undefined) return []
      const text = READERS[form].read(value)
      if (text === undefined) throw invalid(`\`${name}\` of ${what} has to be ${READERS[form].a}.`)
      return [[kebabCase(name), text]]
    }),
  )
}

/** Where variables are read. @throws R3mesError `INPUT_INVALID` */
export function environmentOf(what: string, value: unknown): Environment {
  if (value === undefined) return process.env
  const isEnvironment =
    isObject(value) && Object.values(value).every((text) => text === undefined || isText(text))
  if (!isEnvironment) throw invalid(`\`environment\` of ${what} has to be an object of texts.`)
  return value as Environment
}

/** @throws R3mesError `INPUT_INVALID` */
export function booleanOf(what: string, name: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise
  if (typeof value !== 'boolean') throw invalid(`\`${name}\` of ${what} has to be \`true\` or \`false\`.`)
  return value
}

/** @throws R3mesError `INPUT_INVALID` */
export function signalOf(what: string, value: unknown): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value
  throw invalid(`\`signal\` of ${what} has to be an AbortSignal.`)
}

/**
 * Only texts, whatever a program without a type checker gives.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export function textsOf(what: string, name: string, value: unknown): readonly string[] {
  if (value === undefined) return []
  if (listText(value) === undefined) throw invalid(`\`${name}\` of ${what} has to be a list of texts.`)
  return value as readonly string[]
}

/** @throws R3mesError `INPUT_INVALID` */
export function nameOf(what: string, name: string, value: unknown): string {
  if (isText(value) && value.trim() !== '') return value.trim()
  throw invalid(`${what} needs ${name} as a text that is not empty.`)
}
