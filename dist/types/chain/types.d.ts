/** How records were proven: from a header the user trusts, or from one that several hosts agreed on. */
export type ProvenTrust = 'light-client' | 'quorum';
/** How a chain was read. `rpc`: one endpoint was believed. */
export type ReadTrust = ProvenTrust | 'rpc';
/**
 * What stands behind an approval. `lockfile`: no chain was asked. Code that takes a reader, a snapshot or a plan says by its
 * type which trust it needs.
 */
export type Trust = ReadTrust | 'lockfile';
declare const proofChecked: unique symbol;
/** Only the proof check makes values of this type. */
export interface ProofChecked {
    readonly [proofChecked]: true;
}
/** What a chain holds under one key of a module store at one height; `value` is undefined when it holds nothing there. */
interface ReadRecord<T extends ReadTrust, V> {
    readonly trust: T;
    readonly store: string;
    readonly key: Uint8Array;
    readonly value: V;
    readonly height: bigint;
}
/** A value, or an absence, that a Merkle proof tied to a verified header. */
export type ProvenRecord<V extends Uint8Array | undefined = Uint8Array | undefined, T extends ProvenTrust = ProvenTrust> = ReadRecord<T, V> & ProofChecked;
/** A value, or an absence, that one endpoint stated. */
export type BelievedRecord<V extends Uint8Array | undefined = Uint8Array | undefined> = ReadRecord<'rpc', V>;
/** What a reader of trust `T` returns: proven records only, when the trust is a proven one. */
export type StoreRecord<T extends ReadTrust = ReadTrust, V extends Uint8Array | undefined = Uint8Array | undefined> = ReadRecord<T, V> & (T extends ProvenTrust ? ProofChecked : unknown);
export interface Listing<T extends ReadTrust = ReadTrust> {
    /** In key order. */
    readonly entries: readonly StoreRecord<T, Uint8Array>[];
    /** False when entries may be missing; true only when completeness was proven. Never true under `rpc`. */
    readonly proven: boolean;
}
/** Raw reads of module stores, all at one height of one chain. */
export interface StoreReader<T extends ReadTrust = ReadTrust> {
    readonly trust: T;
    readonly chainId: string;
    /** The height all reads are taken at. The app hash that proves it stands in the next header. */
    readonly height: bigint;
    /** Upper-case hex of the app hash for `height`; under `rpc` as the endpoint states it, when it does. */
    readonly appHash: string | undefined;
    /** The endpoint's origin, without path, query or credentials: safe to print. */
    readonly endpoint: string;
    /**
     * @throws R3mesError under a proven trust also `PROOF_INVALID`, and `UNPROVABLE` when an absence stands beside an entry with an
     * empty value
     */
    get(store: string, key: Uint8Array): Promise<StoreRecord<T>>;
    /** All entries whose key starts with `prefix`. */
    list(store: string, prefix: Uint8Array): Promise<Listing<T>>;
}
/** A header that the user trusts. */
export interface Anchor {
    readonly height: bigint;
    /** 32 bytes. */
    readonly hash: Uint8Array;
    /** Where it was written, in our own words: it stands in messages. */
    readonly origin: string;
}
/** What a proof starts from. */
export type TrustBasis = {
    readonly kind: 'light-client';
    /** One or two; of several, all must hold. Trust starts at the newest. */
    readonly anchors: readonly [Anchor, ...Anchor[]];
    readonly trustingPeriodMs: number;
    /**
     * True: an anchor that is too old counts still, and an agreeing witness on another host than the primary is demanded
     * instead. Only for renewing an expired anchor before the eyes of its owner.
     */
    readonly waiveAge?: boolean;
} | {
    readonly kind: 'quorum';
};
/** A header in the words of receipts and lockfiles. */
export interface HeaderFacts {
    readonly height: bigint;
    /** 64 upper-case hex digits. */
    readonly hash: string;
    readonly time: Date;
}
export interface WitnessReport {
    /** Origin. */
    readonly endpoint: string;
    /**
     * - `agrees`: it has the same header
     * - `lagging`: it had not reached the height when the waiting ended
     * - `conflicting`: it showed another header and could not prove it
     * - `silent`: it gave no usable answer
     */
    readonly verdict: 'agrees' | 'lagging' | 'conflicting' | 'silent';
    /** Why, in our own words; empty when it agrees. */
    readonly why: string;
}
/** What a proven read stood on. */
export interface ChainEvidence {
    readonly trust: ProvenTrust;
    readonly chainId: string;
    /** The header whose app hash proves the records: one above the height they were read at. */
    readonly target: HeaderFacts;
    /** Undefined under `quorum`. */
    readonly anchor: (HeaderFacts & {
        readonly origin: string;
    }) | undefined;
    /** Heights that were verified on the way from the anchor to the target, both included. */
    readonly trace: readonly bigint[];
    /** Origin of the endpoint that served headers and proofs. */
    readonly primary: string;
    readonly witnesses: readonly WitnessReport[];
}
export {};
