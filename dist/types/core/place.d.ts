import type { Expected } from './verify.js';
/** The sources a user can name in `sources`, in the default order. */
export declare const SOURCE_NAMES: readonly ['cache', 'huggingface', 'ipfs', 'http'];
export type SourceName = (typeof SOURCE_NAMES)[number];
/**
 * Where a record says that bytes may be asked for. Nothing here was checked but its form: what a place serves is
 * believed only after it was hashed, and its URL only after the URL rules.
 */
export type Place = {
    readonly kind: 'huggingface';
    readonly repoType: 'model' | 'dataset';
    /** `<owner>/<name>` */
    readonly repo: string;
    /** branch, tag or commit, percent-decoded */
    readonly revision: string;
    /** path inside the repository, `/` between segments, percent-decoded */
    readonly path: string;
} | {
    readonly kind: 'http';
    readonly url: string;
} | {
    readonly kind: 'ipfs';
    readonly cid: string;
    /** path below the CID, empty for the CID's own file */
    readonly path: string;
};
/** One file that a plan wants on this machine. */
export interface WantedFile extends Expected {
    /** How people are told of it: checked names only, such as `model 1.0.0: model.gguf`. */
    readonly subject: string;
    /**
     * Path in a store, such as `models/v1.0.0/model.gguf`, for mirrors with `{path}`: checked names only. Empty: it has none.
     */
    readonly mirrorPath: string;
    readonly places: readonly Place[];
    /** The approved CID of exactly this file, for mirrors with `{cid}`. */
    readonly cid?: string;
}
