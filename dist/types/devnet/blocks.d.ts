import { type BlockId, type Commit, type Header, type ValidatorSet } from '../chain/index.js';
import { type Signer, type SignersAt } from './validators.js';
/** What is decided about a block before anyone votes. */
export interface BlockPlan {
    readonly height: bigint;
    /** Nanoseconds since the epoch. */
    readonly time: bigint;
    /** Of the state that the block before left. */
    readonly appHash: Uint8Array;
}
export interface Block {
    readonly header: Header;
    readonly id: BlockId;
    readonly commit: Commit;
    /** In the last block of the chain: the votes for the block before. */
    readonly lastCommit: Commit | undefined;
}
/** The block of a plan on top of the one before; undefined: the first. */
export declare function makeBlock(chainId: string, plan: BlockPlan, before: Block | undefined, signersAt: SignersAt): Block;
/** The part set stands for the block's bytes on the wire, which this chain never sends. */
export declare function blockIdOf(header: Header): BlockId;
/** The set as light clients know it. */
export declare function validatorSetOfSigners(signers: readonly Signer[]): ValidatorSet;
