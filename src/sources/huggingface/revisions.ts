import { R3mesError } from '../../core/index.ts'
import type { AnswerHead, SmallAnswer } from '../../transfer/index.ts'
import { repoCommit } from './announced.ts'
import { type HubRevision, isCommit } from './urls.ts'

/** Asks the hub which commit a revision is; undefined when it does not say, for whatever reason. */
export type AskCommit = (place: HubRevision, signal: AbortSignal | undefined) => Promise<string | undefined>

function keyOf({ repoType, repo, revision }: HubRevision): string {
  return `${repoType} ${repo} ${revision}`
}

/**
 * The commits of a run: what a branch stood for when it was first asked for it stands for until the run ends, so that a push
 * in its middle mixes no two versions.
 *
 * The first file of a repository is asked for by the branch's name, and the answer says the commit: one file costs no
 * request more. Only who comes before that answer asks for the commit alone.
 */
export class Revisions {
  readonly #ask: AskCommit
  readonly #commits = new Map<string, string>()
  /** Revisions that somebody was sent to ask by name. */
  readonly #begun = new Set<string>()
  readonly #asked = new Map<string, Promise<string | undefined>>()

  constructor(ask: AskCommit) {
    this.#ask = ask
  }

  /**
   * The place at its commit, or as it is where no commit is known.
   *
   * @throws the signal's reason once it is aborted
   */
  async pin<P extends HubRevision>(place: P, signal: AbortSignal | undefined): Promise<P> {
    const key = keyOf(place)
    const isFirst = !this.#begun.has(key)
    this.#begun.add(key)
    if (isFirst && !this.#commits.has(key)) return place
    return await this.resolve(place, signal)
  }

  /** As {@link pin}, for who cannot go without the commit when it can be known. */
  async resolve<P extends HubRevision>(place: P, signal: AbortSignal | undefined): Promise<P> {
    const key = keyOf(place)
    if (isCommit(place.revision)) return place
    this.#begun.add(key)
    if (!this.#commits.has(key)) {
      const asked = this.#asked.get(key) ?? this.#ask(place, signal)
      this.#asked.set(key, asked)
      this.#learn(key, await asked)
    }
    const commit = this.#commits.get(key)
    return commit === undefined ? place : { ...place, revision: commit }
  }

  /** Takes in what an answer for the place says. Whoever comes first is believed for the whole run. */
  told(place: HubRevision, head: AnswerHead): void {
    if (!isCommit(place.revision)) this.#learn(keyOf(place), repoCommit(head))
  }

  #learn(key: string, commit: string | undefined): void {
    if (commit !== undefined && isCommit(commit) && !this.#commits.has(key)) this.#commits.set(key, commit)
  }
}

/** The commit in the hub's answer about a revision. */
export function commitIn({ bytes }: SmallAnswer): string | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    const sha = typeof json === 'object' && json !== null && 'sha' in json ? json.sha : undefined
    return typeof sha === 'string' && isCommit(sha) ? sha : undefined
  } catch {
    return undefined
  }
}

/** Failures of a hub whose API is of no help; everything else, an abort above all, is thrown on. */
export function isNoHelp(thrown: unknown): boolean {
  return thrown instanceof R3mesError && thrown.errorClass === 'content'
}
