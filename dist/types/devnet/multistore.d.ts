import { type IavlTree } from './iavl.js';
/** The trees of all stores by name. */
export type Multistore = ReadonlyMap<string, IavlTree>;
/** One step of `proofOps` in an `abci_query` answer. */
export interface ProofOpBytes {
    readonly type: 'ics23:iavl' | 'ics23:simple';
    readonly key: Uint8Array;
    readonly data: Uint8Array;
}
/** The app hash, 32 bytes. */
export declare function multistoreRoot(stores: Multistore): Uint8Array;
/** The two proofs that the SDK returns for a key of an existing store, from the key to the app hash. */
export declare function proofOps(stores: Multistore, store: string, key: Uint8Array): readonly ProofOpBytes[];
