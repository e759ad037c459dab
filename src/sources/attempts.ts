/**
 * Asks the origins of a file one after the other and keeps why each one failed.
 */
import { type ErrorCode, R3mesError, type Reporter, type SourceName, type WantedFile } from '../core/index.ts'
import { describeUrl, type Origin } from '../transfer/index.ts'
import { wasSaidBeforehand } from './beforehand.ts'
import type { Source } from './types.ts'

/** What the files of one run know together. */
export interface FetchRun {
  readonly reporter: Reporter
  /** Origins that served wrong bytes, as {@link originKey} names them. They are not asked again. */
  readonly liars: Set<string>
  /** Origins that others found to be liars. */
  readonly knownLiars?: ReadonlySet<string>
}

export function createFetchRun(reporter: Reporter): FetchRun {
  return { reporter, liars: new Set() }
}

/**
 * For files that a run may do without. They ask no liar of the run; but whom they call a liar, others still ask: a record
 * with a wrong digest makes every honest host look like one.
 */
export function outsideOf(run: FetchRun): FetchRun {
  return { reporter: run.reporter, liars: new Set(), knownLiars: run.liars }
}

export interface FetchFailure {
  readonly source: SourceName
  /** URL without query, or the label of an origin whose URL is a secret. Text from a record. */
  readonly origin: string
  readonly code: ErrorCode
  /** Our own words. */
  readonly reason: string
  /** What the host or the operating system said. */
  readonly detail?: string
}

/** What an origin delivered. */
export interface Delivery<T> {
  readonly value: T
  readonly source: SourceName
  /** URL without query, or the label of an origin whose URL is a secret. Text from a record. */
  readonly url: string
  /** Of the whole search, failed origins included. */
  readonly milliseconds: number
}

/** A source and a host are dropped together: the same host may well be honest in another role. */
function originKey(origin: Origin): string {
  return `${origin.source} ${origin.url.origin}`
}

function labelOf(origin: Origin): string {
  return origin.label ?? describeUrl(origin.url)
}

/**
 * Tells of bytes that one origin left for the next one to go on with, and that were wrong, while the next one alone is
 * right.
 *
 * @param suspects who sent them, as far as they were asked in this run
 * @param isAll false: an earlier run may have left some of them
 */
export function nameSuspects(
  run: FetchRun,
  file: WantedFile,
  suspects: readonly Origin[],
  isAll: boolean,
): void {
  const named = [...new Set(suspects.map(labelOf))].join(', ')
  const [only, ...others] = suspects
  if (only !== undefined && isAll && others.every((other) => originKey(other) === originKey(only))) {
    run.liars.add(originKey(only))
    run.reporter.warning(
      `${file.subject}: ${named} served wrong bytes in a part of the file and is not asked again in this run.`,
    )
    return
  }
  const who = named === '' ? 'an earlier run' : `${isAll ? '' : 'an earlier run or '}${named}`
  run.reporter.warning(`${file.subject}: bytes that ${who} left were wrong and were thrown away.`)
}

const WRONG_BYTES: ReadonlySet<ErrorCode> = new Set(['DIGEST_MISMATCH', 'SIZE_MISMATCH'])

/** Failures that another origin may mend. A full disk, a bug or an abort is none of them. */
function isOfContent(thrown: unknown): thrown is R3mesError {
  return (
    thrown instanceof R3mesError && thrown.errorClass === 'content' && thrown.code !== 'DEADLINE_EXCEEDED'
  )
}

function failureOf(source: SourceName, origin: string, error: R3mesError): FetchFailure {
  const { code, message, detail } = error
  return { source, origin, code, reason: message, ...(detail === undefined ? {} : { detail }) }
}

function countBySource(failures: readonly FetchFailure[]): string {
  const counts = new Map<SourceName, number>()
  for (const { source } of failures) counts.set(source, (counts.get(source) ?? 0) + 1)
  return [...counts].map(([source, count]) => `${source} ${count}`).join(', ')
}

/** Codes that stand for the whole search when every origin failed with them. */
const TELLING: readonly ErrorCode[] = [
  'DIGEST_MISMATCH',
  'SIZE_MISMATCH',
  'AUTH_REQUIRED',
  'URL_REFUSED',
  'ARTIFACT_TOO_LARGE',
]

const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  DIGEST_MISMATCH:
    'Everything they sent differs from what was approved. Do not use it; tell the publisher and whoever runs these hosts.',
  SIZE_MISMATCH:
    'Everything they offer differs in size from what was approved. Do not use it; tell the publisher and whoever runs these hosts.',
  AUTH_REQUIRED: 'All of them ask for access. Set `hf-token`, or add a mirror that is open to you.',
  URL_REFUSED:
    'Their URLs break the rules for recorded URLs. Correct the record, or name the hosts in `allow-hosts`.',
  ARTIFACT_TOO_LARGE: 'Raise `max-artifact-size` if it is meant to be that large.',
}

/**
 * The one error for a search in vain. Pure.
 *
 * @param subject the file in checked names
 */
