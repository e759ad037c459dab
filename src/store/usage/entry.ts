/** One entry of the usage index: what is read of it, and what a use makes of it. Pure. */
import { basename, dirname, isAbsolute, normalize } from 'node:path'
import { extensionOf, isSha256Hex, type Sha256Hex, safePath } from '../../core/index.ts'
import type { ArtifactKind } from '../types.ts'
import type { IndexedFile, OwnSection, Section, UsageEntry, Use } from './types.ts'

/** An entry as it stands in the file. Fields that are not ours are kept. */
export type RawEntry = Readonly<Record<string, unknown>>

/** Absolute folders of the store's own sections. */
export type Roots = Readonly<Record<OwnSection, string>>

const KIND_OF_SECTION: Readonly<Record<OwnSection, ArtifactKind>> = {
  models: 'model',
  adapters: 'adapter',
  datasets: 'dataset',
}

/** What happens to one entry. */
export type Change =
  | { readonly kind: 'use'; readonly fields: RawEntry; readonly downloaded: boolean }
  | { readonly kind: 'add'; readonly fields: RawEntry }
  | { readonly kind: 'remove' }

export interface EntryChange {
  readonly section: Section
  readonly name: string
  readonly change: Change
}

export function isRecord(value: unknown): value is RawEntry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Unix seconds that a calendar has (ECMA-262, 21.4.1.1). */
const MOST_SECONDS = 8.64e12

/** Zero for what is no time. */
export function time(value: unknown): number {
  return typeof value === 'number' && value <= MOST_SECONDS ? amount(value) : 0
}

/** Zero for what is no amount. */
export function amount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}

function hex(value: unknown): Sha256Hex | undefined {
  const lowered = typeof value === 'string' ? value.toLowerCase() : ''
  return isSha256Hex(lowered) ? lowered : undefined
}

/** Heights are written as numbers where a double holds them, else as decimal text. */
function height(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value)
  return typeof value === 'string' && /^[0-9]{1,20}$/.test(value) ? BigInt(value) : undefined
}

function safe(path: string): boolean {
  try {
    safePath(path, 'path')
    return true
  } catch {
    return false
  }
}

function indexedFile(value: unknown): IndexedFile | undefined {
  if (!isRecord(value)) return undefined
  const { path, size } = value
  const sha256 = hex(value['sha256'])
  if (typeof path !== 'string' || !safe(path) || sha256 === undefined) return undefined
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0
    ? { path, sha256, size }
    : undefined
}

/** All or none: with a part of the files nobody could tell what is whole. */
function indexedFiles(value: unknown): readonly IndexedFile[] {
  const files = Array.isArray(value) ? value.map(indexedFile) : []
  const known = files.filter((file) => file !== undefined)
  return known.length === files.length ? known : []
}

/** Whether a path is one that the store gives to artifacts: directly below the folder of its kind, and not hidden. */
export function isArtifactPath(path: unknown, root: string): path is string {
  return (
    typeof path === 'string' &&
    isAbsolute(path) &&
    !path.includes('\0') &&
    normalize(path) === path &&
    dirname(path) === root &&
    !basename(path).startsWith('.')
  )
}

/** Undefined for an entry that is none, or names a place outside of the folder of its kind. */
export function readEntry(
  section: OwnSection,
  name: string,
  raw: unknown,
  roots: Roots,
): UsageEntry | undefined {
  if (!isRecord(raw)) return undefined
  const { path } = raw
  if (!isArtifactPath(path, roots[section])) return undefined
  return {
    section,
    name,
    kind: KIND_OF_SECTION[section],
    path,
    url: text(raw['url']),
    hash: hex(raw['hash']),
    digest: text(raw['digest']),
    downloadedAt: time(raw['downloaded_at']),
    lastUsed: time(raw['last_used']),
    usageCount: Math.floor(amount(raw['usage_count'])),
    fileSize: Math.floor(amount(raw['file_size'])),
    version: text(raw['version']),
    files: indexedFiles(raw['files']),
    approvedAtHeight: height(raw['approved_at_height']),
    chainId: text(raw['chain_id']),
    usedBy: text(raw['used_by']),
  }
}

/**
 * The name of an artifact in the index: that of its folder, or of its file without the extension. `coder@0123456789ab` when it
 * had to go beside.
 */
export function entryName(path: string, isFolder: boolean): string {
  const name = basename(path)
  if (isFolder) return name
  const extension = safe(name) ? extensionOf(safePath(name, 'name')) : ''
  return extension === '' ? name : name.slice(0, -extension.length)
}

/** The fields that users of the Python manager know, in their order. */
const SHAPE: RawEntry = {
  url: '',
  path: '',
  hash: '',
  downloaded_at: 0,
  last_used: 0,
  usage_count: 0,
  file_size: 0,
}

function seconds(date: Date): number {
  return date.getTime() / 1000
}

/** What a use writes. The counts are added when it meets the entry. */
export function fieldsOf(use: Use): RawEntry {
  const { approvedAtHeight } = use
  return {
    ...(use.url === undefined ? {} : { url: use.url }),
    path: use.path,
    hash: use.digest.slice(use.digest.indexOf(':') + 1),
    last_used: seconds(use.at),
    file_size: use.files.reduce((sum, { size }) => sum + size, 0),
    version: use.version,
    digest: use.digest,
    files: use.files.map(({ path, sha256, size }) => ({ path, sha256, size })),
    approved_at_height:
      approvedAtHeight <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(approvedAtHeight)
        : approvedAtHeight.toString(),
    chain_id: use.chainId,
    ...(use.usedBy === undefined ? {} : { used_by: use.usedBy }),
  }
}

/**
 * An entry after a change; undefined when there is none any more. Other bytes under the same name begin to count anew.
 * The time is taken as it is, so that one that was once ahead does not stay for ever.
 */
export function changed(raw: unknown, change: Change): RawEntry | undefined {
  const before = isRecord(raw) ? raw : undefined
  switch (change.kind) {
    case 'remove':
      return undefined
    case 'add':
      return before ?? change.fields
    case 'use': {
      const { fields, downloaded } = change
      const known = before?.['hash'] === fields['hash'] ? before : undefined
      const usedAt = fields['last_used']
      return {
        ...SHAPE,
        ...known,
        ...fields,
        downloaded_at: downloaded ? usedAt : (known?.['downloaded_at'] ?? usedAt),
        usage_count: Math.floor(amount(known?.['usage_count'])) + 1,
      }
    }
  }
}
