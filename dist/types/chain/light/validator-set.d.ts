import type { Checked } from '../node/answers.js';
import type { PublicKey, Validator, ValidatorSet } from './types.js';
/** `MaxTotalVotingPower`: proposer priorities have room for eight times as much. */
export declare const MAX_TOTAL_VOTING_POWER: bigint;
/**
 * The address that CometBFT derives from a key, 20 bytes: the first 20 of SHA-256 for Ed25519 (`crypto/ed25519`),
 * RIPEMD-160 of SHA-256 for secp256k1 (`crypto/secp256k1`). Undefined for a kind of key we do not know.
 */
export declare function addressOf(publicKey: PublicKey): Uint8Array | undefined;
/** `ValidatorsByVotingPower`: power descending, then address ascending. */
export declare function compareValidators(a: Validator, b: Validator): number;
/**
 * `NewValidatorSet`, `ValidateBasic` and `TotalVotingPower`, but nothing is put right: what a node gives must be in order.
 * The set is not verified until its hash was found in a trusted header.
 */
export declare function validatorSetOf(validators: readonly Validator[]): Checked<ValidatorSet>;
/** `ValidatorSet.Hash`: the Merkle root over key and power of each validator, 32 bytes. */
export declare function hashValidatorSet({ validators }: ValidatorSet): Uint8Array;
