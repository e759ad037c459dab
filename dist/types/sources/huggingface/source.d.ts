import { type Reporter, type WantedFile } from '../../core/index.js';
import { type Network, type Origin } from '../../transfer/index.js';
import type { Source } from '../types.js';
export interface HuggingFaceSettings {
    /** Base URL of the hub. */
    readonly endpoint: URL;
    /** Sent to the endpoint's own origin alone. */
    readonly token?: string | undefined;
}
/** Files of HuggingFace repositories, by branch, tag or commit. */
export declare class HuggingFaceSource implements Source {
    #private;
    readonly name = "huggingface";
    constructor({ endpoint, token }: HuggingFaceSettings, network: Network, reporter?: Reporter);
    prepare(artifacts: readonly (readonly WantedFile[])[]): void;
    /** @throws R3mesError `DIGEST_MISMATCH`, `SIZE_MISMATCH`, `SOURCES_EXHAUSTED` when the hub's list says so of all places */
    origins(file: WantedFile, signal?: AbortSignal): Promise<readonly Origin[]>;
}
