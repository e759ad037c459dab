/**
 * The registry of a volume over time: the file that several programs write, this manager's own telling of it, and the digests of URLs
 * without a hash. All but those digests is for people and for tidying up: it never says which bytes are right.
 */
import { lstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { foldCase, type Reporter } from '../core/index.ts'
import { alone, during, setAside } from '../store/index.ts'
import { folderOf, type VolumeLayout } from './layout.ts'
import {
  NOTHING_TOLD,
  type OwnTelling,
  type Pin,
  type Pins,
  readPins,
  readTelling,
  writePins,
  writeTelling,
} from './own-files.ts'
import {
  EMPTY,
  type EntryFields,
  entriesOf,
  formatRegistry,
  mergedRegistry,
  type RawEntry,
  type RegistryDocument,
  readEntry,
  usedEntry,
} from './registry-text.ts'
import { SharedFile } from './shared-file.ts'
import { type ModelKind, SECTION_OF_MODEL, type VolumeEntry, type VolumeSection } from './types.ts'

/** How often a file that others write at the same moment is read again before it is left as it is. */
const ATTEMPTS = 20

/** One use of a model that is in place. */
export interface ModelUse extends EntryFields {
  readonly kind: ModelKind
  readonly name: string
  /** Its bytes were brought. */
  readonly isNew: boolean
}

type Draft = { -readonly [S in VolumeSection]: Map<string, RawEntry> }

/** Something that changes the registry. */
interface Change {
  readonly apply: (draft: Draft, now: number) => void
  readonly hits: number
  readonly misses: number
  /** It has to survive a power cut. */
  readonly isDurable: boolean
}

const KIND_OF_SECTION: Readonly<Record<VolumeSection, ModelKind>> = {
  checkpoints: 'checkpoint',
  loras: 'lora',
  embeddings: 'embedding',
}

export class VolumeRegistry {
  readonly #layout: VolumeLayout
  readonly #reporter: Reporter
  readonly #isWritable: boolean
  readonly #shared: SharedFile
  #own: OwnTelling = NOTHING_TOLD
  #ownSeen: string | undefined
  #merged: RegistryDocument | undefined
  /** Entries by the path of their file. */
  #files: ReadonlyMap<string, readonly VolumeEntry[]> | undefined
  #batch: { readonly changes: Change[]; readonly done: Promise<void> } | undefined
  #last: Promise<void> = Promise.resolve()
  #hasWarned = false
  #hasToldOfDamage = false
  /** What stands there cannot be read, and is still there. */
  #isDamaged = false
  /** What somebody wrote to a file that was replaced meanwhile is in memory alone. */
  #isUnsaved = false

  constructor(layout: VolumeLayout, reporter: Reporter, { isWritable }: { readonly isWritable: boolean }) {
    this.#layout = layout
    this.#reporter = reporter
    this.#isWritable = isWritable
    this.#shared = new SharedFile(layout.registry)
  }

  /** What several programs say together, as of now. */
  async document(): Promise<RegistryDocument> {
    const step = this.#last.then(() => this.#load())
    this.#last = step.then(
      () => undefined,
      () => undefined,
    )
    return await step
  }

  async entries(): Promise<readonly VolumeEntry[]> {
    return entriesOf(await this.document(), this.#layout.sections)
  }

  /** The entry of a name; undefined when there is none. */
  async entry(kind: ModelKind, name: string): Promise<VolumeEntry | undefined> {
    const raw = (await this.document()).sections[SECTION_OF_MODEL[kind]].get(name)
    return raw === undefined ? undefined : readEntry(kind, name, raw, folderOf(this.#layout, kind))
  }

  /** The entry of another name whose file this is, or would be where upper and lower case are one. */
  async otherOwner(kind: ModelKind, name: string, path: string): Promise<VolumeEntry | undefined> {
    const document = await this.document()
    this.#files ??= Map.groupBy(entriesOf(document, this.#layout.sections), (entry) => foldCase(entry.path))
    const there = this.#files.get(foldCase(path))
    return there?.find((entry) => entry.kind === kind && entry.name !== name)
  }

  async counters(): Promise<{ readonly hits: number; readonly misses: number }> {
    await this.document()
    return this.#own
  }

  /** Writes down uses. What cannot be written costs one warning. */
  async noteUses(uses: readonly ModelUse[]): Promise<void> {
    if (uses.length === 0 || !this.#isWritable) return
    await this.#orWarn(() =>
      this.#commit({
        apply: (draft, now) => {
          for (const { kind, name, isNew, ...fields } of uses) {
            const section = draft[SECTION_OF_MODEL[kind]]
            section.set(name, usedEntry(section.get(name), fields, { now, isNew }))
          }
        },
        hits: uses.filter(({ isNew }) => !isNew).length,
        misses: uses.filter(({ isNew }) => isNew).length,
        isDurable: uses.some(({ isNew }) => isNew),
      }),
    )
  }

  /** Forgets entries whose files are gone. */
  async forget(gone: readonly Pick<VolumeEntry, 'kind' | 'name'>[]): Promise<void> {
    if (gone.length === 0) return
    await this.#orWarn(() =>
      this.#commit({
        apply: (draft) => {
          for (const { kind, name } of gone) draft[SECTION_OF_MODEL[kind]].delete(name)
        },
        hits: 0,
        misses: 0,
        isDurable: true,
      }),
    )
  }

  /** @throws R3mesError `STORE_CORRUPT` */
  async pinOf(url: string): Promise<Pin | undefined> {
    return (await during('reading digests', () => readPins(this.#layout.pins))).get(url)
  }

  /**
   * Says what a URL delivers from now on.
   *
   * @throws R3mesError `STORE_CORRUPT`, `DISK_FULL`, `STORE_NOT_WRITABLE`: without this, nothing would be held against it
   */
  async pin(url: string, pin: Pin): Promise<void> {
    await this.#pin(url, pin, (known) => known?.sha256 === pin.sha256)
  }

  /**
   * Says what a URL has delivered to a model whose digest somebody named. That moves the URL's digest, as long as no other model is held
   * against it: one of them must not change because somebody asked for the other.
   *
   * @param model undefined: one without an entry
   * @throws R3mesError as {@link pin}
   */
  async pinNamed(
    url: string,
    pin: Pin,
    model: Pick<VolumeEntry, 'kind' | 'name'> | undefined,
  ): Promise<void> {
    const documents = [await this.document(), this.#own.document]
    const isHeldAgainst = documents
      .flatMap((document) => entriesOf(document, this.#layout.sections))
      .some((entry) => {
        const isOther = entry.kind !== model?.kind || entry.name !== model.name
        return entry.isUnpinned && entry.url === url && isOther
      })
    await this.#pin(url, pin, (known) => (isHeldAgainst ? known !== undefined : known?.sha256 === pin.sha256))
  }

  async #pin(url: string, pin: Pin, isEnough: (known: Pin | undefined) => boolean): Promise<void> {
    const work = async (): Promise<void> => {
      const pins: Pins = await readPins(this.#layout.pins)
      if (isEnough(pins.get(url))) return
      await writePins(this.#layout.pins, new Map([...pins, [url, pin]]))
    }
    await during('writing down a digest', () => alone(this.#layout.lock, work))
  }

  /** Takes in what others wrote late, and lets go of the files. */
  async close(): Promise<void> {
    await this.#last
    if (this.#isWritable) {
      await this.#load().catch(() => undefined)
      if (this.#isUnsaved) await this.#orWarn(() => this.#write([]))
    }
    this.#shared.close()
  }

  /** @param mayMove a registry that cannot be read is kept aside: only who holds the lock may do that */
  async #load(mayMove = false): Promise<RegistryDocument> {
    const ownSeen = await seenAt(this.#layout.entries)
    const late = this.#shared.lateWriting()
    const isCurrent = ownSeen === this.#ownSeen && late === undefined && this.#shared.isUnchanged()
    const isSettled = !(mayMove && this.#isDamaged)
    if (this.#merged !== undefined && isCurrent && isSettled) return this.#merged
    const shared = await this.#readShared(mayMove)
    this.#own = await readTelling(this.#layout.entries)
    this.#ownSeen = ownSeen
    const isThere = (section: VolumeSection, name: string, raw: RawEntry): boolean =>
      this.#isThere(section, name, raw)
    const merged = mergedRegistry(shared, this.#own.document, isThere)
    this.#merged = late === undefined ? merged : mergedRegistry(merged, late, isThere)
    this.#isUnsaved ||= late !== undefined
    this.#files = undefined
    return this.#merged
  }

  async #readShared(mayMove: boolean): Promise<RegistryDocument> {
    const found = await this.#shared.read()
    this.#isDamaged = found === 'damaged' && !mayMove
    if (found !== 'damaged') return found
    const kept = mayMove ? await setAside(this.#layout.registry) : undefined
    if (kept !== undefined || !this.#hasToldOfDamage) {
      this.#reporter.warning(
        `The registry of the volume cannot be read, and is made anew from what this manager knows.${kept === undefined ? '' : ` It is kept as ${kept}.`}`,
      )
      this.#hasToldOfDamage = true
    }
    return EMPTY
  }

  #isThere(section: VolumeSection, name: string, raw: RawEntry): boolean {
    const kind = KIND_OF_SECTION[section]
    const entry = readEntry(kind, name, raw, this.#layout.sections[section])
    if (entry === undefined) return false
    try {
      return lstatSync(entry.path, { throwIfNoEntry: false })?.isFile() === true
    } catch {
      return false
    }
  }

  /** All changes that come while others are being written go together. */
  #commit(change: Change): Promise<void> {
    if (this.#batch === undefined) {
      const changes: Change[] = []
      const done = this.#last.then(() => {
        this.#batch = undefined
        return this.#write(changes)
      })
      this.#last = done.catch(() => undefined)
      this.#batch = { changes, done }
    }
    this.#batch.changes.push(change)
    return this.#batch.done
  }

  async #write(changes: readonly Change[]): Promise<void> {
    const { lock, entries, own } = this.#layout
    await alone(lock, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const before = await this.#load(true)
        const now = Date.now() / 1000
        const sections: Draft = {
          checkpoints: new Map(before.sections.checkpoints),
          loras: new Map(before.sections.loras),
          embeddings: new Map(before.sections.embeddings),
        }
        for (const { apply } of changes) apply(sections, now)
        const document: RegistryDocument = { ...before, sections, lastUpdated: now }
        const isDurable = changes.some((change) => change.isDurable)
        const telling: OwnTelling = {
          document,
          hits: changes.reduce((sum, { hits }) => sum + hits, this.#own.hits),
          misses: changes.reduce((sum, { misses }) => sum + misses, this.#own.misses),
        }
        const text = formatRegistry(document)
        if (!(await this.#shared.replace(text, { stagingFolder: own, isDurable }))) continue
        await writeTelling(entries, telling, text, isDurable)
        this.#own = telling
        this.#ownSeen = await seenAt(entries)
        this.#merged = document
        this.#isUnsaved = false
        this.#files = undefined
        return
      }
      this.#reporter.warning(
        'Another program keeps writing the registry of the volume. What was used is not written down this time.',
      )
    })
  }

  async #orWarn(work: () => Promise<void>): Promise<void> {
    try {
      await during('writing the registry', work)
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      const text = `The registry of the volume could not be written. ${why}`
      if (this.#hasWarned) this.#reporter.debug(text)
      else this.#reporter.warning(text)
      this.#hasWarned = true
    }
  }
}

/** What tells one text of a file from another that only we write; undefined when there is none. */
async function seenAt(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found === undefined ? undefined : `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs}`
}
