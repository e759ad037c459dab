/** What came of a request, in the forms in which the command and the sub-action hand it on. Pure. */
import { R3mesError } from '../core/index.js';
import type { CacheStats, PreparedRequest } from './types.js';
import type { VolumeOutputName } from './volume-inputs.js';
declare global {
    interface JSON {
        /** A value whose text stands in the JSON as it is given: https://tc39.es/proposal-json-parse-with-source */
        rawJSON(text: string): unknown;
    }
}
/** What came of a request, as `r3mes volume prepare --json` prints it and the sub-action writes it down. */
export interface VolumeResult {
    readonly prepared: PreparedRequest;
    /** With a tag for each LoRA that is in place. */
    readonly prompt: string;
    /** Undefined when it did not come that far. */
    readonly stats: CacheStats | undefined;
    /** Why not everything that was asked for is in place. */
    readonly error: R3mesError | undefined;
    /** A signal ended it. */
    readonly interrupted: boolean;
}
/** A request that was gone through. */
export declare function volumeResult(prepared: PreparedRequest, basePrompt: string, stats: CacheStats | undefined): VolumeResult;
/** A request that came to nothing. */
export declare function failedVolume(error: R3mesError): VolumeResult;
/** A request that a signal ended. */
export declare function interruptedVolume(): VolumeResult;
/** Everything that was asked for is in place. */
export declare function isComplete({ error, interrupted }: VolumeResult): boolean;
/** The result for programs, with the names of the outputs. */
export declare function volumeJson(result: VolumeResult): Record<string, unknown>;
/**
 * Every output of the sub-action, on every path. What would be larger than 8 KiB is empty: half a list or half a prompt would look
 * like a whole one. The file of the result has all of it.
 *
 * @param resultPath that file; empty when there is none
 */
export declare function volumeOutputsOf(result: VolumeResult, resultPath: string): Record<VolumeOutputName, string>;
