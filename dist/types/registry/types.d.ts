import type { Trust } from '../chain/index.js';
import type { Digest, Place, R3mesError, SafeName, SafePath, Sha256Hex } from '../core/index.js';
export type ArtifactKind = 'model' | 'adapter' | 'dataset';
/** Which model version a request names. `text` is as typed. */
export type VersionRequest = {
    readonly kind: 'active';
} | {
    readonly kind: 'none';
} | {
    readonly kind: 'version';
    readonly text: string;
} | {
    readonly kind: 'range';
    readonly text: string;
};
export interface AdapterRequest {
    readonly id: SafeName;
    /** Must equal the record's version. */
    readonly version?: string;
}
/** What the user asked for, checked for form. */
export interface Request {
    readonly modelVersion: VersionRequest;
    readonly modelName?: string;
    readonly adapters: readonly AdapterRequest[];
    /** Ids of adapters that the job has in memory already. */
    readonly loadedAdapters: readonly SafeName[];
    /** Ids or names. */
    readonly datasets: readonly string[];
    readonly requireDataset: boolean;
    /** A CID that the model's approved CID must equal. */
    readonly modelCidPin?: string;
}
/** A record of the registry, or why its bytes are none. A malformed record fails only the requests that select it. */
export type Decoded<R> = {
    readonly ok: true;
    readonly record: R;
} | {
    readonly ok: false;
    /** Safe to print. */
    readonly key: string;
    /** In our own words. */
    readonly reason: string;
    /**
     * What a request selects such records by, as far as the bytes still say it: a model's version, the model id of a
     * version record, an adapter's id, a dataset's name.
     */
    readonly knownAs?: string;
};
export interface ModelRecord {
    readonly modelId: bigint;
    readonly modelType: string;
    readonly version: string;
    readonly name: string;
    readonly fileName: string;
    readonly downloadSource: string;
    readonly checksum: string;
    readonly cid: string;
    readonly containerHash: string;
    readonly requiredDiskSpaceGb: number;
    readonly isActive: boolean;
    readonly approvedAtHeight: bigint;
}
export interface VersionRecord {
    readonly versionNumber: bigint;
    readonly modelId: bigint;
    readonly cid: string;
    readonly status: string;
    readonly activationHeight: bigint;
}
export interface AdapterRecord {
    readonly id: string;
    readonly name: string;
    readonly adapterType: string;
    readonly version: string;
    readonly cid: string;
    readonly checksum: string;
    readonly sizeBytes: bigint;
    readonly compatibleModelVersions: readonly string[];
    readonly minModelVersion: string;
    readonly maxModelVersion: string;
    readonly domain: string;
    readonly targetModules: readonly string[];
    readonly approvedAtHeight: bigint;
    readonly status: string;
    readonly fileName: string;
    readonly downloadSource: string;
}
export interface DatasetRecord {
    readonly datasetId: bigint;
    readonly name: string;
    readonly cid: string;
    readonly checksum: string;
    readonly sizeBytes: bigint;
    readonly source: string;
    readonly status: string;
    readonly approvalHeight: bigint;
}
/** The records read at one height. */
export interface Snapshot<T extends Trust = Trust> {
    readonly trust: T;
    readonly chainId: string;
    readonly height: bigint;
    readonly appHash: string | undefined;
    readonly endpoint: string;
    readonly globalModelVersion: Decoded<{
        readonly version: string;
        readonly cid: string;
    }> | undefined;
    readonly primaryVersion: Decoded<{
        readonly versionNumber: bigint;
    }> | undefined;
    readonly models: readonly Decoded<ModelRecord>[];
    readonly versions: readonly Decoded<VersionRecord>[];
    readonly datasets: readonly Decoded<DatasetRecord>[];
    /** Requested and loaded adapters by id; undefined: the chain has none of that id. */
    readonly adapters: ReadonlyMap<string, Decoded<AdapterRecord> | undefined>;
    /** All adapters, for "approved are: …". Read only when a problem wants it; undefined when it was not or could not be. */
    readonly knownAdapters: readonly AdapterRecord[] | undefined;
}
/** One approved thing that the run will bring. */
export interface PlannedArtifact {
    readonly kind: ArtifactKind;
    /** The id people know it by: the version, the adapter id, the dataset name. */
    readonly id: string;
    /** Safe to print; empty when the record has none that is. */
    readonly version: string;
    /** Name below the kind's folder of the store. */
    readonly storeName: SafeName;
    readonly digest: Extract<Digest, {
        kind: 'sha256' | 'manifest';
    }>;
    readonly cid: string | undefined;
    /** Approved size in bytes of the one file; undefined when the record has none or there are several files. */
    readonly size: number | undefined;
    /** Bytes that the record says are needed on disk; counts only where no size is approved. */
    readonly claimedDiskBytes: number | undefined;
    /** Name of the one file; undefined under a manifest. */
    readonly fileName: SafePath | undefined;
    /** Places of the file, or of the folder under a manifest. */
    readonly places: readonly Place[];
    readonly approvedAtHeight: bigint;
    /** Digest of a runtime image, when the record has one that is safe to print. Shown, never downloaded. */
    readonly containerHash: string | undefined;
    /** False: its failure is a warning, outside all-or-nothing. */
    readonly required: boolean;
}
export interface Plan<T extends Trust = Trust> {
    readonly trust: T;
    readonly chainId: string;
    readonly height: bigint;
    readonly endpoint: string;
    readonly artifacts: readonly PlannedArtifact[];
    /** All of them. If there is one, nothing is fetched. */
    readonly problems: readonly R3mesError[];
    /** Problems of datasets that are not required: warnings. */
    readonly datasetProblems: readonly R3mesError[];
    /** Things to say that stop nothing: a deprecated model, a migration window. */
    readonly notices: readonly string[];
    /** The model version that was resolved, undefined for `none`. */
    readonly modelVersion: string | undefined;
}
export interface PlannedFile {
    readonly path: SafePath;
    readonly sha256: Sha256Hex;
    readonly size: number | undefined;
    readonly places: readonly Place[];
    /** The approved CID of exactly this file. */
    readonly cid: string | undefined;
}
export interface ExpandedArtifact extends PlannedArtifact {
    readonly files: readonly PlannedFile[];
}
