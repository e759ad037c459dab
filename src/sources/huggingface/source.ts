import { type Expected, type Reporter, silentReporter, type WantedFile } from '../../core/index.ts'
import { describeUrl, type Network, type Origin, type SmallAnswer } from '../../transfer/index.ts'
import type { Source } from '../types.ts'
import { checkAnnounced, explainRefusal } from './announced.ts'
import { type Comparison, compareListing, notListed } from './compare.ts'
import { commitIn, isNoHelp, Revisions } from './revisions.ts'
import { listFiles, PAGE_BYTES } from './tree.ts'
import {
  commonFolder,
  type HubPlace,
  type HubRevision,
  pageUrl,
  resolveUrl,
  revisionUrl,
  treeUrl,
} from './urls.ts'

export interface HuggingFaceSettings {
  /** Base URL of the hub. */
  readonly endpoint: URL
  /** Sent to the endpoint's own origin alone. */
  readonly token?: string | undefined
}

/** A hub's answer about a revision lists every file's name. */
const REVISION_BYTES = 32 * 1024 * 1024

/** Files of one artifact in one repository, compared with the hub's list at most once. */
interface Group extends HubRevision {
  readonly files: Map<string, Expected>
  comparison: Promise<Comparison | undefined> | undefined
}

function keyOf({ repoType, repo, revision, path }: HubPlace, { sha256 }: Expected): string {
  return [repoType, repo, revision, path, sha256].join(' ')
}

function hubPlaces(file: WantedFile): readonly HubPlace[] {
  return file.places.filter((place) => place.kind === 'huggingface')
}

/** Files of HuggingFace repositories, by branch, tag or commit. */
export class HuggingFaceSource implements Source {
  readonly name = 'huggingface'
  readonly #endpoint: URL
  readonly #headers: Origin['headers']
  readonly #network: Network
  readonly #reporter: Reporter
  readonly #revisions: Revisions
  /** By place and digest: two artifacts may want different bytes under one path. */
  readonly #groups = new Map<string, Group>()

  constructor(
    { endpoint, token }: HuggingFaceSettings,
    network: Network,
    reporter: Reporter = silentReporter,
  ) {
    this.#endpoint = endpoint
    this.#headers = token === undefined || token === '' ? undefined : { authorization: `Bearer ${token}` }
    this.#network = network
    this.#reporter = reporter
    this.#revisions = new Revisions((place, signal) => this.#askCommit(place, signal))
  }

  prepare(artifacts: readonly (readonly WantedFile[])[]): void {
    for (const files of artifacts) {
      const groups = new Map<string, Group>()
      for (const file of files) {
        for (const place of hubPlaces(file)) this.#addTo(groups, place, file)
      }
    }
  }

  #addTo(groups: Map<string, Group>, place: HubPlace, file: WantedFile): void {
    const { repoType, repo, revision, path } = place
    const key = [repoType, repo, revision].join(' ')
    const group: Group = groups.get(key) ?? {
      repoType,
      repo,
      revision,
      files: new Map(),
      comparison: undefined,
    }
    groups.set(key, group)
    group.files.set(path, file)
    this.#groups.set(keyOf(place, file), group)
  }

  /** @throws R3mesError `DIGEST_MISMATCH`, `SIZE_MISMATCH`, `SOURCES_EXHAUSTED` when the hub's list says so of all places */
  async origins(file: WantedFile, signal?: AbortSignal): Promise<readonly Origin[]> {
    const origins: Origin[] = []
    let refusal: unknown
    for (const place of hubPlaces(file)) {
      if (resolveUrl(this.#endpoint, place) === undefined) continue
      const why = await this.#whyNot(place, file, signal)
      refusal ??= why
      if (why !== undefined) continue
      const origin = this.#originAt(place, await this.#revisions.pin(place, signal), file)
      if (origin !== undefined) origins.push(origin)
    }
    if (origins.length === 0 && refusal !== undefined) throw refusal
    return origins
  }

  #originAt(place: HubPlace, pinned: HubPlace, file: WantedFile): Origin | undefined {
    const url = resolveUrl(this.#endpoint, pinned)
    if (url === undefined) return undefined
    const hasToken = this.#headers !== undefined
    return {
      ...this.#origin(url),
      inspect: (head) => {
        this.#revisions.told(place, head)
        explainRefusal(head, { endpoint: this.#endpoint, place, hasToken })
        if (head.status < 400) checkAnnounced(head, file, describeUrl(url))
      },
    }
  }

  #origin(url: URL): Origin {
    const headers = this.#headers
    return { source: 'huggingface', url, configured: true, ...(headers === undefined ? {} : { headers }) }
  }

  /** Why the hub's list of the artifact's files makes asking for this one vain. */
  async #whyNot(
    place: HubPlace,
    file: WantedFile,
    signal: AbortSignal | undefined,
  ): Promise<Error | undefined> {
    const group = this.#groups.get(keyOf(place, file))
    // The answer for a single file says as much as the list would.
    if (group === undefined || group.files.size < 2) return undefined
    group.comparison ??= this.#compare(group, signal)
    const comparison = await group.comparison
    if (comparison?.mismatch !== undefined) return comparison.mismatch
    return comparison?.missing.has(place.path) === true
      ? notListed(place.path, this.#describe(group))
      : undefined
  }

  async #compare(group: Group, signal: AbortSignal | undefined): Promise<Comparison | undefined> {
    const pinned = await this.#revisions.resolve(group, signal)
    const url = treeUrl(this.#endpoint, pinned, commonFolder([...group.files.keys()]))
    if (url === undefined) return undefined
    const paths = new Set(group.files.keys())
    const listing = await this.#orNothing(
      signal,
      listFiles(url, paths, (page) => this.#ask(page, PAGE_BYTES, signal)),
    )
    const where = this.#describe(group)
    if (listing === undefined) {
      this.#reporter.debug(`${where}: the hub has no list of files that could be compared beforehand`)
      return undefined
    }
    const comparison = compareListing(group.files, listing, where)
    if (comparison.mismatch !== undefined) {
      const told = [`${comparison.mismatch.message} (${where})`, ...comparison.differences]
      this.#reporter.warning(told.join('\n'))
    }
    return comparison
  }

  async #askCommit(place: HubRevision, signal: AbortSignal | undefined): Promise<string | undefined> {
    const url = revisionUrl(this.#endpoint, place)
    if (url === undefined) return undefined
    const answer = await this.#orNothing(signal, this.#ask(url, REVISION_BYTES, signal))
    return answer === undefined ? undefined : commitIn(answer)
  }

  #ask(url: URL, limit: number, signal: AbortSignal | undefined): Promise<SmallAnswer> {
    return this.#network.read(this.#origin(url), limit, signal)
  }

  /** A hub without this API, or one that does not let us in, is no failure: its files are asked for all the same. */
  async #orNothing<T>(signal: AbortSignal | undefined, asking: Promise<T>): Promise<T | undefined> {
    try {
      return await asking
    } catch (thrown) {
      signal?.throwIfAborted()
      if (!isNoHelp(thrown)) throw thrown
      this.#reporter.debug(`The HuggingFace hub's API is of no help. ${String(thrown)}`)
      return undefined
    }
  }

  #describe(group: Group): string {
    const page = pageUrl(this.#endpoint, group)
    return `${page === undefined ? group.repo : describeUrl(page)} at ${group.revision}`
  }
}
