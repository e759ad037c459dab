import { rm, writeFile } from 'node:fs/promises'
import { type Expected, type Sha256Hex, type VerifiedFile, Verifier, type WantedFile } from '../core/index.ts'
import { type FetchedFile, fetchFile, fetchManifest, type WantedManifest } from '../sources/index.ts'
import type { Run } from './open-run.ts'
import type { Provider } from './types.ts'

/** A file that is in the store, verified, and how it came there. */
export interface Obtained {
  readonly file: VerifiedFile
  readonly from: Provider
  readonly url: string | undefined
  readonly milliseconds: number
}

/** What a transfer is known by. */
interface Subject {
  readonly sha256: Sha256Hex
  readonly subject: string
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
  async inStore(wanted: Expected): Promise<Obtained | undefined> {
    if (this.#run.settings.force) return undefined
    const start = performance.now()
    const file = await this.#run.store.find(wanted.sha256, wanted.size)
    if (file === undefined) return undefined
    return this.#note({ file, from: 'store', url: undefined, milliseconds: performance.now() - start })
  }

  /** Asks the sources in order, verifies, and keeps the file as a blob. */
  fetch(wanted: WantedFile, signal: AbortSignal): Promise<Obtained> {
    const { sources, network, fetchRun, reporter } = this.#run
    return this.#once(wanted, (partial) =>
      fetchFile(sources, wanted, partial, network, fetchRun, {
        signal,
        onProgress: (bytes, source, done) =>
          reporter.progress({
            subject: wanted.subject,
            source,
            bytes,
            done,
            ...(wanted.size === undefined ? {} : { total: wanted.size }),
          }),
      }),
    )
  }

  /** An artifact manifest, kept as a blob like any other file: a warm run asks nobody for it. */
  fetchManifest(manifest: WantedManifest): Promise<Obtained> {
    const { sources, network, fetchRun, signal } = this.#run
    return this.#once(manifest, async (partial) => {
      const { bytes, ...fetched } = await fetchManifest(sources, manifest, network, fetchRun, signal)
      await writeFile(partial, bytes, { mode: 0o600 })
      const verifier = new Verifier({ sha256: manifest.sha256 })
      verifier.update(bytes)
      return { ...fetched, file: verifier.finish(partial) }
    })
  }

  /** One transfer for a digest, however many ask for it. */
  #once(subject: Subject, deliver: (partial: string) => Promise<FetchedFile>): Promise<Obtained> {
    const pending = this.#pending.get(subject.sha256) ?? this.#keep(subject, deliver)
    this.#pending.set(subject.sha256, pending)
    return pending
  }

  async #keep(
    { sha256, subject }: Subject,
    deliver: (partial: string) => Promise<FetchedFile>,
  ): Promise<Obtained> {
    const { store, record, cache } = this.#run
    const partial = store.partialPath(sha256)
    try {
      const { file, source, url, failures, milliseconds } = await deliver(partial)
      for (const failure of failures) {
        record.sourceFailed(subject, failure)
        if (failure.source === 'cache' && failure.code === 'DIGEST_MISMATCH') cache?.corrupt({ sha256 })
      }
      record.downloaded(file.size)
      return this.#note({ file: await store.adopt(file), from: source, url, milliseconds })
    } catch (error) {
      await rm(partial, { force: true })
      throw error
    }
  }

  #note(obtained: Obtained): Obtained {
    this.#obtained.set(obtained.file.sha256, obtained)
    return obtained
  }
}
