/** One step of `proofOps` in an `abci_query` answer, its base64 decoded. */
export interface ProofOp {
    readonly type: string;
    readonly key: Uint8Array;
    readonly data: Uint8Array;
}
/** An entry whose existence a proof has shown. */
export interface ProvenEntry {
    readonly key: Uint8Array;
    readonly value: Uint8Array;
}
/** What proof ops have shown about one key of one store. */
export type StoreProof = {
    readonly kind: 'existence';
    readonly value: Uint8Array;
} | {
    readonly kind: 'absence';
    /** The entry next to the key on the left; undefined: the key is left of everything. Without both, the store is empty. */
    readonly left: ProvenEntry | undefined;
    readonly right: ProvenEntry | undefined;
};
/** `why` is a clause in our own words: "its leaf does not hash to the store's root". */
export type ProofVerdict = {
    readonly ok: true;
    readonly proof: StoreProof;
} | {
    readonly ok: false;
    /** `unprovable`: the proof shows an entry with an empty value, which ICS23 cannot prove. */
    readonly kind: 'invalid' | 'unprovable';
    readonly why: string;
};
export interface StoreQuestion {
    /** Of the header above the height that was read. */
    readonly appHash: Uint8Array;
    readonly store: string;
    readonly key: Uint8Array;
    /** As the node answered; undefined or empty: it says that there is nothing. */
    readonly value: Uint8Array | undefined;
    readonly proofOps: readonly ProofOp[];
}
