import type { Source } from './types.js';
export interface HuggingFaceSettings {
    /** Base URL of the hub. */
    readonly endpoint: URL;
    /** Sent to the endpoint's own origin alone. */
    readonly token?: string | undefined;
}
/** Files of HuggingFace repositories, by branch, tag or commit. */
export declare function huggingFaceSource({ endpoint, token }: HuggingFaceSettings): Source;
