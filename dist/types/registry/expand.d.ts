/** From a plan and verified manifests to files. Pure. */
import { type Place, R3mesError } from '../core/index.js';
import { type PlanOptions } from './artifact.js';
import type { ArtifactKind, ExpandedArtifact, PlannedArtifact, PlannedFile } from './types.js';
/** The files of a plan, or what stands in the way. */
export interface Expansion {
    readonly artifacts: readonly ExpandedArtifact[];
    /** All of them. If there is one, nothing is fetched. */
    readonly problems: readonly R3mesError[];
    /** Problems of artifacts that are not required, which then are not among `artifacts`. */
    readonly datasetProblems: readonly R3mesError[];
}
/** How people are told of an artifact, in checked names: `model 1.0.0`, `adapter coder`. */
export declare function artifactSubject(artifact: PlannedArtifact): string;
/** Where an artifact's manifest may be asked for. */
export declare function manifestPlaces(artifact: PlannedArtifact): readonly Place[];
/** Whether an artifact is a folder in the store. An adapter of one file is that file; models and datasets are always folders. */
export declare function isFolder(artifact: {
    readonly kind: ArtifactKind;
    readonly files: readonly unknown[];
}): boolean;
/** Where a file of an artifact lies in a store, relative to its root: `models/v1.0.0/model.gguf`, `adapters/coder.pt`. */
export declare function storePath(artifact: ExpandedArtifact, file: PlannedFile): string;
/**
 * The files of all artifacts of a plan without problems.
 *
 * @param manifests by digest, for every artifact whose digest is a manifest's: bytes that matched it
 * @throws TypeError when such a manifest is missing, which is a bug of the caller
 */
export declare function expand(artifacts: readonly PlannedArtifact[], manifests: ReadonlyMap<string, Uint8Array>, options?: PlanOptions): Expansion;
