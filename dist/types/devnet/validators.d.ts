/** The validators of the devnet's chain: a rotating set out of an endless pool of keys. */
import { type KeyObject } from 'node:crypto';
import { type Validator } from '../chain/index.js';
/** A validator whose key we hold. */
export interface Signer {
    readonly validator: Validator;
    readonly privateKey: KeyObject;
}
/** The signers at a height, in the order that the chain hashes them. */
export type SignersAt = (height: bigint) => readonly Signer[];
/** A validator whose key comes from a text: the same text, the same key. */
export declare function signer(seed: string, votingPower: bigint): Signer;
/** 64 bytes, always the same for the same bytes. */
export declare function signatureBy({ privateKey }: Signer, bytes: Uint8Array): Uint8Array;
/** As the chain hashes a set. */
export declare function inHashOrder(signers: readonly Signer[]): readonly Signer[];
export interface Rotation {
    /** Keys come from it: chains of one name have the same validators. */
    readonly name: string;
    readonly count: number;
    /** The first height with the first set. */
    readonly from: bigint;
    /** After so many blocks one validator is replaced, the one that has been there for longest. */
    readonly everyBlocks: bigint;
}
/** A set of powers that differ a little, so that no power tells which seat of the set is which. */
export declare function rotatingSigners({ name, count, from, everyBlocks }: Rotation): SignersAt;
