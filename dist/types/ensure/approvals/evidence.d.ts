/** What a proof stood on, in words and in time. */
import type { ChainEvidence, WitnessReport } from '../../chain/index.js';
export declare function witnessesThatAgree({ witnesses }: ChainEvidence): readonly WitnessReport[];
/** Origins of all endpoints that have the target header: the primary first. */
export declare function agreeingEndpoints(evidence: ChainEvidence): readonly string[];
/** The story of a proof, a line a step. */
export declare function describeEvidence(evidence: ChainEvidence): readonly string[];
/**
 * When what a run trusts grows too old: the block that trust started from, under `quorum` the one that the run found.
 *
 * @param trustingPeriod milliseconds
 */
export declare function trustExpiry({ anchor, target }: ChainEvidence, trustingPeriod: number): Date;
/**
 * A warning when less than a third of a period is left, else none.
 *
 * @param period milliseconds
 * @param remedy what to do, as a sentence
 */
export declare function expiryWarnings(expiresAt: Date, period: number, now: Date, remedy: string): string[];
/** A text cut to what a lockfile takes as the origin of its anchor. */
export declare function shortOrigin(text: string): string;
/** How the target was admitted, in the words of a lockfile: `quorum of …` or `light client from height 1200`. */
export declare function admittedBy(evidence: ChainEvidence): string;
