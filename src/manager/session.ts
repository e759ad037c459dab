/** A volume that is opened when it is first needed, and what one manager does on it. */
import { foldCase } from '../core/index.ts'
import { putInPlace } from './in-place.ts'
import { findInPlace } from './read-only.ts'
import type { VolumeSettings } from './settings.ts'
import type { PlacedModel } from './still.ts'
import type { GotModel } from './types.ts'
import { type ManagerParts, openVolume, type Volume, type WritableVolume } from './volume.ts'
import type { ModelUse } from './volume-registry.ts'
import type { WantedModel } from './wanted.ts'

export class VolumeSession {
  readonly #settings: VolumeSettings
  readonly #parts: ManagerParts
  readonly #signal: AbortSignal
  #volume: Promise<Volume> | undefined
  readonly #underWay = new Set<Promise<unknown>>()
  #isKeeping = false
  /** The last piece of work on each file: two requests never change the same one at once. */
  readonly #byFile = new Map<string, Promise<unknown>>()

  /** @param signal ends all work on the volume */
  constructor(settings: VolumeSettings, parts: ManagerParts, signal: AbortSignal) {
    this.#settings = settings
    this.#parts = parts
    this.#signal = signal
  }

  /** @throws R3mesError as {@link openVolume}; the reason of the signal */
  async open(): Promise<Volume> {
    this.#signal.throwIfAborted()
    const opening = this.#volume ?? openVolume(this.#settings, this.#parts, this.#signal)
    this.#volume = opening
    try {
      return await opening
    } catch (thrown) {
      // What is wrong may be mended by the next time.
      if (this.#volume === opening) this.#volume = undefined
      throw thrown
    }
  }

  /** Does work that `dispose` waits for. */
  async work<T>(work: () => Promise<T>): Promise<T> {
    const running = work()
    this.#underWay.add(running)
    try {
      return await running
    } finally {
      this.#underWay.delete(running)
    }
  }

  /**
   * @throws R3mesError; the reason of the signal
   */
  async get(wanted: WantedModel, signal: AbortSignal): Promise<PlacedModel> {
    const began = performance.now()
    const volume = await this.open()
    signal.throwIfAborted()
    const placed =
      volume.kind === 'read-only'
        ? await findInPlace(volume, wanted, signal)
        : await this.#oneByOne(foldCase(wanted.mirrorPath), () => putInPlace(volume, wanted, signal))
    const how = placed.model.isHit ? 'was there' : 'was brought'
    const seconds = ((performance.now() - began) / 1000).toFixed(3)
    this.#settings.reporter.debug(`${wanted.subject} ${how}, checked after ${seconds} s.`)
    return placed
  }

  async #oneByOne<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#byFile.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#byFile.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#byFile.get(key) === mine) this.#byFile.delete(key)
    }
  }

  /** Writes down uses, and when files were hashed. */
  async note(got: readonly (readonly [WantedModel, GotModel])[]): Promise<void> {
    const volume = await this.#volume
    if (volume?.kind !== 'writable' || got.length === 0) return
    this.keepChecks(volume)
    await volume.registry.noteUses(
      got.map(
        ([{ url }, { kind, name, path, sha256, size, isHit, isUnpinned }]): ModelUse => ({
          ...{ kind, name, path, hash: sha256, fileSize: size, isUnpinned, isNew: !isHit },
          url: url.recorded,
        }),
      ),
    )
  }

  /** Writes down when files were hashed. Nobody waits for it: what is not written down is hashed again. */
  keepChecks({ store }: WritableVolume): void {
    if (this.#isKeeping) return
    this.#isKeeping = true
    const keeping = store.checks.keep().finally(() => {
      this.#isKeeping = false
      this.#underWay.delete(keeping)
    })
    this.#underWay.add(keeping)
  }

  /** Waits for what is on its way, and lets go of the volume. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#underWay)
    const volume = this.#volume
    this.#volume = undefined
    await (await volume?.catch(() => undefined))?.[Symbol.asyncDispose]()
  }
}

/** @throws R3mesError why it is not */
export function writable(volume: Volume): WritableVolume {
  if (volume.kind === 'read-only') throw volume.reason
  return volume
}
