export declare const REGISTRY_STORE = "remes";
export declare const GLOBAL_MODEL_STATE_KEY: NodeJS.NonSharedUint8Array;
export declare const ACTIVE_VERSIONS_KEY: NodeJS.NonSharedUint8Array;
export declare const MODEL_PREFIX: NodeJS.NonSharedUint8Array;
export declare const VERSION_PREFIX: NodeJS.NonSharedUint8Array;
export declare const DATASET_PREFIX: NodeJS.NonSharedUint8Array;
export declare const ADAPTER_PREFIX: NodeJS.NonSharedUint8Array;
export declare const modelKey: (modelId: bigint) => Uint8Array<ArrayBufferLike>;
export declare const versionKey: (versionNumber: bigint) => Uint8Array<ArrayBufferLike>;
export declare const datasetKey: (datasetId: bigint) => Uint8Array<ArrayBufferLike>;
export declare const adapterKey: (adapterId: string) => Uint8Array<ArrayBufferLike>;
export declare function startsWith(key: Uint8Array, prefix: Uint8Array): boolean;
/** The number after the prefix, or undefined when the key has none of 8 bytes. */
export declare function numberInKey(prefix: Uint8Array, key: Uint8Array): bigint | undefined;
/** A key for people, safe to print anywhere: `modreg_3`, `adp_coder`, or the rest in hex. */
export declare function printableKey(prefix: Uint8Array, key: Uint8Array): string;
