import { type Layout } from './layout.js';
import type { Remover } from './remover.js';
import { type ArtifactEntry, type DiskEntry } from './walk.js';
/**
 * How a removal ended:
 * - `removed`: it is gone; `bytes` are those that this freed on the disk
 * - `used`: a job or a process uses it by now
 * - `changed`: it is not what was found, or cannot be told to be ours
 */
export type Removal = {
    readonly outcome: 'removed';
    readonly bytes: number;
} | {
    readonly outcome: 'used' | 'changed';
};
/** An artifact as it was found. */
export interface FoundArtifact {
    readonly kind: ArtifactEntry['of']['kind'];
    /** Absolute final path. */
    readonly path: string;
    /** Everything under that path. */
    readonly entries: readonly ArtifactEntry[];
}
/** Tells who uses what. */
export interface UseGuard {
    /**
     * Does `work` while nobody can begin to use something.
     *
     * @throws R3mesError `STORE_NOT_WRITABLE` where nobody can tell what is used
     */
    exclusively<T>(work: (inUse: {
        isUsed(blobOrPath: string): boolean;
    }) => Promise<T>): Promise<T>;
}
export interface RemoverContext {
    readonly layout: Layout;
    readonly leases: UseGuard;
    /** A fresh hidden name in a folder, which a later run clears when this one dies. */
    readonly hiddenIn: (folder: string) => string;
    readonly signal?: AbortSignal | undefined;
}
/** Removes artifacts and blobs; see {@link Remover}. */
export declare function removerIn({ layout, leases, hiddenIn, signal, }: RemoverContext): Pick<Remover, 'artifact' | 'blob'>;
/** Whether exactly what was found stands at a path. */
export declare function isStill({ kind, entries }: FoundArtifact, path: string): Promise<boolean>;
/** What is out of sight turned out to be something else: nothing of it may be lost. */
export declare function putBack(hidden: string, path: string): Promise<void>;
/**
 * Deletes a file.
 *
 * @returns the bytes that this frees: none while the file has another name
 */
export declare function deleteFile(path: string): Promise<number>;
/** Bytes that a file takes on the disk. */
export declare function allocatedOf({ blocks }: Pick<DiskEntry, 'blocks'>): number;
