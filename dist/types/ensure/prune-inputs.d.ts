import type { InputName } from './inputs.js';
/** When something is removed, and what stays. Undefined: that rule was not asked for. At least one asks for a removal. */
export interface PruneRules {
    /** Milliseconds since the last use. */
    readonly maxAge: number | undefined;
    /** Bytes that the store may hold. */
    readonly maxSize: number | undefined;
    /** Bytes that the file system should have free. */
    readonly minFree: number | undefined;
    /** How many of the artifacts that are used most stay. Undefined: as whoever prunes holds it. */
    readonly keepPopular: number | undefined;
}
/**
 * @param text the text that counts for an input
 * @param attempt collects the error of one input and goes on
 */
export declare function readPruneRules(text: (name: InputName) => string, attempt: <T>(work: () => T) => T | undefined): PruneRules | undefined;
