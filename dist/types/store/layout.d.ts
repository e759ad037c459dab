import { type Sha256Hex } from '../core/index.js';
import type { ArtifactKind, Promotable } from './types.js';
/** Absolute paths of a store's folders. */
export interface Layout {
    readonly home: string;
    readonly models: string;
    readonly datasets: string;
    readonly adapters: string;
    /** Parent of the blobs and of the quarantine: a blob moves there by one rename. */
    readonly blobRoot: string;
    /** `blobs/sha256`, with one folder for each first byte. */
    readonly blobs: string;
    /** Blobs whose bytes did not match. Kept as evidence, never read as content. */
    readonly quarantine: string;
    readonly partials: string;
    readonly cache: string;
    readonly leases: LeaseFolders;
}
/** Where it says who uses what. */
export interface LeaseFolders {
    readonly root: string;
    /** One lock and one record for each open store. */
    readonly sessions: string;
    /** Who brings a blob right now. */
    readonly claims: string;
    /** Leases that outlive the process that made them. */
    readonly jobs: string;
    /** Lock of short work: changing leases, replacing, pruning. */
    readonly lock: string;
}
/**
 * @param home absolute path
 * @param moved other absolute places of the model and adapter folders
 */
export declare function layoutOf(home: string, moved: {
    readonly modelDir?: string;
    readonly adapterDir?: string;
}): Layout;
/** Held by the process of a session. Never opened but by the locks: closing it would end the lock. */
export declare function sessionLockPath(folders: LeaseFolders, id: string): string;
export declare function recordPath(folders: LeaseFolders, id: string): string;
/** The file that every claim of a session is a hard link to. */
export declare function claimSourcePath(folders: LeaseFolders, id: string): string;
export declare function claimPath(folders: LeaseFolders, sha256: Sha256Hex): string;
export declare function jobPath(folders: LeaseFolders, id: string): string;
/** Folders in which names of unfinished work can be left behind. */
export declare function stagingFolders(layout: Layout): readonly string[];
export declare function blobPath(layout: Layout, sha256: Sha256Hex): string;
/**
 * @param tag of the store that downloads. Were the name the digest's alone, two runs would write into one file, and the
 * slower one, or its source, could still change it after the faster one verified it and put it in place.
 */
export declare function partialPath(layout: Layout, sha256: Sha256Hex, tag: string): string;
/** Where a transfer notes what of a partial was written. */
export declare function journalPath(partial: string): string;
/** Where the artifacts of a kind have their final paths. */
export declare function folderOfKind(layout: Layout, kind: ArtifactKind): string;
/** The path that an artifact has when nothing else is there: `models/v1.0.0`, `adapters/coder.safetensors`. */
export declare function ownPath(layout: Layout, artifact: Promotable): string;
/**
 * The path that an artifact has while its own one holds other content. `@` is in no safe name and no extension, so this is never
 * another artifact's own path.
 */
export declare function besidePath(layout: Layout, artifact: Promotable): string;
/** The folders that a relative path needs, outermost first: `a/b/c` needs `a`, `a/b`. */
export declare function parentsOf(path: string): readonly string[];
/**
 * Refuses artifacts whose files would fall onto each other on a file system that folds case, or where one name is both
 * a file and a folder. The plan refuses them too; this door does not depend on it.
 *
 * @throws R3mesError `ID_UNSAFE`, TypeError when the shape of the artifact is a bug of the caller
 */
export declare function assertPlaceable(artifact: Promotable): void;
/** Where it says what was used when. */
export interface UsagePlaces {
    readonly index: string;
    /** Changes that are not in the index yet. */
    readonly log: string;
    readonly counters: string;
    /** Lock of work on the three. */
    readonly lock: string;
}
export declare function usagePlaces({ home, cache }: Pick<Layout, 'home' | 'cache'>): UsagePlaces;
/** Where recorded checks are. */
export declare function checksFolder({ cache }: Pick<Layout, 'cache'>): string;
/** Where the recorded checks of a digest are. */
export declare function checksPath(layout: Pick<Layout, 'cache'>, sha256: Sha256Hex): string;
