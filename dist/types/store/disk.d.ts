/** The few things that every part of the store asks of a file system, in the form in which it needs them. */
import type { BigIntStats } from 'node:fs';
/** What has to stay the same for a file to count as untouched. Links change ctime, so ctime is not in it. */
export interface Identity {
    readonly dev: bigint;
    readonly ino: bigint;
    readonly size: bigint;
    readonly mtimeNs: bigint;
}
/** The identity alone, of all that the file system says. */
export declare function identityOf({ dev, ino, size, mtimeNs }: Identity): Identity;
export declare function sameIdentity(one: Identity, other: Identity): boolean;
export declare function sameInode(one: Pick<Identity, 'dev' | 'ino'>, other: Pick<Identity, 'dev' | 'ino'>): boolean;
/** The entry itself, links not followed; undefined when there is none. */
export declare function entryAt(path: string): Promise<BigIntStats | undefined>;
/** The user whose files this process makes; undefined on Windows, where files have no such owner. */
export declare function currentUser(): number | undefined;
/**
 * True when nobody but this user and root can make a file writable again. A file of somebody else, left by a member of
 * a group that once could write here, may change after it was checked.
 */
export declare function heldByUs(entry: {
    readonly uid: bigint;
}, user: number | undefined): boolean;
/** Takes all write permission from a regular file of ours. Root's files are left as they are for other users. */
export declare function makeReadOnly(path: string, entry: {
    readonly uid: bigint;
    readonly mode: bigint;
}): Promise<void>;
/** Gives the owner of a regular file of ours back the right to read it. False when it is not that right that is missing. */
export declare function makeReadable(path: string): Promise<boolean>;
/**
 * Makes a folder and those above it. `mkdir` with `recursive` turns EROFS and EDQUOT into ENOENT, and the message would
 * then say the wrong thing.
 *
 * @param mode of every folder that is made, less the user's umask
 */
export declare function makeFolders(path: string, mode: number): Promise<void>;
/**
 * Makes the entries of a folder survive a power cut. Windows cannot sync folders, and writes their entries through on its
 * own.
 */
export declare function syncFolder(path: string): Promise<void>;
