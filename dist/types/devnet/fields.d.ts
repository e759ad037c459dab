/**
 * Fields of the records that the devnet can hold, by the names of `proto/`. Types of our own, so that a user of the library
 * needs no protobuf package to read them. What is left out has the default of protobuf.
 */
/** Seconds since the epoch, and nanoseconds of the second. */
export interface TimestampFields {
    readonly seconds?: bigint;
    readonly nanos?: number;
}
export interface ModelFields {
    readonly modelId: bigint;
    readonly config?: {
        /** 1 BITNET, 2 MAMBA, 3 RWKV, 99 CUSTOM. */
        readonly modelType?: number;
        readonly modelVersion?: string;
        /** JSON. */
        readonly architectureConfig?: string;
        readonly containerHash?: string;
        readonly modelName?: string;
        readonly fileName?: string;
        readonly downloadSource?: string;
        readonly verificationSha256?: string;
        readonly requiredDiskSpaceGb?: number;
        readonly ipfsFallbackHash?: string;
    };
    readonly approvedAtHeight?: bigint;
    readonly approvedBy?: bigint;
    readonly isActive?: boolean;
    readonly createdAt?: TimestampFields;
}
export interface VersionFields {
    readonly versionNumber: bigint;
    readonly modelId?: bigint;
    /** A CID. */
    readonly modelHash?: string;
    readonly ipfsPath?: string;
    readonly architecture?: string;
    /** JSON. */
    readonly compatibilityInfo?: string;
    readonly status?: string;
    readonly activationHeight?: bigint;
    readonly migrationWindowStart?: bigint;
    readonly migrationWindowEnd?: bigint;
    readonly governanceProposalId?: bigint;
    readonly createdAt?: TimestampFields;
}
export interface AdapterFields {
    readonly adapterId: string;
    readonly name?: string;
    readonly adapterType?: string;
    readonly version?: string;
    readonly ipfsHash?: string;
    readonly checksum?: string;
    /** Bytes. */
    readonly sizeBytes?: bigint;
    readonly compatibleModelVersions?: string[];
    readonly minModelVersion?: string;
    readonly maxModelVersion?: string;
    readonly domain?: string;
    readonly description?: string;
    readonly loraRank?: number;
    readonly loraAlpha?: number;
    readonly targetModules?: string[];
    readonly approvedAt?: bigint;
    readonly approvalTxHash?: string;
    readonly proposer?: string;
    readonly status?: string;
    readonly fileName?: string;
    readonly downloadSource?: string;
}
export interface DatasetFields {
    readonly datasetId: bigint;
    readonly datasetIpfsHash?: string;
    readonly metadata?: {
        readonly name?: string;
        readonly description?: string;
        readonly dataSchema?: string;
        /** Bytes. */
        readonly sizeBytes?: bigint;
        readonly numSamples?: bigint;
        readonly license?: string;
        readonly source?: string;
        readonly checksum?: string;
        readonly signature?: Uint8Array<ArrayBuffer>;
    };
    readonly approvalHeight?: bigint;
    readonly approvalTxHash?: string;
    readonly proposer?: string;
    readonly status?: string;
    readonly isOfficialTrainingData?: boolean;
}
