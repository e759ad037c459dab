/** Bringing the bytes of models into the volume's store: the same engine, claims and checks as every run has. */
import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import {
  type Place,
  R3mesError,
  type Reporter,
  type Sha256Hex,
  type VerifiedFile,
  type WantedFile,
} from '../core/index.ts'
import { Obtainer } from '../ensure/index.ts'
import { createFetchRun, createSources, hubDigest, hubOrigin, outsideOf } from '../sources/index.ts'
import type { Store } from '../store/index.ts'
import type { Network, Origin } from '../transfer/index.ts'
import { checkPlausible } from './content.ts'
import type { ModelUrl } from './model-url.ts'
import { withSubject } from './names.ts'
import type { Pin } from './own-files.ts'
import type { VolumeSettings } from './settings.ts'
import { accessAdvice, type UrlSourceSettings, urlOrigin, urlSource } from './url-source.ts'

/** What is needed to bring a model. */
export interface BringContext {
  readonly settings: VolumeSettings
  readonly civitai: URL
  readonly store: Store
  readonly network: Network
}

/** A model on its way. */
export interface Bringing {
  /** In checked names. */
  readonly subject: string
  /** Path below the volume, for mirrors: checked names only. */
  readonly mirrorPath: string
  readonly url: ModelUrl
}

/** Where digests of URLs are kept that nobody named one for. */
export interface PinBook {
  pinOf(url: string): Promise<Pin | undefined>
  pin(url: string, pin: Pin): Promise<void>
}

export class Bringer {
  readonly #context: BringContext
  readonly #limit: ReturnType<typeof pLimit>
  /** Who brings a digest right now, for all in this process that want it. */
  readonly #under = new Map<Sha256Hex, { readonly obtainer: Obtainer; users: number }>()

  constructor(context: BringContext) {
    this.#context = context
    this.#limit = pLimit(context.settings.parallelDownloads)
  }

  /**
   * Brings a model into the store, from its own host, else from a mirror.
   *
   * @throws R3mesError as `fetchFile` does
   */
  async bring(
    { subject, mirrorPath, url }: Bringing,
    sha256: Sha256Hex,
    signal: AbortSignal,
  ): Promise<VerifiedFile> {
    const wanted: WantedFile = { sha256, subject, mirrorPath, places: [url.place] }
    const shared = this.#under.get(sha256) ?? { obtainer: this.#obtainer(), users: 0 }
    this.#under.set(sha256, shared)
    shared.users++
    try {
      const obtained = await this.#limit(() => shared.obtainer.fetch(wanted, signal, { required: true }))
      return obtained.file
    } finally {
      shared.users--
      if (shared.users === 0) this.#under.delete(sha256)
    }
  }

  /**
   * Learns what a URL delivers that nobody named a digest for, and writes it down before anybody uses it. Of several processes, one
   * asks, and the others take its word.
   *
   * @param fileName what the model will be called
   * @throws R3mesError as `Network.learn` does, and for what can be no model
   */
  async learn(
    bringing: Bringing,
    fileName: string,
    pins: PinBook,
    signal: AbortSignal,
  ): Promise<{ readonly sha256: Sha256Hex; readonly isBrought: boolean }> {
    const { store, settings } = this.#context
    const { subject, url } = bringing
    const key = keyOf(url.recorded)
    const claim = await store.claim(key, {
      signal,
      onWaiting: ({ bytes }) =>
        settings.reporter.progress({
          subject: `waiting for another process, ${subject}`,
          source: 'another process',
          bytes,
          done: false,
        }),
    })
    try {
      const known = await pins.pinOf(url.recorded)
      if (known !== undefined) return { sha256: known.sha256, isBrought: false }
      const blob = await this.#learnHere(bringing, key, fileName, signal)
      await pins.pin(url.recorded, { sha256: blob.sha256, size: blob.size })
      return { sha256: blob.sha256, isBrought: true }
    } finally {
      await claim.release()
    }
  }

