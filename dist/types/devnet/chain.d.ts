import { type Block } from './blocks.js';
import { type Multistore } from './multistore.js';
import type { Signer, SignersAt } from './validators.js';
/** The store of the R3MES module. */
export declare const REMES_STORE = "remes";
/** What happened at a height: when, and which state it left. */
export interface Step {
    readonly height: bigint;
    /** Nanoseconds since the epoch. */
    readonly time: bigint;
    readonly stores: Multistore;
}
/** The history of a chain, without its hashes and signatures. It only ever grows. */
export interface Steps {
    /** The first height there ever was. */
    readonly first: bigint;
    /** The lowest height that is kept. */
    readonly earliest: bigint;
    readonly height: bigint;
    /** @throws RangeError for a height that never was */
    at(height: bigint): Step;
}
export interface ChainParts {
    readonly chainId: string;
    readonly steps: Steps;
    readonly signersAt: SignersAt;
    /** Set for a fork: blocks below this height are those of another chain. */
    readonly fork?: {
        readonly from: bigint;
        readonly of: Chain;
    };
}
/**
 * A chain as its nodes show it. Blocks are hashed and signed when somebody asks: each header holds the hash of the votes
 * below it, so all are made up to the one that is asked for.
 */
export declare class Chain {
    #private;
    readonly chainId: string;
    constructor(parts: ChainParts);
    get height(): bigint;
    get earliest(): bigint;
    /** Whether the block and the state of this height are kept. */
    has(height: bigint): boolean;
    block(height: bigint): Block;
    /** The validators of a height, known up to one above the newest block. */
    signersAt(height: bigint): readonly Signer[];
    /** The state that the block of this height left. */
    stores(height: bigint): Multistore;
    /** App hash that the header above this height carries, 32 bytes. */
    stateHash(height: bigint): Uint8Array;
    /** The value that a key of the R3MES module had at a height; undefined when it had none. */
    get(key: Uint8Array, height: bigint): Uint8Array | undefined;
    /** All entries of the R3MES module whose key starts with `prefix`, in byte order of their keys. */
    list(prefix: Uint8Array, height: bigint): readonly {
        readonly key: Uint8Array;
        readonly value: Uint8Array;
    }[];
    /**
     * A header to start trust from; the oldest that is kept when no height is given.
     *
     * @throws R3mesError `INPUT_INVALID` for a height that is not kept
     */
    anchor(height?: bigint): {
        readonly height: bigint;
        readonly hash: string;
    };
}
