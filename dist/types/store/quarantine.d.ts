import type { Reporter, Sha256Hex } from '../core/index.js';
import { type Identity } from './disk.js';
/** Whether a name in the quarantine is one that a store gave. Pure. */
export declare function isKeptName(name: string): boolean;
/** A file of the store whose bytes were found to be wrong. */
export interface Condemned extends Pick<Identity, 'dev' | 'ino'> {
    /** Absolute. */
    readonly path: string;
    /** What its bytes should be. */
    readonly sha256: Sha256Hex;
}
/**
 * Files that did not match their digest. They are kept, so that a person can look at what happened, and because their
 * inodes prove something: a promoted file with such an inode is a hard link of the damaged blob.
 */
export interface Quarantine {
    /** Moves a bad blob out of the way. Another process may have been faster. */
    take(blob: string, sha256: Sha256Hex, reason: string): Promise<void>;
    /**
     * Moves exactly this file out of the way, a blob or one under a final path. A file of which a hard link is kept already loses
     * its name alone.
     *
     * @returns where it is kept; undefined when something else, or nothing, stands at its path by now
     */
    takeAway(file: Condemned): Promise<string | undefined>;
    /** True when a file is the very inode of a quarantined blob of this digest. */
    holds(sha256: Sha256Hex, file: Pick<Identity, 'dev' | 'ino'>): Promise<boolean>;
}
export declare function quarantineIn(folder: string, reporter: Reporter): Quarantine;
