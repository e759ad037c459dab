/**
 * What a run trusts, decided from inputs, lockfile and environment alone: nothing is asked here. Every way out that would
 * believe more than was asked for is closed: a run without a basis of trust ends.
 */
import type { Anchor, ChainEvidence, TrustBasis } from '../../chain/index.js';
import { R3mesError } from '../../core/index.js';
import { type Lockfile } from '../../registry/index.js';
import type { LockState } from './lock-file.js';
import { type TrustInputs } from './trust-inputs.js';
export interface TrustSituation {
    readonly inputs: TrustInputs;
    readonly chainId: string;
    /** RPC endpoints, and the different hosts among them. */
    readonly endpoints: {
        readonly urls: number;
        readonly hosts: number;
    };
    readonly lock: LockState;
    readonly inCi: boolean;
    readonly now: Date;
}
/** A chain read that is proven, and from what. */
export interface ProvenBasis {
    readonly kind: 'proven';
    readonly basis: TrustBasis;
    /** Milliseconds: how old an anchor may be, under `quorum` the one that the run offers. */
    readonly trustingPeriod: number;
}
export type TrustBasisDecision = {
    readonly kind: 'rpc';
} | ProvenBasis
/** No chain is asked. */
 | {
    readonly kind: 'lockfile';
    readonly lock: Lockfile;
    readonly expiresAt: Date;
};
export interface TrustDecision {
    readonly basis: TrustBasisDecision;
    /** The lockfile that binds what is resolved; undefined: the newest approvals count. */
    readonly frozen: Lockfile | undefined;
    /** The lockfile that was read, whatever it counts for. */
    readonly lock: Lockfile | undefined;
    /** Nothing is pinned yet: the run offers a lockfile that would. */
    readonly offersLock: boolean;
    /** To be said once, before anything is asked. */
    readonly notices: readonly string[];
    readonly warnings: readonly string[];
}
export declare function inputInvalid(message: string): R3mesError;
/** The lockfile, for what cannot go on without it. `what` is the input that needs it, as typed. */
export declare function demandLock(lock: LockState, what: string): Lockfile;
/** A lockfile that was found belongs to the chain that is asked. */
export declare function checkLock({ lock, chainId, inputs }: TrustSituation): void;
/**
 * The time in a lockfile is the one of its block. Nothing else would show that somebody changed it to make the lockfile look
 * younger where no chain is asked.
 *
 * @throws R3mesError `LOCK_INVALID`
 */
export declare function assertTimeHolds(lock: Lockfile | undefined, { anchor }: ChainEvidence): void;
/** The anchor that a lockfile holds. */
export declare function lockAnchor({ anchor }: Lockfile): Anchor;
export declare function typedAnchor({ anchor }: TrustInputs): Anchor | undefined;
/** Both must hold, so two blocks of one height must be one. */
export declare function checkAgreement(first: Anchor, second: Anchor): void;
/** The period that a lockfile records comes from the chain's unbonding time, so nobody may make it longer by hand. */
export declare function trustingPeriod({ inputs, lock }: TrustSituation): number;
export declare function checkWitnesses({ inputs, endpoints }: TrustSituation): void;
export declare function decideLightClient(situation: TrustSituation): ProvenBasis;
export declare function proven(basis: TrustBasis, period: number): ProvenBasis;
/**
 * The basis of trust of a run.
 *
 * @throws R3mesError `TRUST_UNSET`, `LOCK_INVALID`, `LOCK_TOO_OLD`; `INPUT_INVALID` for inputs that contradict each other
 */
export declare function decideTrust(situation: TrustSituation): TrustDecision;
