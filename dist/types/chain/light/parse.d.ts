/**
 * CometBFT 0.38's JSON answers to `commit` and `validators`, read field by field into the light client's data. Everything is the
 * node's to choose. What is read has the one form CometBFT writes; fields we do not know are ignored and never used.
 */
import type { Checked } from '../node/answers.js';
import { type SignedHeader, type Validator } from './types.js';
/** `commit`: `{signed_header: {header, commit}, canonical}`. Header and commit are well-formed, not yet verified. */
export declare function parseCommitAnswer(result: unknown): Checked<SignedHeader>;
/** One page of validators. */
export interface ValidatorsPage {
    readonly height: bigint;
    readonly validators: readonly Validator[];
    /** As the node says: how many are on this page. */
    readonly count: number;
    /** As the node says: how many the set has. Not limited here. */
    readonly total: number;
}
/** `validators`: `{block_height, validators, count, total}`. */
export declare function parseValidatorsAnswer(result: unknown): Checked<ValidatorsPage>;
