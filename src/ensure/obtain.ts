import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import {
  type Expected,
  R3mesError,
  type Reporter,
  type VerifiedFile,
  Verifier,
  type WantedFile,
} from '../core/index.ts'
import { type FetchRun, fetchFile, type Source } from '../sources/index.ts'
import type { Store } from '../store/index.ts'
import type { Network } from '../transfer/index.ts'
import type { RunRecord } from './record.ts'
import type { Settings } from './settings.ts'
import type { Provider } from './types.ts'
import { WriteBehind } from './write-behind.ts'

/** Bytes that take long enough to hash to say how far it is. */
const LONG_CHECK = 256 * 1024 * 1024

const EMPTY_SHA256 = createHash('sha256').digest('hex')

/** A file that is in the store, verified, and how it came there. */
export interface Obtained {
  readonly file: VerifiedFile
  readonly from: Provider
  readonly url: string | undefined
  readonly milliseconds: number
}

export interface ObtainOptions {
  /** False: the run goes on without this file. */
  readonly required: boolean
  /** Bytes that a file without an approved size may not exceed. */
  readonly limit?: number
}

/** What bringing files takes: a run has it all. */
export interface ObtainContext {
  readonly settings: Pick<Settings, 'force' | 'verify'>
  readonly reporter: Reporter
  readonly record: Pick<RunRecord, 'waited' | 'sourceFailed' | 'received'>
  readonly store: Store
  readonly network: Network
  readonly sources: readonly Source[]
  /** Which sources lied: shared by all files that are required. */
  readonly fetchRun: FetchRun
  /** The same for the others. */
  readonly outsideRun: FetchRun
}

/** Brings files into the store. The same digest is fetched once, however many artifacts want it at the same time. */
export class Obtainer {
  readonly #run: ObtainContext
  readonly #pending = new Map<string, Promise<Obtained>>()
  #emptied: Promise<VerifiedFile> | undefined
  readonly #writeBehind = new WriteBehind()
  readonly #obtained = new Map<string, Obtained>()

  constructor(run: ObtainContext) {
    this.#run = run
  }

