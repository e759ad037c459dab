/**
 * How far a read is proven. `rpc`: one endpoint was believed. Proven kinds come with the light client; code that takes a
 * reader or a snapshot says by its type which trust it needs.
 */
export type Trust = 'rpc';
export interface StoreEntry {
    readonly key: Uint8Array;
    readonly value: Uint8Array;
}
export interface Listing {
    readonly entries: readonly StoreEntry[];
    /** False when entries may be missing; true only when completeness was proven. Never true under `rpc`. */
    readonly proven: boolean;
}
/** Raw reads of module stores, all at one height of one chain. */
export interface StoreReader<T extends Trust = Trust> {
    readonly trust: T;
    readonly chainId: string;
    /** The height all reads are taken at. The app hash that proves it stands in the next header. */
    readonly height: bigint;
    /** Hex of the app hash for `height` as the endpoint states it, when it does. */
    readonly appHash: string | undefined;
    /** The endpoint's origin, without path, query or credentials: safe to print. */
    readonly endpoint: string;
    /** @returns undefined when the store has no such key */
    get(store: string, key: Uint8Array): Promise<Uint8Array | undefined>;
    /** All entries whose key starts with `prefix`, in key order. */
    list(store: string, prefix: Uint8Array): Promise<Listing>;
}
