/**
 * The two answers we read from a CometBFT node, checked field by field. Shapes: CometBFT 0.38 RPC, `status` and
 * `abci_query`. Every field is the endpoint's to choose.
 */
import type { ProofOp } from '../ics23/types.js';
/** What `status` says about the node. */
export interface NodeStatus {
    readonly network: string;
    readonly latestHeight: bigint;
    /** Hex of the app hash in the latest header: it proves the state one height below. */
    readonly latestAppHash: string;
    readonly catchingUp: boolean;
}
/** What `abci_query` answered. */
export interface AbciAnswer {
    readonly code: number;
    readonly codespace: string;
    readonly log: string;
    readonly key: Uint8Array;
    /** Empty when the node sent none. */
    readonly value: Uint8Array;
    readonly height: bigint;
    /** Undefined when the node sent none. */
    readonly proofOps: readonly ProofOp[] | undefined;
}
/** A checked value, or which field is wrong in our own words. */
export type Checked<T> = {
    readonly ok: true;
    readonly value: T;
} | {
    readonly ok: false;
    readonly why: string;
};
export declare function checkStatus(result: unknown): Checked<NodeStatus>;
export declare function checkAbciAnswer(result: unknown): Checked<AbciAnswer>;
