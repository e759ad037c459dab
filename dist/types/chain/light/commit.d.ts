import { type Commit, type PublicKey, type ValidatorSet, type Verdict } from './types.js';
/** A part of the voting power. */
export interface Fraction {
    readonly numerator: bigint;
    readonly denominator: bigint;
}
/** `light.DefaultTrustLevel`: with more than a third at least one correct validator signed. */
export declare const DEFAULT_TRUST_LEVEL: Fraction;
/** `Commit.Hash`: what the next header holds as `last_commit_hash`, 32 bytes. */
export declare function hashCommit({ signatures }: Commit): Uint8Array;
/** Says whether the vote at this index of one commit was signed by this key. */
export type VoteCheck = (index: number, publicKey: PublicKey) => boolean;
/**
 * A check of one commit's votes that verifies no signature twice: in a skipping step most signers stand in both sets. A
 * result counts only for the very key and index that it was found with.
 */
export declare function voteCheck(chainId: string, commit: Commit): VoteCheck;
/**
 * `VerifyCommitLight`: more than 2/3 of the power of the block's own validators signed it. Signature i is the one of validator
 * i, whose address it must carry (CometBFT 0.38.21; here for all votes, also for those that are not needed).
 */
export declare function verifyCommitLight(set: ValidatorSet, commit: Commit, isSignedBy: VoteCheck): Verdict;
/**
 * `VerifyCommitLightTrusting`: more than `trustLevel` of the power of a trusted set signed the block. That set need not be the
 * block's own, so validators are found by address; one that votes twice is refused.
 */
export declare function verifyCommitLightTrusting(trustedSet: ValidatorSet, commit: Commit, trustLevel: Fraction, isSignedBy: VoteCheck): Verdict;
