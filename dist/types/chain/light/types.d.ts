/**
 * The data of the CometBFT light client, as CometBFT 0.38 defines it (`spec/core/data_structures.md`), parsed and checked for
 * form but not yet verified. Every field is some node's to choose until `verify.ts` has said otherwise.
 */
/** `google.protobuf.Timestamp`: nanoseconds matter, since they are signed. */
export interface Timestamp {
    /** Since 1970-01-01T00:00:00Z. */
    readonly seconds: bigint;
    /** 0 to 999,999,999. */
    readonly nanos: number;
}
export interface PartSetHeader {
    /** uint32 */
    readonly total: number;
    readonly hash: Uint8Array;
}
export interface BlockId {
    /** 32 bytes, or none for the zero block id (the one before the first block, a vote for nil). */
    readonly hash: Uint8Array;
    readonly partSetHeader: PartSetHeader;
}
export interface Header {
    readonly version: {
        readonly block: bigint;
        readonly app: bigint;
    };
    readonly chainId: string;
    readonly height: bigint;
    readonly time: Timestamp;
    readonly lastBlockId: BlockId;
    readonly lastCommitHash: Uint8Array;
    readonly dataHash: Uint8Array;
    readonly validatorsHash: Uint8Array;
    readonly nextValidatorsHash: Uint8Array;
    readonly consensusHash: Uint8Array;
    /** The state that the block before left. Any length: the application chooses it. */
    readonly appHash: Uint8Array;
    readonly lastResultsHash: Uint8Array;
    readonly evidenceHash: Uint8Array;
    /** 20 bytes. */
    readonly proposerAddress: Uint8Array;
}
/** What a validator's vote was for: no vote received, the block, or nil. */
export declare const BLOCK_ID_FLAG: {
    readonly absent: 1;
    readonly commit: 2;
    readonly nil: 3;
};
export type BlockIdFlag = (typeof BLOCK_ID_FLAG)[keyof typeof BLOCK_ID_FLAG];
export interface CommitSig {
    readonly blockIdFlag: BlockIdFlag;
    /** 20 bytes; none when absent. */
    readonly validatorAddress: Uint8Array;
    readonly timestamp: Timestamp;
    /** None when absent; 64 bytes for Ed25519. */
    readonly signature: Uint8Array;
}
export interface Commit {
    readonly height: bigint;
    readonly round: number;
    readonly blockId: BlockId;
    /** In the order of the validator set of `height`. */
    readonly signatures: readonly CommitSig[];
}
export interface PublicKey {
    /** `ed25519`, `secp256k1`, or the amino name of a kind we do not know: refused only when its vote is needed. */
    readonly kind: 'ed25519' | 'secp256k1' | 'unknown';
    readonly bytes: Uint8Array;
}
export interface Validator {
    /** 20 bytes, derived from the key by us and never taken from a node. For unknown kinds of keys: as the node said. */
    readonly address: Uint8Array;
    readonly publicKey: PublicKey;
    /** 1 to 2^63−1 */
    readonly votingPower: bigint;
}
/** In the order the chain hashes it: power descending, then address. */
export interface ValidatorSet {
    readonly validators: readonly Validator[];
    /** At most 2^63−1 / 8, as CometBFT limits it. */
    readonly totalVotingPower: bigint;
}
export interface SignedHeader {
    readonly header: Header;
    readonly commit: Commit;
}
/** A signed header and the validators that signed it. */
export interface LightBlock {
    readonly signedHeader: SignedHeader;
    readonly validators: ValidatorSet;
}
/** What skipping verification starts from: a header that is trusted, and the validators of the next height. */
export interface TrustedBlock {
    readonly signedHeader: SignedHeader;
    readonly nextValidators: ValidatorSet;
}
/** What a verification found. `why` is a clause in our own words: "its commit has 3 of 10 voting power". */
export type Verdict = {
    readonly ok: true;
} | {
    readonly ok: false;
    /**
     * - `invalid`: it breaks a rule
     * - `not-enough-trust`: too little power of the trusted validators signed it; a header between may help
     * - `expired`: the trusted header is older than the trusting period
     */
    readonly kind: 'invalid' | 'not-enough-trust' | 'expired';
    readonly why: string;
};
