/** From what was typed to a request, checked for form alone: no chain was asked yet. */
import { isSafeName, R3mesError, type SafeName, safeName } from '../core/index.ts'
import { normaliseCid } from './cid.ts'
import type { AdapterRequest, Request, VersionRequest } from './types.ts'
import { isRange, parseVersion } from './versions.ts'

/** What was typed: texts as they are, lists by line. */
export interface RawRequest {
  /** `active` when absent or empty. */
  readonly modelVersion?: string
  readonly modelName?: string
  readonly adapters?: readonly string[]
  readonly loadedAdapters?: readonly string[]
  readonly datasets?: readonly string[]
  /** Default true. */
  readonly requireDataset?: boolean
  readonly modelCidPin?: string
}

const MAX_TEXT = 200
const VERSION_EXAMPLES = 'Write `active`, `none`, a version such as `1.0.0` or a range such as `^1.2`.'

/** Runs one check and keeps its problem, so that all of them can be told at once. */
type Collect = <T>(check: () => T) => T | undefined

function collector(problems: R3mesError[]): Collect {
  return (check) => {
    try {
      return check()
    } catch (thrown) {
      if (!(thrown instanceof R3mesError)) throw thrown
      problems.push(thrown)
      return undefined
    }
  }
}

function parseModelVersion(text: string): VersionRequest {
  if (text === '' || text === 'active') return { kind: 'active' }
  if (text === 'none') return { kind: 'none' }
  if (text.length <= MAX_TEXT) {
    if (parseVersion(text).kind === 'semver') return { kind: 'version', text }
    if (isRange(text)) return { kind: 'range', text }
    // Digits and dots alone were meant as a version number, and are none.
    if (isSafeName(text) && !/^[vV]?[\d.]+$/.test(text)) return { kind: 'version', text }
  }
  throw new R3mesError(
    'VERSION_INVALID',
    `\`model-version\` is neither a version nor a range. ${VERSION_EXAMPLES}`,
    {
      detail: text,
    },
  )
}

function duplicate(input: string, entry: string): R3mesError {
  const named = isSafeName(entry.startsWith(DOMAIN) ? entry.slice(DOMAIN.length) : entry)
    ? `\`${entry}\``
    : 'one entry'
  return new R3mesError('INPUT_INVALID', `\`${input}\` names ${named} twice. Remove one of the two lines.`, {
    detail: entry,
  })
}

/** The lines that say something; what a line stands for must not come twice. */
function parseList<T>(
  input: string,
  lines: readonly string[] | undefined,
  parse: (entry: string) => T,
  idOf: (item: T) => string,
  collect: Collect,
): T[] {
  const items: T[] = []
  for (const line of lines ?? []) {
    const entry = line.trim()
    if (entry === '') continue
    const item = collect(() => parse(entry))
    if (item === undefined) continue
    if (items.some((other) => idOf(other) === idOf(item))) {
      collect(() => {
        throw duplicate(input, idOf(item))
      })
    } else items.push(item)
  }
  return items
}

/** A line of `adapters`: one adapter by its id, or all of a domain. */
type AdapterLine =
  | { readonly kind: 'adapter'; readonly adapter: AdapterRequest }
  | { readonly kind: 'domain'; readonly domain: SafeName }

const DOMAIN = 'domain:'

function parseAdapterLine(entry: string): AdapterLine {
  if (entry.startsWith(DOMAIN)) {
    return { kind: 'domain', domain: safeName(entry.slice(DOMAIN.length).trim(), 'domain of adapters') }
  }
  return { kind: 'adapter', adapter: parseAdapter(entry) }
}

/** What a line stands for. No adapter's id holds a colon, so that none is taken for a domain. */
function nameOfLine(line: AdapterLine): string {
  return line.kind === 'domain' ? `${DOMAIN}${line.domain}` : line.adapter.id
}

function parseAdapter(entry: string): AdapterRequest {
  const at = entry.indexOf('@')
  if (at === -1) return { id: safeName(entry, 'adapter id') }
  const id = safeName(entry.slice(0, at).trim(), 'adapter id')
  const version = entry.slice(at + 1).trim()
  if (!isSafeName(version)) {
    throw new R3mesError(
      'VERSION_INVALID',
      `The version after \`${id}@\` is none. Write it as in \`${id}@1.0.0\`, or leave out \`@\` and the version.`,
      { detail: entry },
    )
  }
  return { id, version }
}

function parseModelName(text: string): string | undefined {
  const name = text.trim()
  if (name === '') return undefined
  if (name.length > MAX_TEXT || /[\p{Cc}\p{Cf}]/u.test(name)) {
    throw new R3mesError(
      'INPUT_INVALID',
      `\`model-name\` is longer than ${MAX_TEXT} characters or holds invisible ones. Write the name as the registry has it.`,
      { detail: name },
    )
  }
  return name
}

function parseCidPin(text: string): string | undefined {
  if (text.trim() === '') return undefined
  const cid = normaliseCid(text)
  if (cid === undefined) {
    throw new R3mesError(
      'INPUT_INVALID',
      'R3MES_MODEL_IPFS_HASH is no CID. Set it to the CID that the model must have, or unset it.',
      { detail: text },
    )
  }
  return cid
}

function assertSomethingToDo(version: VersionRequest, adapters: number, datasets: number): void {
  if (version.kind !== 'none') return
  if (adapters > 0) {
    throw new R3mesError(
      'INPUT_INVALID',
      '`model-version: none` leaves the adapters nothing to fit. Name a model version, or remove `adapters`.',
    )
  }
  if (datasets === 0) {
    throw new R3mesError(
      'INPUT_INVALID',
      'Nothing was asked for. Name a `model-version`, or `datasets` beside `model-version: none`.',
    )
  }
}

/**
 * Checks what was typed.
 *
 * @throws R3mesError `INPUT_INVALID`, `VERSION_INVALID`, `ID_UNSAFE`; all problems at once
 */
export function parseRequest(raw: RawRequest): Request {
  const problems: R3mesError[] = []
  const collect = collector(problems)
  const modelVersion = collect(() => parseModelVersion((raw.modelVersion ?? '').trim()))
  const modelName = collect(() => parseModelName(raw.modelName ?? ''))
  const modelCidPin = collect(() => parseCidPin(raw.modelCidPin ?? ''))
  const lines = parseList('adapters', raw.adapters, parseAdapterLine, nameOfLine, collect)
  const adapters = lines.flatMap((line) => (line.kind === 'adapter' ? [line.adapter] : []))
  const adapterDomains = lines.flatMap((line) => (line.kind === 'domain' ? [line.domain] : []))
  const itself = (id: SafeName) => id
  const loadedAdapters = parseList(
    'loaded-adapters',
    raw.loadedAdapters,
    (entry) => safeName(entry, 'id of a loaded adapter'),
    itself,
    collect,
  )
  const datasets = parseList('datasets', raw.datasets, (entry) => safeName(entry, 'dataset'), itself, collect)
  if (modelVersion !== undefined && problems.length === 0) {
    collect(() => assertSomethingToDo(modelVersion, lines.length, datasets.length))
  }
  if (modelVersion === undefined || problems.length > 0) throw R3mesError.from(problems)
  return {
    modelVersion,
    ...(modelName === undefined ? {} : { modelName }),
    adapters,
    adapterDomains,
    loadedAdapters,
    datasets,
    requireDataset: raw.requireDataset ?? true,
    ...(modelCidPin === undefined ? {} : { modelCidPin }),
  }
}
