import type { ReadTrust, StoreRecord, Trust } from '../chain/index.js';
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
    /** All active adapters of these domains that fit the model are meant. */
    readonly adapterDomains: readonly SafeName[];
    /** Ids of adapters that the job has in memory already. */
    readonly loadedAdapters: readonly SafeName[];
    /** Ids or names. */
    readonly datasets: readonly string[];
    readonly requireDataset: boolean;
    /** A CID that the model's approved CID must equal. */
    readonly modelCidPin?: string;
    /** True: the model is what the adapters have to fit, and is not brought itself. */
    readonly leavesModel?: boolean;
    /** The id of the model that is meant, of several with one version: what a lockfile recorded. */
    readonly lockedModelId?: bigint;
}
/** A record of the registry, and what it was read from. */
export interface Present<R, T extends ReadTrust = ReadTrust> {
    readonly ok: true;
    readonly record: R;
    readonly source: StoreRecord<T, Uint8Array>;
}
/** Bytes that are no such record. */
export interface Malformed<T extends ReadTrust = ReadTrust> {
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
    readonly source: StoreRecord<T, Uint8Array>;
}
/** A record of the registry, or why its bytes are none. A malformed record fails only the requests that select it. */
export type Decoded<R, T extends ReadTrust = ReadTrust> = Present<R, T> | Malformed<T>;
/** What reading one key gave. */
export type Lookup<R, T extends ReadTrust = ReadTrust> = {
    readonly state: 'present';
    readonly decoded: Decoded<R, T>;
}
/** The chain holds nothing there, and `source` says so. */
 | {
    readonly state: 'absent';
    readonly source: StoreRecord<T, undefined>;
}
/** Whether it holds something cannot be proven. It fails only the requests that select this key. */
 | {
    readonly state: 'unprovable';
    readonly problem: R3mesError;
};
/**
 * How complete the records of one kind are:
 * - `proven`: none is missing
 * - `incomplete`: some may be missing, under a trust that proves what it says
 * - `believed`: an endpoint listed them
 * - `unlisted`: only those that the request names were read
 */
export type Completeness = 'proven' | 'incomplete' | 'believed' | 'unlisted';
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
/** What `gms_` holds: the older pointer to the active model. */
export interface GlobalModelState {
    readonly version: string;
    readonly cid: string;
}
/** What `amv_` holds: the pointer to the active model. */
export interface ActiveVersion {
    readonly versionNumber: bigint;
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
export interface Snapshot<T extends ReadTrust = ReadTrust> {
    readonly trust: T;
    readonly chainId: string;
    readonly height: bigint;
    readonly appHash: string | undefined;
    readonly endpoint: string;
    /** Undefined where the request wants no model. */
    readonly globalModelVersion: Lookup<GlobalModelState, T> | undefined;
    readonly primaryVersion: Lookup<ActiveVersion, T> | undefined;
    readonly models: readonly Decoded<ModelRecord, T>[];
    readonly versions: readonly Decoded<VersionRecord, T>[];
    readonly datasets: readonly Decoded<DatasetRecord, T>[];
    /** By id: those requested and loaded, and those of requested domains. */
    readonly adapters: ReadonlyMap<string, Lookup<AdapterRecord, T>>;
    /** All adapters, for "approved are: …". Read only when a problem wants it; undefined when it was not or could not be. */
    readonly knownAdapters: readonly AdapterRecord[] | undefined;
    /** How many listed adapters are malformed. Nobody knows their domains. */
    readonly malformedAdapters: number;
    readonly completeness: Readonly<Record<'models' | 'versions' | 'datasets' | 'adapters', Completeness>>;
}
/** How a registry stands to an artifact that it approves. */
export declare const APPROVED_STATUSES: readonly ['active', 'migration', 'deprecated'];
export type ApprovedStatus = (typeof APPROVED_STATUSES)[number];
/** Which models an adapter fits, and what it changes in them. Texts as the record has them. */
export type AdapterFit = Pick<AdapterRecord, 'compatibleModelVersions' | 'minModelVersion' | 'maxModelVersion' | 'targetModules'>;
/** What only artifacts of one kind have. Texts as the record has them. */
export type KindFacts = {
    readonly kind: 'model';
    readonly modelId: bigint;
    readonly name: string;
    /** Of the version record that decided; undefined when the model has none. */
    readonly versionNumber: bigint | undefined;
} | {
    readonly kind: 'adapter';
    readonly domain: string;
    readonly fit: AdapterFit;
} | {
    readonly kind: 'dataset';
    readonly datasetId: bigint;
};
/** One approved thing that the run will bring. */
export interface PlannedArtifact<T extends Trust = Trust> {
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
    /** What the record itself says about places; its places may also come from its CID. */
    readonly downloadSource: string;
    readonly approvedAtHeight: bigint;
    readonly status: ApprovedStatus;
    readonly facts: KindFacts;
    /** The records that approve it. None where no chain was asked. */
    readonly approvedBy: readonly StoreRecord<Extract<T, ReadTrust>, Uint8Array>[];
    /** Digest of a runtime image, when the record has one that is safe to print. Shown, never downloaded. */
    readonly containerHash: string | undefined;
    /** False: its failure is a warning, outside all-or-nothing. */
    readonly required: boolean;
}
/** Two adapters that change the same modules of a model, by their ids: a requested one, and another that is requested or loaded. */
export interface ConflictingAdapters {
    readonly first: string;
    readonly second: string;
}
export interface Plan<T extends Trust = Trust> {
    readonly trust: T;
    readonly chainId: string;
    /** The height whose records decided. */
    readonly height: bigint;
    /** Undefined where no chain was asked, or under `rpc` where the endpoint does not state it. */
    readonly appHash: string | undefined;
    /** Undefined where no chain was asked. */
    readonly endpoint: string | undefined;
    readonly artifacts: readonly PlannedArtifact<T>[];
    /** All of them. If there is one, nothing is fetched. */
    readonly problems: readonly R3mesError[];
    /** What the problems `ADAPTER_CONFLICT` among them are about, in the same order. */
    readonly conflicts: readonly ConflictingAdapters[];
    /** Problems of datasets that are not required: warnings. */
    readonly datasetProblems: readonly R3mesError[];
    /** Things to say that stop nothing: a deprecated model, a migration window. */
    readonly notices: readonly string[];
    /** The model version that was resolved, undefined for `none`. */
    readonly modelVersion: string | undefined;
    /** The version that the registry calls active, where that could be read: another than `modelVersion` when one was named. */
    readonly activeModelVersion: string | undefined;
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
