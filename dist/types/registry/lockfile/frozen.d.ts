/** Frozen runs: what is asked is resolved from the lockfile, and what is approved has to be what was locked. */
import type { ReadTrust } from '../../chain/index.js';
import { R3mesError } from '../../core/index.js';
import type { Plan, Request } from '../types.js';
import type { LockedArtifact, Lockfile } from './types.js';
/** A request with nothing left to choose. Whoever uses it stops when `problems` is not empty. */
export interface FrozenRequest {
    readonly request: Request;
    /** `LOCK_MISMATCH`, one for each thing that is asked but not locked. */
    readonly problems: readonly R3mesError[];
    /** The same of datasets that are not required: warnings. */
    readonly datasetProblems: readonly R3mesError[];
}
interface LockedModel extends LockedArtifact {
    readonly facts: Extract<LockedArtifact['facts'], {
        kind: 'model';
    }>;
}
export declare function lockedModel(lock: Lockfile): LockedModel | undefined;
export declare function lockedAdapter(lock: Lockfile, id: string): LockedArtifact | undefined;
/** By its id in digits, else by its name: as a request names it. */
export declare function lockedDataset(lock: Lockfile, wanted: string): LockedArtifact | undefined;
/**
 * The request as the lockfile settles it: `active` and ranges are the locked version, domains the locked adapters, datasets their
 * ids. Nothing that is not locked is looked for.
 */
export declare function resolveFromLock(request: Request, lock: Lockfile): FrozenRequest;
/**
 * One `LOCK_MISMATCH` for each locked artifact that the request does not lead to: a comparison of what is asked for passes it by,
 * and a run under `trust: lockfile` would take it.
 *
 * @param request as {@link resolveFromLock} gives it
 */
export declare function unrequestedProblems(request: Request, lock: Lockfile): readonly R3mesError[];
/**
 * The plan of a frozen run: one `LOCK_MISMATCH` for each artifact whose record changed digest, size, compatibility or status since it
 * was locked; a changed dataset that is not required is left out with a warning; a newer active model is a notice. What is locked
 * but not asked for is not looked at.
 */
export declare function holdToLock<T extends ReadTrust>(plan: Plan<T>, lock: Lockfile): Plan<T>;
export {};
