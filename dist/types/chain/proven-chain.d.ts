import type { Dispatcher } from '../stand-ins/undici.js';
import { type Reporter } from '../core/index.js';
import type { ChainEvidence, ProvenTrust, StoreReader, TrustBasis } from './types.js';
export interface ProvenChainOptions {
    /** In the order to ask: the first is the primary, the others are its witnesses. See `parseRpcUrls`. */
    readonly urls: readonly URL[];
    readonly chainId: string;
    readonly dispatcher: Dispatcher;
    readonly reporter: Reporter;
    readonly signal?: AbortSignal;
    readonly basis: TrustBasis;
    /** How many witnesses must agree at least; under `quorum` never less than one, on another host than the primary. */
    readonly minWitnesses: number;
    /** How old the newest header may be, in milliseconds. */
    readonly maxHeaderAgeMs: number;
    /** For one request, in milliseconds. */
    readonly timeoutMs?: number;
    /** For waiting for endpoints that are behind, in milliseconds: once for a target, and for the witnesses of each target. */
    readonly patienceMs?: number;
    /** For the whole read, in milliseconds. */
    readonly limitMs?: number;
    /** Pause before looking again, in milliseconds: about the time a block takes to spread. */
    readonly pauseMs?: number;
}
/**
 * Runs `read` with a reader that proves all it returns. `read` may run again on another endpoint or at a newer height, so it
 * must have no effects of its own.
 *
 * A primary that cannot answer is replaced by the next endpoint. One that was caught with a wrong header or a wrong proof ends
 * the read: whoever attacks must be seen.
 *
 * @throws R3mesError `HEADER_INVALID`, `PROOF_INVALID`, `FORK_DETECTED` (as `ForkDetected`), `QUORUM_DISAGREES`, `TRUST_EXPIRED`,
 * `NOT_ENOUGH_TRUST`, `WITNESS_MISSING`, `CHAIN_STALE`, `CHAIN_ID_MISMATCH`, `UNPROVABLE`; `CHAIN_UNREACHABLE`,
 * `CHAIN_RESPONSE_INVALID`, `HEIGHT_PRUNED` when no endpoint is left; whatever else `read` throws, as it is.
 */
export declare function readProvenChain<T>(options: ProvenChainOptions, read: (reader: StoreReader<ProvenTrust>, evidence: ChainEvidence) => Promise<T>): Promise<T>;
