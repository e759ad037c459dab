import type { Request } from './types.js';
/** What was typed: texts as they are, lists by line. */
export interface RawRequest {
    /** `active` when absent or empty. */
    readonly modelVersion?: string;
    readonly modelName?: string;
    readonly adapters?: readonly string[];
    readonly loadedAdapters?: readonly string[];
    readonly datasets?: readonly string[];
    /** Default true. */
    readonly requireDataset?: boolean;
    readonly modelCidPin?: string;
}
/**
 * Checks what was typed.
 *
 * @throws R3mesError `INPUT_INVALID`, `VERSION_INVALID`, `ID_UNSAFE`; all problems at once
 */
export declare function parseRequest(raw: RawRequest): Request;
