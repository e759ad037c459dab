import { type Reporter } from '../core/index.js';
export interface Folder {
    readonly path: string;
    /** How messages call it, in our own words: "The store's home (`home`)". */
    readonly title: string;
    /** Mode when it is made; the user's umask takes from it. */
    readonly mode: number;
    /** What it would hold can be done without, so it may be one in which this user can write nothing. */
    readonly isDispensable?: boolean;
}
export type FolderVerdict = 'safe' | 'foreign' | 'open-to-others' | 'open-to-group';
/**
 * Who else could write here. POSIX only: without a user id (Windows) every folder counts as safe, since its protection is
 * an access list that modes do not show.
 */
export declare function judgeFolder(folder: {
    readonly uid: number;
    readonly mode: number;
}, user: number | undefined): FolderVerdict;
/**
 * Makes a folder, or checks the one that is there. A symlink to a folder is followed, and its target judged; one of another
 * user is refused, since it can lead elsewhere a moment later. Write permission of the group is removed with a notice.
 *
 * @throws R3mesError `STORE_UNSAFE`, `STORE_NOT_WRITABLE`, `DISK_FULL`
 */
export declare function prepareFolder(folder: Folder, reporter: Reporter): Promise<void>;
/** A folder as it is, which nobody has changed. */
export interface ExaminedFolder {
    /** Absolute: the folder, or the nearest one above it, in which it would be made. */
    readonly standsAt: string;
    /** False: it would be made by the next run. */
    readonly exists: boolean;
    readonly mode: number;
    /** A run would take that permission away. */
    readonly isOpenToGroup: boolean;
}
/**
 * As {@link prepareFolder}, but changes and makes nothing.
 *
 * @throws R3mesError `STORE_UNSAFE`, `STORE_NOT_WRITABLE`
 */
export declare function examineFolder(folder: Folder): Promise<ExaminedFolder>;
/** Whether this is a symlink that another user, who is not root, may replace. */
export declare function isForeignLink(entry: {
    readonly uid: bigint;
    isSymbolicLink(): boolean;
}, user: number | undefined): boolean;
/**
 * Whether a path lies below one of these folders, through nothing but folders: a link between the two leads to files that are not
 * the store's. The folders themselves may be links.
 *
 * @param path absolute
 */
export declare function isInside(roots: readonly string[], path: string): Promise<boolean>;
