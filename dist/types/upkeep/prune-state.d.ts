import type { Sha256Hex } from '../core/index.js';
import type { ArtifactKind } from '../store/index.js';
/** A file on the disk, whatever its names. */
export interface DiskFile {
    /** Bytes that it takes on the disk. */
    readonly bytes: number;
    /** All its names, those outside the store included. */
    readonly links: number;
}
/**
 * Why an artifact may not be removed, whatever the policy:
 * - `used`: a job or a process uses it
 * - `foreign`: it cannot be told to be ours, or something in it is not
 */
export type Hold = 'used' | 'foreign';
export interface PrunableArtifact {
    readonly kind: ArtifactKind;
    /** As in the usage index. */
    readonly name: string;
    /** Absolute. */
    readonly path: string;
    /** Milliseconds since the epoch. */
    readonly lastUsed: number;
    readonly useCount: number;
    readonly hold: Hold | undefined;
    /** One entry for each file in it: an index into `PruneState.files`. */
    readonly files: readonly number[];
    /** The blobs that it refers to, each once: indexes into `PruneState.blobs`. */
    readonly blobs: readonly number[];
}
export interface PrunableBlob {
    readonly sha256: Sha256Hex;
    /** Index into `PruneState.files`. */
    readonly file: number;
    /** Something beside the artifacts here refers to it: a lease, or a name outside the store. */
    readonly isHeld: boolean;
    /** When its bytes were written, milliseconds since the epoch. */
    readonly writtenAt: number;
    /** When a name of it came or went last, milliseconds since the epoch. */
    readonly changedAt: number;
}
/** Bytes on the disk. */
export interface QuarantineBytes {
    readonly going: number;
    readonly staying: number;
}
/** What a store holds, as far as pruning has to know. */
export interface PruneState {
    readonly artifacts: readonly PrunableArtifact[];
    readonly blobs: readonly PrunableBlob[];
    readonly files: readonly DiskFile[];
    /** Bytes on the disk of receipts and unfinished downloads that stay. */
    readonly otherBytes: number;
    /** Bytes of unfinished downloads and old receipts that go in any case. */
    readonly remainsBytes: number;
    /** What damaged files take that are kept in quarantine. */
    readonly quarantine: QuarantineBytes;
    /** Bytes that this user may still write. */
    readonly freeBytes: number;
}
/**
 * Bytes that the store takes on the disk, each file once. Without the quarantine: it is kept for people to look at, and if it
 * counted, whole artifacts would have to make room for damaged ones.
 */
export declare function bytesOnDisk({ files, otherBytes, remainsBytes }: PruneState): number;
