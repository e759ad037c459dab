/**
 * `--env-file`: settings from a file as many programs keep them. Only the variables of this tool are taken from it: no file can
 * change how other programs behave, or anything that says what is trusted, since that has no variables.
 */
import { open } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { R3mesError } from '../core/index.ts'
import {
  ENVIRONMENT_ONLY,
  type Environment,
  INPUTS,
  type InputSpec,
  privateKeyNames,
} from '../ensure/index.ts'

/** Those of `r3mes volume` that the other commands do not have. */
const VOLUME_VARIABLES = ['MODELS_BASE_PATH', 'CIVITAI_API_TOKEN', 'CIVITAI_TOKEN']

/** Variables that files of the Python registry have, and nothing here reads. */
const NOT_YET = ['BLOCKCHAIN_GRPC_URL', 'IPFS_API_URL', 'R3MES_INFERENCE_MODE']

const inputs: readonly InputSpec[] = INPUTS

/** The variables that are settings of this tool. */
export const SETTINGS_VARIABLES: ReadonlySet<string> = new Set([
  ...inputs.flatMap(({ environment }) => environment ?? []),
  ...ENVIRONMENT_ONLY.map(({ name }) => name),
  ...VOLUME_VARIABLES,
])

const MOST_BYTES = 1024 * 1024

export interface EnvFile {
  /** By name, blank ones left out. */
  readonly settings: Readonly<Record<string, string>>
  /** What people should know of it, in sentences. */
  readonly notices: readonly string[]
}

/** @throws R3mesError `PRIVATE_KEY_REFUSED` */
function refusePrivateKeys(found: Readonly<Record<string, string | undefined>>): void {
  const names = privateKeyNames(Object.keys(found)).filter((name) => found[name]?.trim())
  if (names.length === 0) return
  throw new R3mesError(
    'PRIVATE_KEY_REFUSED',
    'The file of `--env-file` holds a private key. r3mes never needs one: take it out of the file, or name a file without it.',
    { detail: names.join(', ') },
  )
}

/** A quote that is never closed makes one line of what was meant as several. */
function assertClosed(name: string, value: string): void {
  if (!/^["'`]/.test(value)) return
  throw new R3mesError(
    'INPUT_INVALID',
    `The value of ${name} in the file of \`--env-file\` begins with a quote that is not closed. Close it.`,
  )
}

function notYet(found: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = NOT_YET.filter((name) => !SETTINGS_VARIABLES.has(name) && found[name]?.trim())
  if (names.length === 0) return []
  const are = names.length === 1 ? 'is not used yet' : 'are not used yet'
  return [
    `${names.join(', ')} ${are}. The chain is asked over RPC: BLOCKCHAIN_RPC_URL names its endpoints, one a line within quotes.`,
  ]
}

/**
 * What a file says, as Node reads such files: comments, quotes, values of several lines, `export` before a name. Variables within
 * values are not expanded. Pure.
 *
 * @throws R3mesError `INPUT_INVALID`, `PRIVATE_KEY_REFUSED`
 */
export function parseEnvFile(text: string): EnvFile {
  // Node's reader takes a byte order mark for a part of the first name, a lone CR for a part of a value, and only a space after
  // `export` for an end of that word.
  const plain = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/^([ \t]*export)[ \t]+(?=[A-Za-z_])/gm, '$1 ')
  const found = parseEnv(plain)
  refusePrivateKeys(found)
  const settings = Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => {
      const kept = value?.trim() ?? ''
      if (kept === '' || !SETTINGS_VARIABLES.has(name)) return []
      assertClosed(name, kept)
      return [[name, kept]]
    }),
  )
  return { settings, notices: notYet(found) }
}

/** @throws R3mesError `INPUT_INVALID` */
function textOf(bytes: Uint8Array): string {
  const refuse = (why: string): never => {
    throw new R3mesError('INPUT_INVALID', `The file of \`--env-file\` ${why}`)
  }
  if (bytes.length > MOST_BYTES) return refuse('is larger than 1 MiB. Name another file.')
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? refuse('is no text. Save it as UTF-8.') : text
  } catch (cause) {
    if (cause instanceof R3mesError) throw cause
    return refuse('is no UTF-8 text. Save it as UTF-8.')
  }
}

/** At most one byte more than is allowed: it may be a device that never ends. */
async function readStart(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r')
  const bytes = Buffer.alloc(MOST_BYTES + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length)
    length += bytesRead
    if (bytesRead === 0 || length === bytes.length) return bytes.subarray(0, length)
  }
}

/** @throws R3mesError `INPUT_INVALID`, `PRIVATE_KEY_REFUSED` */
async function readEnvFile(path: string): Promise<EnvFile> {
  const bytes = await readStart(path).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given'
    throw new R3mesError(
      'INPUT_INVALID',
      `The file of \`--env-file\` cannot be read (${/^E[A-Z]+$/.test(code) ? code : 'no reason given'}). Check its path.`,
      { cause, detail: path },
    )
  })
  return parseEnvFile(textOf(bytes))
}

/**
 * Reads files and says what they add to an environment: what is set there already wins, and a later file wins over an earlier one.
 *
 * @throws R3mesError `INPUT_INVALID`, `PRIVATE_KEY_REFUSED`
 */
export async function settingsOfFiles(paths: readonly string[], environment: Environment): Promise<EnvFile> {
  const files: EnvFile[] = []
  for (const path of paths) files.push(await readEnvFile(path))
  const all = Object.assign({}, ...files.map(({ settings }) => settings)) as Record<string, string>
  return {
    settings: Object.fromEntries(Object.entries(all).filter(([name]) => !environment[name]?.trim())),
    notices: [...new Set(files.flatMap(({ notices }) => notices))],
  }
}
