/**
 * Artifact manifests: `{"version":1,"files":[{"path","size","sha256"}]}`. The bytes matched an approved digest when they
 * come here, but whoever asked for that approval may have written anything.
 */
import canonicalize from 'canonicalize'
import {
  foldCase,
  isSha256Hex,
  parseStrictJson,
  R3mesError,
  type SafePath,
  type Sha256Hex,
  safePath,
} from '../core/index.ts'

/** Largest manifest that is fetched or parsed, in bytes. */
export const MANIFEST_LIMIT = 16 * 1024 * 1024

/** What a manifest is asked for as, at the places of its artifact. */
export const MANIFEST_NAME = 'r3mes-manifest.json'

const MAX_DEPTH = 4

export interface ManifestFile {
  readonly path: SafePath
  /** Bytes. */
  readonly size: number
  readonly sha256: Sha256Hex
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown, names: readonly string[]): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const keys = Object.keys(value)
  const isExact = keys.length === names.length && names.every((name) => keys.includes(name))
  return isExact ? (value as Fields) : undefined
}

function malformed(subject: string, why: string): R3mesError {
  return new R3mesError(
    'RECORD_MALFORMED',
    `The manifest of ${subject} is malformed: ${why}. It has to be written again with \`r3mes manifest\` and approved again.`,
  )
}

function parseFile(value: unknown, subject: string, position: number): ManifestFile {
  const fields = fieldsOf(value, ['path', 'size', 'sha256'])
  if (fields === undefined) {
    throw malformed(subject, `file ${position} has not exactly the fields path, size and sha256`)
  }
  const { path, size, sha256 } = fields
  if (typeof path !== 'string') throw malformed(subject, `file ${position} has no path`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw malformed(subject, `file ${position} has no valid size`)
  }
  if (typeof sha256 !== 'string' || !isSha256Hex(sha256)) {
    throw malformed(subject, `the sha256 of file ${position} is not 64 lower-case hexadecimal characters`)
  }
  // Where this file would be asked for lies the manifest, which cannot hold its own digest.
  if (foldCase(path) === MANIFEST_NAME)
    throw malformed(subject, `file ${position} has the manifest's own name`)
  return { path: safePath(path, `path of file ${position} in the manifest of ${subject}`), size, sha256 }
}

/** Every folder that a path lies in: `a` and `a/b` for `a/b/c`. */
function foldersOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1)
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'))
}

/** Paths that could not stand side by side on every file system. */
function assertDistinct(files: readonly ManifestFile[], subject: string): void {
  const paths = new Set<string>()
  const folders = new Set<string>()
  const collision = (path: string, why: string) =>
    new R3mesError(
      'ID_UNSAFE',
      `The manifest of ${subject} names files that cannot stand side by side: ${why}. It has to be written and approved again.`,
      { detail: path },
    )
  for (const { path } of files) {
    const folded = foldCase(path)
    if (paths.has(folded)) throw collision(path, 'two paths are one where case folds')
    paths.add(folded)
    for (const folder of foldersOf(folded)) folders.add(folder)
  }
  const clash = files.find(({ path }) => folders.has(foldCase(path)))
  if (clash !== undefined) throw collision(clash.path, 'one path is a file and a folder')
}

function isSorted(files: readonly ManifestFile[]): boolean {
  return files.every(({ path }, index) => {
    const before = files[index - 1]
    return before === undefined || Buffer.compare(Buffer.from(before.path), Buffer.from(path)) <= 0
  })
}

/**
 * The files of a manifest.
 *
 * @param subject whose manifest it is, in checked words: `model 1.0.0`
 * @throws R3mesError `RECORD_MALFORMED` for any other form or version, `ID_UNSAFE` for paths that no file can have here
 */
export function parseManifest(bytes: Uint8Array, subject: string): ManifestFile[] {
  const parsed = parseStrictJson(bytes, { maxBytes: MANIFEST_LIMIT, maxDepth: MAX_DEPTH })
  if (!parsed.ok) throw malformed(subject, parsed.why)
  const fields = fieldsOf(parsed.value, ['version', 'files'])
  if (fields === undefined) throw malformed(subject, 'it has not exactly the fields version and files')
  if (fields['version'] !== 1) throw malformed(subject, 'its version is not 1')
  const list = fields['files']
  if (!Array.isArray(list) || list.length === 0) throw malformed(subject, 'it lists no files')
  const files = list.map((file: unknown, index) => parseFile(file, subject, index + 1))
  assertDistinct(files, subject)
  if (!isSorted(files)) throw malformed(subject, 'its files are not sorted by path')
  return files
}

/**
 * The bytes of the manifest of these files: RFC 8785 JSON, sorted by path. Their SHA-256 is what gets approved, as
 * `manifest:<hex>`.
 *
 * @param subject whose manifest it is, in checked words
 * @throws R3mesError as {@link parseManifest}: what is written here can be read here
 */
export function formatManifest(
  files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[],
  subject: string,
): Uint8Array {
  const sorted = files.toSorted((one, other) =>
    Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)),
  )
  const named = sorted.map(({ path, size, sha256 }) => ({ path, size, sha256 }))
  const bytes = Buffer.from(canonicalize({ version: 1, files: named }) ?? '')
  parseManifest(bytes, subject)
  return bytes
}
