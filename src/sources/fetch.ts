import {
  type Place,
  type Sha256Hex,
  type SourceName,
  type VerifiedFile,
  Verifier,
  type WantedFile,
} from '../core/index.ts'
import type { Network } from '../transfer/index.ts'
import { askInOrder, type FetchFailure, type FetchRun } from './attempts.ts'
import type { Source } from './types.ts'

/** An artifact manifest larger than this is refused, in bytes. */
export const MAX_MANIFEST_SIZE = 16 * 1024 * 1024

/** The name of an artifact manifest in an artifact's folder. */
export const MANIFEST_NAME = 'r3mes-manifest.json'

export interface FetchOptions {
  readonly signal?: AbortSignal
  /** Bytes that the file may not exceed, for kinds of files with a limit of their own. */
  readonly limit?: number
  /** Bytes that a source delivered so far; less again when another one begins. `done`: all of them, verified. */
  readonly onProgress?: (bytes: number, source: SourceName, done: boolean) => void
}

/** How a search ended. */
interface Fetched {
  readonly source: SourceName
  /** URL without query, or the label of an origin whose URL is a secret. Text from a record. */
  readonly url: string
  /** Who failed before. */
  readonly failures: readonly FetchFailure[]
  /** Of the whole search, failed origins included. */
  readonly milliseconds: number
}

export interface FetchedFile extends Fetched {
  readonly file: VerifiedFile
}

export interface FetchedManifest extends Fetched {
  /** Verified. */
  readonly bytes: Uint8Array
}

/**
 * Brings a file from the first source that has it.
 *
 * @param path where the bytes go: a partial file, created or overwritten, gone again when this fails
 * @throws R3mesError `SOURCES_EXHAUSTED`; `DIGEST_MISMATCH`, `SIZE_MISMATCH`, `AUTH_REQUIRED`, `URL_REFUSED` or
 * `ARTIFACT_TOO_LARGE` when that was all there was; `DISK_FULL`, `STORE_UNSAFE`, `STORE_NOT_WRITABLE` at once; the
 * signal's reason once it is aborted
 */
export async function fetchFile(
  sources: readonly Source[],
  file: WantedFile,
  path: string,
  network: Network,
  run: FetchRun,
  options: FetchOptions = {},
): Promise<FetchedFile> {
  const { signal, limit, onProgress = () => undefined } = options
  const { value, ...fetched } = await askInOrder(sources, file, run, signal, (origin) =>
    network.download(origin, file, path, {
      ...(signal === undefined ? {} : { signal }),
      ...(limit === undefined ? {} : { limit }),
      onProgress: (bytes) => onProgress(bytes, origin.source, false),
    }),
  )
  onProgress(value.size, fetched.source, true)
  return { file: value, ...fetched }
}

/** An artifact whose manifest is approved. */
export interface WantedManifest {
  readonly sha256: Sha256Hex
  /** The artifact in checked names. */
  readonly subject: string
  /** Places of the artifact's folder. */
  readonly places: readonly Place[]
}

/** The place of the manifest in a place that is a folder; undefined for a URL that is none. */
function manifestPlace(folder: Place): Place | undefined {
  if (folder.kind !== 'http') {
    const path = folder.path.replace(/\/+$/, '')
    return { ...folder, path: path === '' ? MANIFEST_NAME : `${path}/${MANIFEST_NAME}` }
  }
  const url = URL.parse(folder.url)
  if (url === null) return undefined
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${MANIFEST_NAME}`
  return { kind: 'http', url: url.href }
}

/** The manifest as a file. It has no path of its own on mirrors, so only `{sha256}` templates can name it. */
function manifestFile({ sha256, subject, places }: WantedManifest): WantedFile {
  return {
    sha256,
    subject,
    mirrorPath: '',
    places: places.map(manifestPlace).filter((place) => place !== undefined),
  }
}

/**
 * The bytes of an approved artifact manifest, verified, without a file.
 *
 * @throws R3mesError as {@link fetchFile}, but nothing of a disk
 */
export async function fetchManifest(
  sources: readonly Source[],
  manifest: WantedManifest,
  network: Network,
  run: FetchRun,
  signal?: AbortSignal,
): Promise<FetchedManifest> {
  const file = manifestFile(manifest)
  const { value, ...fetched } = await askInOrder(sources, file, run, signal, async (origin) => {
    const bytes = await network.fetchSmall(origin, MAX_MANIFEST_SIZE, signal)
    const verifier = new Verifier(file)
    verifier.update(bytes)
    // Only the verdict counts: these bytes stay in memory, and an empty path can be promoted by nobody.
    verifier.finish('')
    return bytes
  })
  return { bytes: value, ...fetched }
}
