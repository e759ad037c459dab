import { type Sha256Hex } from '../core/index.js';
import { type Identity } from './disk.js';
import { type Layout } from './layout.js';
import type { ArtifactKind } from './types.js';
/**
 * - `file`: a regular file of this user, or of root
 * - `folder`: only reported where it cannot be walked
 * - `link`, `special` (a pipe, a socket, a device), `foreign` (of another user): not of a store's making
 */
export type EntryKind = 'file' | 'folder' | 'link' | 'special' | 'foreign';
/** One entry of a folder, as it lies there. */
export interface DiskEntry extends Identity {
    /** Absolute. */
    readonly path: string;
    readonly kind: EntryKind;
    readonly ctimeNs: bigint;
    /** Names of the file, those outside the store included. */
    readonly nlink: bigint;
    /** Blocks of 512 bytes on the disk. */
    readonly blocks: bigint;
}
/** An entry below a final path. */
export interface ArtifactEntry extends DiskEntry {
    readonly of: {
        readonly kind: ArtifactKind;
        /** Absolute final path: the folder, or the file itself. */
        readonly path: string;
    };
    /** Path inside the artifact, `/` between segments; empty when the artifact is this one file. */
    readonly inside: string;
}
/** An entry of the blobs' folders. */
export interface BlobEntry extends DiskEntry {
    /** The name as a digest; undefined when it is none, or stands in the wrong folder. */
    readonly sha256: Sha256Hex | undefined;
}
/**
 * Everything under the final paths of models, adapters and datasets. Folders are walked, not reported, except where they
 * are of somebody else or cannot be read.
 */
export declare function walkArtifacts(layout: Layout): AsyncGenerator<readonly ArtifactEntry[]>;
/** The same for one final path, as it is now. */
export declare function walkArtifact(kind: ArtifactKind, path: string): AsyncGenerator<readonly ArtifactEntry[]>;
/** Everything below a folder, by its path from there. Nothing when there is no such folder. */
export declare function walkFolder(folder: string): AsyncGenerator<readonly EntryBelow[]>;
/** Everything in the folders of the blobs, unfinished work excepted. */
export declare function walkBlobs(layout: Layout): AsyncGenerator<readonly BlobEntry[]>;
export interface EntryBelow extends DiskEntry {
    /** Path from the root of the walk, `/` between segments. */
    readonly inside: string;
}