  /** Every distinct file that was found or fetched so far, manifests included. */
  get obtained(): readonly Obtained[] {
    return [...this.#obtained.values()]
  }

  /** The store's copy, checked as `verify` says; undefined when it has none, or when `force` wants a new one. */
  async inStore(wanted: Expected & Pick<WantedFile, 'subject'>): Promise<Obtained | undefined> {
    if (this.#run.settings.force && wanted.sha256 !== EMPTY_SHA256) return undefined
    const start = performance.now()
    const file = (await this.#find(wanted)) ?? (await this.#empty(wanted))
    if (file === undefined) return undefined
    return this.#note({ file, from: 'store', url: undefined, milliseconds: performance.now() - start })
  }

  /** Asks the sources in order, verifies, and keeps the file as a blob. */
  fetch(wanted: WantedFile, signal: AbortSignal, options: ObtainOptions): Promise<Obtained> {
    const earlier = this.#pending.get(wanted.sha256)
    const pending =
      earlier === undefined
        ? this.#fetchOnce(wanted, signal, options)
        : this.#fetchAfter(earlier, wanted, signal, options)
    this.#pending.set(wanted.sha256, pending)
    return pending
  }

  /** The bytes that somebody else asked for. Where they did not come, this file's own places are asked: they may be others. */
  async #fetchAfter(
    earlier: Promise<Obtained>,
    wanted: WantedFile,
    signal: AbortSignal,
    options: ObtainOptions,
  ): Promise<Obtained> {
    const obtained = await earlier.catch(() => undefined)
    signal.throwIfAborted()
    if (obtained === undefined) return await this.#fetchOnce(wanted, signal, options)
    if (wanted.size !== undefined && wanted.size !== obtained.file.size) {
      throw new R3mesError(
        'SIZE_MISMATCH',
        `The content with the approved SHA-256 has ${obtained.file.size} bytes, but ${wanted.size} were approved. The record has to be approved again.`,
      )
    }
    return obtained
  }

  /** One process fetches, the others wait and use what it brought. Whoever wants a new copy waits for nobody's. */
  async #fetchOnce(wanted: WantedFile, signal: AbortSignal, options: ObtainOptions): Promise<Obtained> {
    if (this.#run.settings.force) return await this.#fetchHere(wanted, signal, options)
    const { store } = this.#run
    const hasCome = async () => (await store.blobAt(wanted.sha256)) !== undefined
    const bring = async () => {
      // Also when nobody was waited for: somebody may have brought it since this run looked.
      if (await hasCome()) return undefined
      const obtained = (await this.inStore(wanted)) ?? (await this.#fetchHere(wanted, signal, options))
      // Those who wait look for the record of this check as soon as the claim is free.
      if (this.#run.settings.verify === 'changed') await store.checks.keep()
      return obtained
    }
    const fetched = await this.#claimed(wanted, signal, bring, hasCome)
    // Without the claim: all who waited hash what came at the same time.
    const found = fetched ?? (await this.inStore(wanted))
    if (found !== undefined) return found
    return await this.#claimed(
      wanted,
      signal,
      async () => (await this.inStore(wanted)) ?? (await this.#fetchHere(wanted, signal, options)),
    )
  }

  /** Does `work` while this process alone may bring a file. */
  async #claimed<T>(
    wanted: WantedFile,
    signal: AbortSignal,
    work: () => Promise<T>,
    hasCome?: () => Promise<boolean>,
  ): Promise<T> {
    const waiting = this.#waitingFor(wanted)
    const start = performance.now()
    const claim = await this.#run.store.claim(wanted.sha256, { signal, onWaiting: waiting.tell, hasCome })
    try {
      waiting.end()
      if (claim.waited) this.#run.record.waited(start)
      return await work()
    } finally {
      await claim.release()
    }
  }

  /** What people are told while another process fetches. */
  #waitingFor({ subject, size }: WantedFile): {
    readonly tell: (progress: { readonly bytes: number }) => void
    readonly end: () => void
  } {
    const { reporter } = this.#run
    const event = { subject: `waiting for another job, ${subject}`, source: 'another job' }
    let told: number | undefined
    return {
      tell: ({ bytes }) => {
        if (told === undefined) reporter.info(`${subject}: another job is fetching it. Waiting for that one.`)
        told = bytes
        reporter.progress({ ...event, bytes, ...(size === undefined ? {} : { total: size }), done: false })
      },
      end: () => {
        if (told !== undefined) reporter.progress({ ...event, bytes: told, done: true })
      },
    }
  }

  /** Asks the sources, in this process. */
  async #fetchHere(
    wanted: WantedFile,
    signal: AbortSignal,
    { required, limit }: ObtainOptions,
  ): Promise<Obtained> {
    const { sources, network, store, record } = this.#run
    const fetchRun = required ? this.#run.fetchRun : this.#run.outsideRun
    const partial = await store.claimPartial(wanted.sha256)
    const came = this.#writeBehind.of(partial)
    // What is of use to a later run stays there when this fails.
    const fetched = await fetchFile(sources, wanted, partial, network, fetchRun, {
      signal,
      resume: true,
      ...(limit === undefined ? {} : { limit }),
      onFailure: (failure) => record.sourceFailed(wanted.subject, failure),
      onReceived: (source, bytes) => record.received(source, bytes),
      onProgress: (progress) => {
        came(progress.bytes)
        this.#run.reporter.progress({ subject: wanted.subject, ...progress })
      },
    })
    await this.#writeBehind.rests()
    const file = await this.#keep(fetched.file)
    return this.#note({ file, from: fetched.source, url: fetched.url, milliseconds: fetched.milliseconds })
  }

  async #keep(fetched: VerifiedFile): Promise<VerifiedFile> {
    const { store } = this.#run
    try {
      return await store.adopt(fetched)
    } catch (error) {
      await store.dropPartial(fetched.sha256)
      throw error
    }
  }

  /** Large files take long to hash, so people are told how far it is. */
  async #find(wanted: Expected & Pick<WantedFile, 'subject'>): Promise<VerifiedFile | undefined> {
    const { store, reporter } = this.#run
    const event = { subject: `checking ${wanted.subject}`, source: 'store' }
    return await store.find(wanted.sha256, wanted.size, (bytes, total) => {
      if (total >= LONG_CHECK) reporter.progress({ ...event, bytes, total, done: bytes === total })
    })
  }

  /** The empty file, which repositories have many of: nobody has to be asked for its bytes. */
  async #empty(wanted: Expected): Promise<VerifiedFile | undefined> {
    if (wanted.sha256 !== EMPTY_SHA256 || (wanted.size ?? 0) !== 0) return undefined
    // Once: files are looked up side by side, and two of them would write and move the same partial.
    this.#emptied ??= this.#makeEmpty(wanted)
    return await this.#emptied
  }

  async #makeEmpty(wanted: Expected): Promise<VerifiedFile> {
    const partial = this.#run.store.partialPath(wanted.sha256)
    await writeFile(partial, '', { mode: 0o600 })
    return await this.#run.store.adopt(new Verifier(wanted).finish(partial))
  }

  #note(obtained: Obtained): Obtained {
    this.#obtained.set(obtained.file.sha256, obtained)
    return obtained
  }
}
