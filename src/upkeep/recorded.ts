/**
 * What earlier runs have put where, as the usage index and the receipts tell it. Neither is proven: they say what to look at
 * and what to compare it with, and whether it is still approved is asked elsewhere.
 */
import { isSha256Hex, R3mesError, type Sha256Hex, safePath } from '../core/index.ts'
import type { ArtifactKind, Store, UsageEntry } from '../store/index.ts'

export interface RecordedFile {
  readonly sha256: Sha256Hex
  /** Bytes. */
  readonly size: number
}

export interface RecordedArtifact {
  readonly kind: ArtifactKind
  /** As a request names it: the model version, the adapter id, the dataset name. Not to be printed unchecked. */
  readonly id: string
  /** Empty when nothing tells it. */
  readonly version: string
  /** `sha256:<hex>` or `manifest:<hex>`; empty when nothing tells it. */
  readonly digest: string
  /** Absolute final path. */
  readonly path: string
  /** By path inside the artifact; the empty path when the artifact is one file. */
  readonly files: ReadonlyMap<string, RecordedFile>
}

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isKind(value: unknown): value is ArtifactKind {
  return value === 'model' || value === 'adapter' || value === 'dataset'
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isSafePath(path: string): boolean {
  try {
    safePath(path, 'path')
    return true
  } catch (thrown) {
    if (thrown instanceof R3mesError) return false
    throw thrown
  }
}

/** Undefined for a list of which one entry is none: with a part of the files nobody can tell what is whole. */
function filesOf(value: unknown, kind: ArtifactKind): ReadonlyMap<string, RecordedFile> | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const files: (RecordedFile & { readonly path: string })[] = []
  for (const each of value) {
    if (!isFields(each)) return undefined
    const { path, sha256, size } = each
    if (typeof path !== 'string' || !isSafePath(path)) return undefined
    if (typeof sha256 !== 'string' || !isSha256Hex(sha256)) return undefined
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined
    files.push({ path, sha256, size })
  }
  return byPath(files, kind)
}

/** Files whose paths are safe. */
function byPath(
  list: readonly (RecordedFile & { readonly path: string })[],
  kind: ArtifactKind,
): ReadonlyMap<string, RecordedFile> {
  const files = new Map<string, RecordedFile>(list.map((file) => [file.path, file]))
  const [only] = files.values()
  // An adapter of one file has no folder.
  return kind === 'adapter' && files.size === 1 && only !== undefined ? new Map([['', only]]) : files
}

/** The artifacts that a receipt names; none when it is no receipt. */
export function artifactsOfReceipt(text: string): readonly RecordedArtifact[] {
  let receipt: unknown
  try {
    receipt = JSON.parse(text)
  } catch {
    return []
  }
  if (!isFields(receipt) || !Array.isArray(receipt['artifacts'])) return []
  return receipt['artifacts'].flatMap((artifact: unknown): readonly RecordedArtifact[] => {
    if (!isFields(artifact)) return []
    const { kind, path } = artifact
    if (!isKind(kind) || typeof path !== 'string') return []
    const files = filesOf(artifact['files'], kind)
    if (files === undefined) return []
    const [id, version, digest] = [artifact['id'], artifact['version'], artifact['digest']].map(textOf)
    return [{ kind, path, files, id: id ?? '', version: version ?? '', digest: digest ?? '' }]
  })
}

/** An entry of the usage index; undefined when it does not say which files there are. */
function artifactOfEntry(entry: UsageEntry): RecordedArtifact | undefined {
  const { kind, name, path, version = '', digest = '' } = entry
  const files = entry.files.length === 0 ? undefined : byPath(entry.files, kind)
  // What had to go beside is asked for by its own name. `@` is in no name.
  const own = name.replace(/@[0-9a-f]{12}$/, '')
  return files === undefined
    ? undefined
    : { kind, path, files, version, digest, id: kind === 'model' && version !== '' ? version : own }
}

/**
 * What is known of the artifacts of a store. The usage index tells of those that should be there. Of others the receipts tell,
 * the newest word on each, but only while something of them is there: who removes an artifact leaves its receipts.
 *
 * @param present absolute final paths at which something stands
 */
export async function recordedArtifacts(
  store: Pick<Store, 'receipts' | 'usage'>,
  present: ReadonlySet<string>,
): Promise<ReadonlyMap<string, RecordedArtifact>> {
  const known = new Map<string, RecordedArtifact>()
  for await (const entry of store.usage.entries()) {
    const artifact = artifactOfEntry(entry)
    if (artifact !== undefined) known.set(artifact.path, artifact)
  }
  const isUnknown = (path: string): boolean => !known.has(path)
  if (![...present].some(isUnknown)) return known
  for await (const text of store.receipts()) {
    for (const artifact of artifactsOfReceipt(text)) {
      if (present.has(artifact.path) && isUnknown(artifact.path)) known.set(artifact.path, artifact)
    }
    if (![...present].some(isUnknown)) break
  }
  return known
}