export function exhausted(subject: string, failures: readonly FetchFailure[]): R3mesError {
  if (failures.length === 0) {
    return new R3mesError(
      'SOURCES_EXHAUSTED',
      `No source that is switched on knows a place for ${subject}. Add a mirror, or switch on more in \`sources\`.`,
    )
  }
  const codes = new Set(failures.map(({ code }) => code))
  const onlyWrongBytes = failures.every(({ code }) => WRONG_BYTES.has(code))
  const common = onlyWrongBytes && codes.size > 1 ? 'DIGEST_MISMATCH' : failures[0]?.code
  const code =
    TELLING.find((telling) => telling === common && (onlyWrongBytes || codes.size === 1)) ??
    'SOURCES_EXHAUSTED'
  const access = codes.has('AUTH_REQUIRED') ? ' Some ask for access: `hf-token` may help.' : ''
  const [reason, ...otherReasons] = new Set(failures.map((failure) => failure.reason))
  // What to do for access is for the host to say: to accept terms, to choose another token.
  const told = code === 'AUTH_REQUIRED' && otherReasons.length === 0 ? reason : undefined
  const advice =
    told ?? ADVICE[code] ?? `Check the network, or add a mirror; the log says why each one failed.${access}`
  const reasons = failures.map(
    ({ source, origin, code: failed, reason: why, detail }) =>
      `${source} ${origin}: ${failed}: ${why}${detail === undefined ? '' : ` (${detail})`}`,
  )
  return new R3mesError(
    code,
    `No source delivered ${subject} (failed: ${countBySource(failures)}). ${advice}`,
    {
      detail: reasons.join('\n'),
    },
  )
}

export interface SearchOptions {
  readonly signal?: AbortSignal
  /** Told of each place that failed, as it fails: a search in vain has them, too. */
  readonly onFailure?: (failure: FetchFailure) => void
}

/** One search for one file. */
class Search<T> {
  readonly failures: FetchFailure[] = []
  readonly #file: WantedFile
  readonly #run: FetchRun
  readonly #signal: AbortSignal | undefined
  readonly #onFailure: ((failure: FetchFailure) => void) | undefined
  readonly #attempt: (origin: Origin) => Promise<T>
  readonly #start = performance.now()

  constructor(
    file: WantedFile,
    run: FetchRun,
    options: SearchOptions,
    attempt: (origin: Origin) => Promise<T>,
  ) {
    this.#file = file
    this.#run = run
    this.#signal = options.signal
    this.#onFailure = options.onFailure
    this.#attempt = attempt
  }

  async source(source: Source): Promise<Delivery<T> | undefined> {
    const before = this.failures.length
    const delivery = await this.#origins(source, await this.#originsOf(source))
    const refused = this.failures.slice(before).some(({ code }) => code === 'AUTH_REQUIRED')
    if (delivery !== undefined || source.name !== 'cache' || !refused) return delivery
    // The cache's signed URLs live for minutes, and a run may wait longer than that for its turn.
    return this.#origins(source, await this.#originsOf(source))
  }

  async #originsOf(source: Source): Promise<readonly Origin[]> {
    try {
      return await source.origins(this.#file, this.#signal)
    } catch (thrown) {
      if (!isOfContent(thrown)) throw thrown
      this.#keep(failureOf(source.name, source.name, thrown))
      return []
    }
  }

  async #origins(source: Source, origins: readonly Origin[]): Promise<Delivery<T> | undefined> {
    for (const origin of origins) {
      this.#signal?.throwIfAborted()
      const delivery = await this.#ask(source, origin)
      if (delivery !== undefined) return delivery
    }
    return undefined
  }

  async #ask(source: Source, origin: Origin): Promise<Delivery<T> | undefined> {
    const label = labelOf(origin)
    const { liars, knownLiars } = this.#run
    if (liars.has(originKey(origin)) || knownLiars?.has(originKey(origin)) === true) {
      const dropped = new R3mesError(
        'DIGEST_MISMATCH',
        'It served wrong bytes earlier in this run and was not asked again. Find out why it serves them.',
      )
      this.#keep(failureOf(origin.source, label, dropped))
      return undefined
    }
    try {
      const value = await this.#attempt(origin)
      const milliseconds = Math.round(performance.now() - this.#start)
      return { value, source: origin.source, url: label, milliseconds }
    } catch (thrown) {
      if (!isOfContent(thrown)) throw thrown
      this.#failed(source, origin, label, thrown)
      return undefined
    }
  }

  #keep(failure: FetchFailure): void {
    this.failures.push(failure)
    this.#onFailure?.(failure)
  }

  #failed(source: Source, origin: Origin, label: string, error: R3mesError): void {
    const { reporter } = this.#run
    this.#keep(failureOf(origin.source, label, error))
    const line = `${this.#file.subject}: ${label}: ${error.message}`
    if (!WRONG_BYTES.has(error.code)) {
      reporter.info(line)
      return
    }
    // A host that says by itself that it has another file is no liar: a branch moved on, and its other files may be right.
    if (wasSaidBeforehand(error)) {
      reporter.warning(line)
      return
    }
    this.#run.liars.add(originKey(origin))
    reporter.warning(
      `${this.#file.subject}: ${label} served wrong bytes and is not asked again in this run. ${error.message}`,
    )
    source.servedWrongBytes?.(this.#file)
  }
}

/**
 * Asks the sources in order, each one's origins in order, until one delivers.
 *
 * @throws R3mesError `SOURCES_EXHAUSTED`, or what all of them failed with; anything but a content error at once
 */
export async function askInOrder<T>(
  sources: readonly Source[],
  file: WantedFile,
  run: FetchRun,
  options: SearchOptions,
  attempt: (origin: Origin) => Promise<T>,
): Promise<Delivery<T>> {
  const search = new Search(file, run, options, attempt)
  for (const source of sources) {
    const delivery = await search.source(source)
    if (delivery !== undefined) return delivery
  }
  throw exhausted(file.subject, search.failures)
}
