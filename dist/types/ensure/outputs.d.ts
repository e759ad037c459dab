import type { OutputName } from './inputs.js';
import type { ArtifactReport, EnsureResult } from './types.js';
/** Paths by adapter id or dataset name. */
export declare function artifactPaths(result: EnsureResult, kind: ArtifactReport['kind']): Record<string, string>;
export declare function modelPath(result: EnsureResult): string;
/** Whether a text is short enough for an output. */
export declare function fitsOutput(text: string): boolean;
/** A sentence of ours as an output. */
export declare function sentenceOutput(text: string): string;
/**
 * Every output of the action, on every path. Maps that would pass {@link OUTPUT_LIMIT} are `{}`, a status that would is cut to
 * its codes; the receipt has all of it.
 */
export declare function outputsOf(result: EnsureResult): Record<OutputName, string>;
/** Variables for later steps. They are never inputs of this project. */
export declare function readyEnvironment(result: EnsureResult): Record<string, string>;
