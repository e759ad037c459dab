/** What the faces print: the same sentences in a log and on a terminal. */
import { type R3mesError } from '../core/index.js';
import type { ArtifactReport, EnsureResult, PlannedReport, Provider } from './types.js';
/** Bytes of all files of an artifact. */
export declare function artifactSize(artifact: ArtifactReport): number;
/** Providers of an artifact's files, each once: `huggingface`, `store`, `cache + http`. */
export declare function artifactProviders(artifact: ArtifactReport): string;
/** `model 1.0.0 2.10 MB (huggingface): put in place at /home/…/v1.0.0` */
export declare function describeArtifact(artifact: ArtifactReport): string;
/** What a source, the store or the cache gave of the artifacts that are in place. */
export interface ProviderShare {
    readonly from: Provider;
    readonly files: number;
    readonly bytes: number;
}
/** Shares of all providers, the largest first. */
export declare function providerShares(result: EnsureResult): readonly ProviderShare[];
/** `201 MB in 1.2 s, 168 MB/s: huggingface 201 MB (4 files)` */
export declare function describeDownload(result: EnsureResult): string;
export declare function describePlanned(artifact: PlannedReport): string;
/** A failure in lines: every problem with its code, then what hosts or the system said. */
export declare function describeError(error: R3mesError): string[];
/** One sentence that says how the run ended. */
export declare function describeOutcome(result: EnsureResult): string;
