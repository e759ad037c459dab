export declare const GLOBAL_MODEL_STATE_KEY: Uint8Array<ArrayBufferLike>;
export declare const NEXT_MODEL_ID_KEY: Uint8Array<ArrayBufferLike>;
export declare const ACTIVE_MODEL_VERSIONS_KEY: Uint8Array<ArrayBufferLike>;
export declare const NEXT_DATASET_ID_KEY: Uint8Array<ArrayBufferLike>;
export declare const DATASET_PREFIX: Uint8Array<ArrayBufferLike>;
/** Key of a ModelRegistry record. */
export declare const modelKey: (modelId: bigint) => Uint8Array;
/** Key of a ModelVersion record. */
export declare const versionKey: (versionNumber: bigint) => Uint8Array;
/** Key of an ApprovedDataset record. */
export declare const datasetKey: (datasetId: bigint) => Uint8Array;
/** Key of an ApprovedAdapter record. */
export declare const adapterKey: (adapterId: string) => Uint8Array;
/** 8 bytes, big-endian. */
export declare function u64(value: bigint): Uint8Array;