  async #learnHere(
    bringing: Bringing,
    key: Sha256Hex,
    fileName: string,
    signal: AbortSignal,
  ): Promise<VerifiedFile> {
    const { store, network, settings } = this.#context
    const { subject, url } = bringing
    const announced = await this.#announced(url.place, signal)
    const advice = this.#advice(url.place)
    if (announced !== undefined) {
      const blob = await this.bring(bringing, announced, signal)
      await checkPlausible(blob.path, fileName, advice)
      return blob
    }
    const origin = this.#originOf(url.place)
    const partial = store.partialPath(key)
    try {
      const learned = await this.#limit(() =>
        network.learn(origin, partial, {
          signal,
          onProgress: (bytes, total) =>
            settings.reporter.progress({
              ...{ subject, source: origin.source, bytes, done: bytes === total },
              ...(total === undefined ? {} : { total }),
            }),
        }),
      ).catch((thrown: unknown) => {
        throw withSubject(thrown, subject)
      })
      await checkPlausible(partial, fileName, advice)
      const blob = await store.outside.takeIn(partial, learned.sha256)
      if (blob !== undefined) {
        await store.checks.around([blob.path], () => store.dropPartial(key))
        return blob
      }
    } catch (thrown) {
      await store.dropPartial(key)
      throw thrown
    }
    throw new R3mesError(
      'STORE_CORRUPT',
      `The file of ${subject} changed on the disk while it was checked. Find out which program writes below \`.r3mes\` in the volume, then run again.`,
    )
  }

  /** What a hub says that a file is; other hosts say nothing of the kind. */
  async #announced(place: Place, signal: AbortSignal): Promise<Sha256Hex | undefined> {
    if (place.kind !== 'huggingface') return undefined
    return await hubDigest(this.#hub(), place, this.#context.network, signal)
  }

  #originOf(place: Place): Origin {
    if (place.kind === 'huggingface') return hubOrigin(this.#hub(), place)
    if (place.kind === 'http') return urlOrigin(new URL(place.url), this.#urls())
    throw new TypeError('A model has a URL of its own')
  }

  #advice(place: Place): string {
    if (place.kind !== 'http') return 'Set `HF_TOKEN` to a token that may read the repository.'
    return accessAdvice(new URL(place.url), this.#urls())
  }

  #hub(): { readonly endpoint: URL; readonly token: string | undefined } {
    const { hfEndpoint, hfToken } = this.#context.settings
    return { endpoint: hfEndpoint, token: hfToken }
  }

  #urls(): UrlSourceSettings {
    return { civitai: this.#context.civitai, token: this.#context.settings.civitaiToken }
  }

  /** What a branch of a hub stands for, and who lies, is found out anew each time: a manager lives for days. */
  #obtainer(): Obtainer {
    const { settings, store, network } = this.#context
    const { reporter, mirrors } = settings
    const named = createSources({
      order: ['huggingface', 'http'],
      huggingface: this.#hub(),
      ipfs: { gateways: [] },
      http: { mirrors },
      network,
      reporter,
    })
    const [hub, mirrored] = named
    const fetchRun = createFetchRun(reporter)
    return new Obtainer({
      settings: { force: false, verify: settings.verify },
      reporter,
      record: silentRecord(reporter),
      store,
      network,
      // The host of the model itself comes before its mirrors, which have what it has, or had.
      sources: [hub, urlSource(this.#urls()), onlyMirrors(mirrored)].filter((source) => source !== undefined),
      fetchRun,
      outsideRun: outsideOf(fetchRun),
    })
  }
}

type Sources = ReturnType<typeof createSources>

/** The same source without the URLs of the files themselves. */
function onlyMirrors(source: Sources[number] | undefined): Sources[number] | undefined {
  if (source === undefined) return undefined
  return { name: source.name, origins: (file, signal) => source.origins({ ...file, places: [] }, signal) }
}

/** A volume keeps no receipt: what failed on the way is for the log alone. */
function silentRecord(reporter: Reporter): ConstructorParameters<typeof Obtainer>[0]['record'] {
  return {
    waited: () => undefined,
    received: () => undefined,
    sourceFailed: (subject, { origin, code }) => reporter.debug(`${subject}: ${origin}: ${code}`),
  }
}

/** Stands for a URL where the store wants the digest of what is brought. It is the digest of no file. */
function keyOf(recorded: string): Sha256Hex {
  return createHash('sha256').update(`URL without a hash ${recorded}`).digest('hex') as Sha256Hex
}
