/** Where a hub has what. Pure. */
import type { Place } from '../../core/index.js';
export type HubPlace = Extract<Place, {
    kind: 'huggingface';
}>;
/** A repository at a revision: what the places of one artifact have in common. */
export type HubRevision = Pick<HubPlace, 'repoType' | 'repo' | 'revision'>;
/** 40 hex characters for SHA-1 repositories, 64 for SHA-256 ones. */
export declare function isCommit(text: string): boolean;
/** The page of the repository that people see. */
export declare function pageUrl(endpoint: URL, place: HubRevision): URL | undefined;
/** `<endpoint>/[datasets/]<repo>/resolve/<revision>/<path>`; undefined when a part would lead elsewhere on the hub. */
export declare function resolveUrl(endpoint: URL, place: HubPlace): URL | undefined;
/** Answers with the commit that a revision stands for. */
export declare function revisionUrl(endpoint: URL, place: HubRevision): URL | undefined;
/**
 * Lists what lies below a folder.
 *
 * @param folder empty: the whole repository
 */
export declare function treeUrl(endpoint: URL, place: HubRevision, folder: string): URL | undefined;
/** The deepest folder that all paths lie in, empty for the root. */
export declare function commonFolder(paths: readonly string[]): string;
