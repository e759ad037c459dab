import type { Layout } from './layout.js';
/**
 * Bytes that this user may still write where downloads arrive and where they stay; the smaller number, when those are two
 * file systems. Space that a file system keeps for root does not count.
 */
export declare function freeBytes(layout: Layout): Promise<bigint>;
/** Bytes of a file system. */
export interface DiskSpace {
    readonly total: number;
    readonly used: number;
    /** What this user may still write: less than what is not used, where some is kept for root. */
    readonly free: number;
}
export declare function diskSpace({ blobs }: Pick<Layout, 'blobs'>): Promise<DiskSpace>;
/** The room on the file system of a folder. */
export declare function spaceAt(folder: string): Promise<DiskSpace>;
