import { rm } from 'node:fs/promises'
import { asR3mesError, type VerifiedFile, type WantedFile } from '../core/index.ts'
import { fetchFile } from '../sources/index.ts'
import type { Run } from './open-run.ts'
import type { Provider } from './types.ts'

/** A file that is in the store, verified, and how it came there. */
export interface Obtained {
  readonly file: VerifiedFile
  readonly from: Provider
  readonly url: string | undefined
  readonly milliseconds: number
}

/** Brings files into the store. The same digest is fetched once, however many artifacts want it at the same time. */
export class Obtainer {
  readonly #run: Run
  readonly #pending = new Map<string, Promise<Obtained>>()
  readonly #obtained = new Map<string, Obtained>()

  constructor(run: Run) {
    this.#run = run
  }

  /** Every distinct file that was found or fetched so far, manifests included. */
  get obtained(): readonly Obtained[] {
    return [...this.#obtained.values()]
  }

  /** The store's copy, every byte hashed again; undefined when it has none, or when `force` wants a new one. */
  async inStore(wanted: WantedFile): Promise<Obtained | undefined> {
    if (this.#run.settings.force) return undefined
    const start = performance.now()
    const file = await this.#run.store.find(wanted.sha256, wanted.size)
    if (file === undefined) return undefined
    return this.#note({ file, from: 'store', url: undefined, milliseconds: performance.now() - start })
  }

  /** Asks the sources in order, verifies, and keeps the file as a blob. */
  fetch(wanted: WantedFile, signal: AbortSignal, limit?: number): Promise<Obtained> {
    const pending = this.#pending.get(wanted.sha256) ?? this.#fetchOnce(wanted, signal, limit)
    this.#pending.set(wanted.sha256, pending)
    return pending
  }

  async #fetchOnce(wanted: WantedFile, signal: AbortSignal, limit: number | undefined): Promise<Obtained> {
    const { sources, network, store, reporter, record, fetchRun } = this.#run
    const partial = store.partialPath(wanted.sha256)
    try {
      const fetched = await fetchFile(sources, wanted, partial, network, fetchRun, {
        signal,
        onProgress: (bytes, source, done) =>
          reporter.progress({
            subject: wanted.subject,
            source,
            bytes,
            done,
            ...(wanted.size === undefined ? {} : { total: wanted.size }),
          }),
      })
      for (const failure of fetched.failures) record.sourceFailed(wanted.subject, failure)
      record.downloaded(fetched.file.size)
      return this.#note({
        file: await store.adopt(fetched.file),
        from: fetched.source,
        url: fetched.url,
        milliseconds: fetched.milliseconds,
      })
    } catch (error) {
      await rm(partial, { force: true })
      throw asR3mesError(error)
    }
  }

  #note(obtained: Obtained): Obtained {
    this.#obtained.set(obtained.file.sha256, obtained)
    return obtained
  }
}
