import { R3mesError } from '../core/index.js';
import { type ExaminedFolder } from './folders.js';
import { type Volume } from './leases/file-system.js';
import { type OthersFind } from './other-process.js';
import { type StorePlaces } from './places.js';
import { type DiskSpace } from './space.js';
/** A folder of a store, or why a run would refuse it. */
export type ExaminedPlace = (ExaminedFolder & {
    readonly path: string;
    readonly title: string;
}) | {
    readonly path: string;
    readonly title: string;
    readonly error: R3mesError;
};
/**
 * The folders of a store, the home first, each judged as a run would judge it.
 *
 * @throws R3mesError `INPUT_INVALID` for a path that is not absolute
 */
export declare function examinePlaces(places: StorePlaces): Promise<readonly ExaminedPlace[]>;
/** Whether something works, and what the file system said when it does not. */
export type Ability = {
    readonly works: true;
} | {
    readonly works: false;
    readonly errno: string;
};
export interface FileSystemAbilities {
    readonly hardLinks: Ability;
    /** Copies that share their blocks until one of them is written. */
    readonly reflinks: Ability;
    readonly symlinks: Ability;
    /** `Name` and `name` are one. */
    readonly foldsCase: boolean;
    /** What another process met while this one held a lock; `none`: the file system knows no locks. */
    readonly locks: OthersFind | 'none';
    readonly volume: Volume;
    readonly space: DiskSpace;
}
/**
 * Tries out a file system in a folder of its own, which is removed again.
 *
 * @param folder that exists
 * @throws R3mesError `DISK_FULL`, `STORE_NOT_WRITABLE`, `STORE_CORRUPT` when not even a small file can be written; the signal's
 * reason once aborted
 */
export declare function probeFileSystem(folder: string, signal: AbortSignal): Promise<FileSystemAbilities>;
export interface Tally {
    readonly files: number;
    /** On the disk. */
    readonly bytes: number;
}
/**
 * What earlier runs left behind: downloads that are not finished, and damaged files that are kept. Nothing where there is
 * no store, or where this user may not look.
 */
export declare function examineRemains(places: StorePlaces): Promise<{
    readonly partials: Tally;
    readonly quarantine: Tally;
}>;
