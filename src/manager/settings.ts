import { isAbsolute, resolve } from 'node:path'
import { R3mesError, type Reporter, silentReporter } from '../core/index.ts'
import { checkMirrorTemplate } from '../sources/index.ts'
import { parseAllowedHost } from '../transfer/index.ts'
import { checkKeys } from './keys.ts'
import type { ModelManagerOptions } from './types.ts'

/** What the Python manager has where its container mounts the volume. */
const DEFAULT_BASE = '/workspace/models'
const DEFAULT_HUB = 'https://huggingface.co'
const DEFAULT_MOST = 500e9
const DEFAULT_PARALLEL = 8
const MOST_PARALLEL = 64

const OPTIONS: Readonly<Record<keyof ModelManagerOptions, true>> = {
  basePath: true,
  allowUnpinned: true,
  mirrors: true,
  allowHosts: true,
  hfEndpoint: true,
  hfToken: true,
  civitaiToken: true,
  verify: true,
  maxModelSize: true,
  parallelDownloads: true,
  reporter: true,
  environment: true,
  signal: true,
}

/** Options and environment, checked for form. */
export interface VolumeSettings {
  /** Absolute. */
  readonly basePath: string
  readonly allowUnpinned: boolean
  readonly mirrors: readonly string[]
  readonly allowHosts: readonly string[]
  readonly hfEndpoint: URL
  readonly hfToken: string | undefined
  readonly civitaiToken: string | undefined
  readonly verify: 'always' | 'changed'
  /** Bytes. */
  readonly maxModelSize: number
  readonly parallelDownloads: number
  readonly reporter: Reporter
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal | undefined
}

function invalid(message: string, detail?: string): R3mesError {
  return new R3mesError('INPUT_INVALID', message, detail === undefined ? {} : { detail })
}

function basePathOf(text: string): string {
  if (typeof text === 'string' && isAbsolute(text) && !text.includes('\0')) return resolve(text)
  throw invalid(
    'The folder of the volume has to be an absolute path, such as /workspace/models. Correct `basePath` or `MODELS_BASE_PATH`.',
    String(text),
  )
}

function hubOf(text: string): URL {
  const url = URL.parse(text)
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  if (isPlain) return url
  throw invalid(
    'The address of the HuggingFace hub is no URL of https or http without credentials. Correct `hfEndpoint` or `HF_ENDPOINT`.',
  )
}

function tokenOf(text: string | undefined, what: string): string | undefined {
  const token = text?.trim() ?? ''
  if (/^[\x21-\x7e]*$/.test(token)) return token === '' ? undefined : token
  throw invalid(`\`${what}\` holds a character that no token has. Write the token alone.`)
}

function wholeNumber(value: number, most: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value
  throw invalid(`\`${what}\` has to be a whole number from 1 to ${most}.`)
}

/** Only a list is one: of a text, each letter would be an entry. */
function textsOf(value: readonly string[] | undefined, what: string): readonly string[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value
  throw invalid(`\`${what}\` has to be a list of texts.`)
}

/** Only `true` is: `'false'` would count as it otherwise. */
function flagOf(value: boolean | undefined, what: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true
  throw invalid(`\`${what}\` has to be \`true\` or \`false\`.`)
}

/** @throws R3mesError `INPUT_INVALID`, also for names that are no options; `PRIVATE_KEY_REFUSED` */
export function readVolumeSettings(options: ModelManagerOptions): VolumeSettings {
  checkKeys('ModelManager', options, Object.keys(OPTIONS))
  const { environment = process.env, verify = 'always' } = options
  const mirrors = textsOf(options.mirrors, 'mirrors')
  const allowHosts = textsOf(options.allowHosts, 'allowHosts')
  const variable = (name: string): string | undefined => environment[name]?.trim() || undefined
  for (const mirror of mirrors) checkMirrorTemplate(mirror)
  for (const host of allowHosts) parseAllowedHost(host)
  if (verify !== 'always' && verify !== 'changed') throw invalid('`verify` has to be always or changed.')
  return {
    basePath: basePathOf(options.basePath ?? variable('MODELS_BASE_PATH') ?? DEFAULT_BASE),
    allowUnpinned: flagOf(options.allowUnpinned, 'allowUnpinned'),
    mirrors,
    allowHosts,
    hfEndpoint: hubOf(options.hfEndpoint ?? variable('HF_ENDPOINT') ?? DEFAULT_HUB),
    hfToken: tokenOf(options.hfToken ?? variable('HF_TOKEN'), 'HF_TOKEN'),
    civitaiToken: tokenOf(
      options.civitaiToken ?? variable('CIVITAI_API_TOKEN') ?? variable('CIVITAI_TOKEN'),
      'CIVITAI_API_TOKEN',
    ),
    verify,
    maxModelSize: wholeNumber(options.maxModelSize ?? DEFAULT_MOST, Number.MAX_SAFE_INTEGER, 'maxModelSize'),
    parallelDownloads: wholeNumber(
      options.parallelDownloads ?? DEFAULT_PARALLEL,
      MOST_PARALLEL,
      'parallelDownloads',
    ),
    reporter: options.reporter ?? silentReporter,
    environment,
    signal: options.signal,
  }
}
