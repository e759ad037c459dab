/**
 * The text of `cache_registry.json`, which the Python manager writes too: sections of entries by name, and the time of the last change.
 * Whatever else is in it is somebody's, and stays. Nothing of it is believed but as a hint what to look at. Pure.
 */
import { basename, join } from 'node:path'
import { isSha256Hex, type Sha256Hex } from '../core/index.ts'
import { withoutSecrets } from './model-url.ts'
import { fileNameOf, isFileName } from './names.ts'
import {
  MODEL_KINDS,
  type ModelKind,
  SECTION_OF_MODEL,
  VOLUME_SECTIONS,
  type VolumeEntry,
  type VolumeSection,
} from './types.ts'

/** An entry as it stands in the file. */
export type RawEntry = Readonly<Record<string, unknown>>

export interface RegistryDocument {
  readonly sections: Readonly<Record<VolumeSection, ReadonlyMap<string, RawEntry>>>
  /** Top-level fields of others. */
  readonly others: ReadonlyMap<string, unknown>
  /** Unix seconds; 0 when unknown. */
  readonly lastUpdated: number
}

export const EMPTY: RegistryDocument = {
  sections: { checkpoints: new Map(), loras: new Map(), embeddings: new Map() },
  others: new Map(),
  lastUpdated: 0,
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSection(name: string): name is VolumeSection {
  return VOLUME_SECTIONS.some((section) => section === name)
}

/** Undefined for what is no registry. A section or an entry of another form than ours counts as absent. */
export function parseRegistry(text: string): RegistryDocument | undefined {
  try {
    return documentOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** As {@link parseRegistry}, of what is parsed already. */
export function documentOf(root: unknown): RegistryDocument | undefined {
  if (!isRecord(root)) return undefined
  const sectionOf = (name: VolumeSection): ReadonlyMap<string, RawEntry> => {
    const section = root[name]
    if (!isRecord(section)) return new Map()
    return new Map(Object.entries(section).filter((pair): pair is [string, RawEntry] => isRecord(pair[1])))
  }
  const others = Object.entries(root).filter(([name]) => !isSection(name) && name !== 'last_updated')
  return {
    sections: {
      checkpoints: sectionOf('checkpoints'),
      loras: sectionOf('loras'),
      embeddings: sectionOf('embeddings'),
    },
    others: new Map(others),
    lastUpdated: numberOf(root['last_updated']) ?? 0,
  }
}

/** The document as the Python manager has it in memory. */
export function registryObject({ sections, others, lastUpdated }: RegistryDocument): {
  readonly checkpoints: Readonly<Record<string, unknown>>
  readonly loras: Readonly<Record<string, unknown>>
  readonly embeddings: Readonly<Record<string, unknown>>
  readonly last_updated: number
} {
  return {
    checkpoints: Object.fromEntries(sections.checkpoints),
    loras: Object.fromEntries(sections.loras),
    embeddings: Object.fromEntries(sections.embeddings),
    ...Object.fromEntries(others),
    last_updated: lastUpdated,
  }
}

export function formatRegistry(document: RegistryDocument): string {
  return `${JSON.stringify(registryObject(document), undefined, 2)}\n`
}

/** Some programs write numbers as texts. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined
}

function hashOf(value: unknown): Sha256Hex | undefined {
  const hex =
    typeof value === 'string'
      ? value
          .trim()
          .replace(/^sha256:/i, '')
          .toLowerCase()
      : ''
  return isSha256Hex(hex) ? hex : undefined
}

/**
 * The file in the folder of the kind that an entry means: the last segment of its path, wherever that path leads; the one that the name
 * stands for where that says nothing.
 */
function fileOf(kind: ModelKind, name: string, { path, url }: RawEntry): string | undefined {
  const last = typeof path === 'string' ? basename(path.replaceAll('\\', '/')) : ''
  if (isFileName(last)) return last
  const parsed = typeof url === 'string' ? URL.parse(url) : null
  return isFileName(name) ? fileNameOf(kind, name, parsed?.pathname.split('/').at(-1)) : undefined
}

/** Other programs write URLs down as they were given, with the tokens in them. */
function urlOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  const url = value.includes('?') ? URL.parse(value) : null
  return url === null ? value : withoutSecrets(url)
}

/** An entry with its numbers and its path read; undefined when its name and its path name no file. */
export function readEntry(
  kind: ModelKind,
  name: string,
  raw: RawEntry,
  folder: string,
): VolumeEntry | undefined {
  const file = fileOf(kind, name, raw)
  if (file === undefined) return undefined
  return {
    kind,
    name,
    path: join(folder, file),
    url: urlOf(raw['url']),
    hash: hashOf(raw['hash']),
    downloadedAt: numberOf(raw['downloaded_at']) ?? 0,
    lastUsed: numberOf(raw['last_used']) ?? 0,
    usageCount: Math.floor(numberOf(raw['usage_count']) ?? 0),
    fileSize: Math.floor(numberOf(raw['file_size']) ?? 0),
    isUnpinned: raw['unpinned'] === true,
  }
}

/** All entries of a document that mean a file. */
export function entriesOf(
  { sections }: RegistryDocument,
  folders: Readonly<Record<VolumeSection, string>>,
): readonly VolumeEntry[] {
  return MODEL_KINDS.flatMap((kind) => {
    const section = SECTION_OF_MODEL[kind]
    return [...sections[section]]
      .map(([name, raw]) => readEntry(kind, name, raw, folders[section]))
      .filter((entry) => entry !== undefined)
  })
}

/** What is written down of a model that is in place. */
export interface EntryFields {
  readonly url: string
  readonly path: string
  readonly hash: Sha256Hex
  readonly fileSize: number
  readonly isUnpinned: boolean
}

/**
 * An entry after a use. What other programs keep in it stays.
 *
 * @param now Unix seconds
 * @param isNew its bytes were brought for this use
 */
export function usedEntry(
  before: RawEntry | undefined,
  fields: EntryFields,
  { now, isNew }: { readonly now: number; readonly isNew: boolean },
): RawEntry {
  const { unpinned: _, ...rest } = before ?? {}
  const isSame = hashOf(before?.['hash']) === fields.hash
  const downloadedAt = isSame ? numberOf(before?.['downloaded_at']) : undefined
  return {
    ...rest,
    url: fields.url,
    path: fields.path,
    hash: fields.hash,
    downloaded_at: isNew ? now : (downloadedAt ?? now),
    last_used: now,
    usage_count: Math.floor(numberOf(before?.['usage_count']) ?? 0) + 1,
    file_size: fields.fileSize,
    ...(fields.isUnpinned ? { unpinned: true } : {}),
  }
}

/**
 * One entry out of two tellings of it. The shared one is the newer about everything that its writer may have changed; the counts of
 * uses only grow, and a program that wrote from an old memory has fewer.
 */
function mergedEntry(shared: RawEntry, own: RawEntry): RawEntry {
  const most = (field: string): number => Math.max(numberOf(shared[field]) ?? 0, numberOf(own[field]) ?? 0)
  // Whoever brought the file last knows best what it is.
  const isOwnNewer = (numberOf(own['downloaded_at']) ?? 0) > (numberOf(shared['downloaded_at']) ?? 0)
  const newer = isOwnNewer ? { ...shared, ...own } : { ...own, ...shared }
  return { ...newer, last_used: most('last_used'), usage_count: Math.floor(most('usage_count')) }
}

/**
 * The registry that two tellings of it make together.
 *
 * @param shared what stands in the file that several programs write
 * @param own what this manager knew
 * @param isThere whether the file of an own entry that the shared telling lacks is on the disk
 */
export function mergedRegistry(
  shared: RegistryDocument,
  own: RegistryDocument,
  isThere: (section: VolumeSection, name: string, raw: RawEntry) => boolean,
): RegistryDocument {
  const merged = (section: VolumeSection): ReadonlyMap<string, RawEntry> => {
    const entries = new Map(shared.sections[section])
    for (const [name, raw] of own.sections[section]) {
      const other = entries.get(name)
      if (other !== undefined) entries.set(name, mergedEntry(other, raw))
      else if (isThere(section, name, raw)) entries.set(name, raw)
    }
    return entries
  }
  return {
    sections: {
      checkpoints: merged('checkpoints'),
      loras: merged('loras'),
      embeddings: merged('embeddings'),
    },
    others: new Map([...own.others, ...shared.others]),
    lastUpdated: Math.max(shared.lastUpdated, own.lastUpdated),
  }
}
