import type { PlannedArtifact } from '../registry/index.js';
/** What is known of everything that is approved. Texts of the registry are marked so: sanitise them before you print them. */
export interface ApprovedInfo {
    /** `sha256:<hex>` of the one file, or `manifest:<hex>` of the list of files. */
    readonly digest: string;
    /** As the record has it: 64 hexadecimal digits, or `manifest:` and 64 of them. */
    readonly checksum: string;
    /** The approved CID; undefined when there is none. */
    readonly ipfsHash: string | undefined;
    /** Bytes of the one file; undefined where none is approved, and where there are several files. */
    readonly sizeBytes: number | undefined;
    /** Undefined where there are several files. */
    readonly fileName: string | undefined;
    /** Where the record says that the bytes may be had. Text of the registry. */
    readonly downloadSource: string;
    /** `<owner>/<name>`; undefined when the record names no place on HuggingFace. */
    readonly huggingfaceRepo: string | undefined;
    /** Branch, tag or commit. */
    readonly huggingfaceRevision: string | undefined;
    /** Path of the file, or of the folder, in that repository. */
    readonly huggingfacePath: string | undefined;
    readonly status: 'active' | 'migration' | 'deprecated';
    /** The height that the record itself gives. */
    readonly approvedAtHeight: bigint;
}
/** An approved model version, from records that were proven. */
export interface ModelInfo extends ApprovedInfo {
    readonly modelId: bigint;
    /** Text of the registry. */
    readonly name: string;
    readonly version: string;
    /** Of the version record that decides; undefined when the model has none. */
    readonly versionNumber: bigint | undefined;
    /** Digest of a runtime image: shown, never downloaded. */
    readonly containerHash: string | undefined;
}
/** An approved adapter. */
export interface AdapterInfo extends ApprovedInfo {
    readonly id: string;
    readonly version: string;
    /** Text of the registry. */
    readonly domain: string;
    /** Texts of the registry. */
    readonly targetModules: readonly string[];
    readonly compatibleModelVersions: readonly string[];
    readonly minModelVersion: string;
    readonly maxModelVersion: string;
}
/** An approved dataset. */
export interface DatasetInfo extends ApprovedInfo {
    readonly datasetId: bigint;
    readonly name: string;
}
export declare function modelInfos(artifacts: readonly PlannedArtifact[]): ModelInfo[];
export declare function adapterInfos(artifacts: readonly PlannedArtifact[]): AdapterInfo[];
export declare function datasetInfos(artifacts: readonly PlannedArtifact[]): DatasetInfo[];
