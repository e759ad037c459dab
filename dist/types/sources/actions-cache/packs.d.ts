import type { Sha256Hex } from '../../core/index.js';
import type { CacheableArtifact, CacheableFile } from './types.js';
export interface PackedFile {
    readonly sha256: Sha256Hex;
    /** Bytes. */
    readonly size: number;
    /** Where the file starts in the pack's body. */
    readonly start: number;
}
/** An entry that holds several files, one after the other in the order of their digests. */
export interface Pack {
    readonly key: string;
    /** Bytes. */
    readonly size: number;
    readonly files: readonly PackedFile[];
}
/** Key of the entry whose body is the file itself. */
export declare function fileKey(sha256: Sha256Hex): string;
/**
 * The packs of one artifact: two or more distinct files with approved sizes under 4 MiB fill packs of at most 64 MiB
 * greedily in the order of their digests. Empty files are never cached: no range can ask for them.
 */
export declare function planPacks(files: readonly CacheableFile[]): Pack[];
/** The packs that hold each file: artifacts have up to a hundred thousand, too many to look through for each one. */
export declare function packsByFile(packs: readonly Pack[]): ReadonlyMap<Sha256Hex, readonly Pack[]>;
/** The distinct packs of several artifacts, in their order. */
export declare function planAllPacks(artifacts: readonly CacheableArtifact[]): Pack[];
