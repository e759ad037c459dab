/** From a proven plan to a lockfile. */
import { type HeaderFacts, type ProvenTrust } from '../../chain/index.js';
import type { Plan, PlannedArtifact, Request } from '../types.js';
import type { LockAnchor, LockedArtifact, Lockfile } from './types.js';
/** What a lockfile says besides the plan. */
export interface LockFacts {
    /** What was asked: `parseRequest` of it gives the same plan again. */
    readonly request: Request;
    /** The header whose app hash proved the plan's records, and how it was admitted. */
    readonly anchor: HeaderFacts & Pick<LockAnchor, 'origin'>;
    readonly trustingPeriodSeconds: number;
    readonly unbondingSeconds: number | undefined;
}
/** A planned artifact in the words of a lockfile. */
export declare function lockedArtifactOf(planned: PlannedArtifact): LockedArtifact;
/**
 * The lockfile of a plan without problems. Only a proven plan can be locked: a lockfile carries trust to later runs.
 *
 * @throws TypeError for a plan with problems and for one that only claims to be proven, which are bugs of the caller
 */
export declare function lockOf(plan: Plan<ProvenTrust>, facts: LockFacts): Lockfile;
/** Milliseconds since the header of a lockfile's anchor; negative when its time lies ahead of `now`. */
export declare function lockAge(lock: Lockfile, now: Date): number;
