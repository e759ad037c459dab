import { type BlockId, type Commit } from './types.js';
/** `BlockID.IsZero` */
export declare function isZeroBlockId({ hash, partSetHeader }: BlockId): boolean;
/**
 * `Commit.VoteSignBytes`: the bytes that validator `index` signed for this commit, with their length in front. Only a vote for
 * the block names it, and only the time of the vote differs between validators.
 */
export declare function voteSignBytes(chainId: string, commit: Commit, index: number): Uint8Array;
