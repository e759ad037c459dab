import { type Reporter, type SourceName } from '../core/index.js';
import type { Network } from '../transfer/index.js';
import { type HttpSettings } from './http.js';
import { type HuggingFaceSettings } from './huggingface/index.js';
import { type IpfsSettings } from './ipfs.js';
import type { Source } from './types.js';
export interface SourceOptions {
    /** Sources in the order to ask; what is left out is off. */
    readonly order: readonly SourceName[];
    readonly huggingface: HuggingFaceSettings;
    readonly ipfs: IpfsSettings;
    readonly http: HttpSettings;
    /** The Actions cache, where there is one. */
    readonly cache?: Source | undefined;
    readonly network: Network;
    /** Told what a source finds out before a file is asked for. */
    readonly reporter?: Reporter;
}
/**
 * The sources of a run, in the user's order. Asks nobody anything yet.
 *
 * @throws R3mesError `INPUT_INVALID` for a mirror template that is none, or a source that is named twice
 */
export declare function createSources(options: SourceOptions): readonly Source[];
