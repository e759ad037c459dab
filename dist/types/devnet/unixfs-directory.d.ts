import type { Content } from './types.js';
/**
 * The CID of a flat UnixFS directory that holds these files under these names, as IPFS computes it: a dag-pb node with a
 * link for each file, sorted by name, whose data says that it is a directory.
 */
export declare function directoryCid(files: readonly {
    readonly path: string;
    readonly content: Content;
}[]): string;
