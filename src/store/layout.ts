/** Where everything of a store lies. No other file of this room joins a path below the home. */
import { join, posix } from 'node:path'
import { extensionOf, foldCase, R3mesError, type Sha256Hex } from '../core/index.ts'
import type { ArtifactKind, Promotable } from './types.ts'

/** Absolute paths of a store's folders. */
export interface Layout {
  readonly home: string
  readonly models: string
  readonly datasets: string
  readonly adapters: string
  /** Parent of the blobs and of the quarantine: a blob moves there by one rename. */
  readonly blobRoot: string
  /** `blobs/sha256`, with one folder for each first byte. */
  readonly blobs: string
  /** Blobs whose bytes did not match. Kept as evidence, never read as content. */
  readonly quarantine: string
  readonly partials: string
  readonly cache: string
  readonly leases: LeaseFolders
}

/** Where it says who uses what. */
export interface LeaseFolders {
  readonly root: string
  /** One lock and one record for each open store. */
  readonly sessions: string
  /** Who brings a blob right now. */
  readonly claims: string
  /** Leases that outlive the process that made them. */
  readonly jobs: string
  /** Lock of short work: changing leases, replacing, pruning. */
  readonly lock: string
}

/**
 * @param home absolute path
 * @param moved other absolute places of the model and adapter folders
 */
export function layoutOf(
  home: string,
  moved: { readonly modelDir?: string; readonly adapterDir?: string },
): Layout {
  const blobRoot = join(home, 'blobs')
  return {
    home,
    models: moved.modelDir ?? join(home, 'models'),
    datasets: join(home, 'datasets'),
    adapters: moved.adapterDir ?? join(home, 'adapters'),
    blobRoot,
    blobs: join(blobRoot, 'sha256'),
    quarantine: join(blobRoot, 'quarantine'),
    partials: join(home, 'partials'),
    cache: join(home, 'cache'),
    leases: leaseFoldersOf(join(home, 'leases')),
  }
}

function leaseFoldersOf(root: string): LeaseFolders {
  return {
    root,
    sessions: join(root, 'sessions'),
    claims: join(root, 'claims'),
    jobs: join(root, 'jobs'),
    lock: join(root, 'store.lock'),
  }
}

/** Held by the process of a session. Never opened but by the locks: closing it would end the lock. */
export function sessionLockPath(folders: LeaseFolders, id: string): string {
  return join(folders.sessions, `${id}.lock`)
}

export function recordPath(folders: LeaseFolders, id: string): string {
  return join(folders.sessions, `${id}.json`)
}

/** The file that every claim of a session is a hard link to. */
export function claimSourcePath(folders: LeaseFolders, id: string): string {
  return join(folders.sessions, `${id}.claim`)
}

export function claimPath(folders: LeaseFolders, sha256: Sha256Hex): string {
  return join(folders.claims, sha256)
}

export function jobPath(folders: LeaseFolders, id: string): string {
  return join(folders.jobs, `${id}.json`)
}

/** Folders in which names of unfinished work can be left behind. */
export function stagingFolders(layout: Layout): readonly string[] {
  return [layout.models, layout.datasets, layout.adapters, layout.blobs, layout.partials, layout.cache]
}

export function blobPath(layout: Layout, sha256: Sha256Hex): string {
  return join(layout.blobs, sha256.slice(0, 2), sha256)
}

/**
 * @param tag of the store that downloads. Were the name the digest's alone, two runs would write into one file, and the
 * slower one, or its source, could still change it after the faster one verified it and put it in place.
 */
export function partialPath(layout: Layout, sha256: Sha256Hex, tag: string): string {
  return join(layout.partials, `${sha256}.${tag}.part`)
}

/** Where a transfer notes what of a partial was written. */
export function journalPath(partial: string): string {
  return `${partial}.journal`
}

/** Where the artifacts of a kind have their final paths. */
export function folderOfKind(layout: Layout, kind: ArtifactKind): string {
  switch (kind) {
    case 'model':
      return layout.models
    case 'adapter':
      return layout.adapters
    case 'dataset':
      return layout.datasets
  }
}

/** The extension of the artifact's one file, such as `.safetensors`; empty for folders. */
function ownExtension(artifact: Promotable): string {
  const [only] = artifact.files
  return artifact.asFolder || only === undefined ? '' : extensionOf(only.path)
}

/** The path that an artifact has when nothing else is there: `models/v1.0.0`, `adapters/coder.safetensors`. */
export function ownPath(layout: Layout, artifact: Promotable): string {
  return join(folderOfKind(layout, artifact.kind), `${artifact.name}${ownExtension(artifact)}`)
}

/**
 * The path that an artifact has while its own one holds other content. `@` is in no safe name and no extension, so this is never
 * another artifact's own path.
 */
export function besidePath(layout: Layout, artifact: Promotable): string {
  const name = `${artifact.name}@${artifact.digest.slice(0, 12)}${ownExtension(artifact)}`
  return join(folderOfKind(layout, artifact.kind), name)
}

/** The folders that a relative path needs, outermost first: `a/b/c` needs `a`, `a/b`. */
export function parentsOf(path: string): readonly string[] {
  const parent = posix.dirname(path)
  return parent === '.' ? [] : [...parentsOf(parent), parent]
}

/**
 * Refuses artifacts whose files would fall onto each other on a file system that folds case, or where one name is both
 * a file and a folder. The plan refuses them too; this door does not depend on it.
 *
 * @throws R3mesError `ID_UNSAFE`, TypeError when the shape of the artifact is a bug of the caller
 */
export function assertPlaceable(artifact: Promotable): void {
  const { files, asFolder } = artifact
  if (files.length === 0 || (!asFolder && files.length !== 1)) {
    throw new TypeError('A promoted artifact has files, and exactly one when it is not a folder')
  }
  const folders = new Set(files.flatMap(({ path }) => parentsOf(path)))
  const names = [...files.map(({ path }) => path), ...folders]
  if (new Set(names.map(foldCase)).size !== names.length) {
    throw new R3mesError(
      'ID_UNSAFE',
      `Two names inside ${artifact.kind} ${artifact.name} are one where upper and lower case are one. The artifact has to be approved again with distinct names.`,
    )
  }
}

/** Where it says what was used when. */
export interface UsagePlaces {
  readonly index: string
  /** Changes that are not in the index yet. */
  readonly log: string
  readonly counters: string
  /** Lock of work on the three. */
  readonly lock: string
}

export function usagePlaces({ home, cache }: Pick<Layout, 'home' | 'cache'>): UsagePlaces {
  return {
    index: join(cache, 'cache_registry.json'),
    log: join(cache, 'cache_registry.log'),
    counters: join(cache, 'counters.json'),
    lock: join(home, 'leases', 'index.lock'),
  }
}

/** Where recorded checks are. */
export function checksFolder({ cache }: Pick<Layout, 'cache'>): string {
  return join(cache, 'checks')
}

/** Where the recorded checks of a digest are. */
export function checksPath(layout: Pick<Layout, 'cache'>, sha256: Sha256Hex): string {
  return join(checksFolder(layout), sha256.slice(0, 2), `${sha256}.json`)
}
