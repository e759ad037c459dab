import type { ArtifactKind, Remain } from '../store/index.js';
import { type PlannedRemoval, type PrunePlan, type PrunePolicy, type PruneReason } from './prune-plan.js';
/** One thing that went, or would go. */
export interface PrunedThing {
    /** `blob`: one that no artifact referred to. */
    readonly kind: ArtifactKind | 'blob';
    /** As in the usage index, or the digest. From a file that anybody may have written: sanitise before printing. */
    readonly name: string;
    /** Absolute final path; undefined for a blob. */
    readonly path: string | undefined;
    readonly reason: PruneReason;
    /** Milliseconds since the epoch. */
    readonly lastUsed: number;
    readonly useCount: number;
    /** Bytes that this freed on the disk: none while a file has another name. */
    readonly bytes: number;
}
/** Something that was to go, and stayed. */
export interface SparedThing {
    readonly kind: ArtifactKind | 'blob';
    readonly name: string;
    /** `used`: somebody uses it by now. `changed`: it is not what it was. `failed`: the file system refused. */
    readonly why: 'used' | 'changed' | 'failed';
}
export interface PruneReport {
    /** Nothing was removed: these are the things that would go. */
    readonly dryRun: boolean;
    /** With its defaults. */
    readonly policy: PrunePolicy;
    readonly removed: readonly PrunedThing[];
    readonly spared: readonly SparedThing[];
    /** Why other artifacts stay. */
    readonly kept: PrunePlan['kept'];
    /** Files of each kind that went beside artifacts and blobs. */
    readonly remains: Readonly<Record<Remain['kind'], number>>;
    /** Bytes that all of it freed on the disk. */
    readonly bytes: number;
    /** Bytes that the store took on the disk before, without its quarantine. */
    readonly sizeBefore: number;
    /** Bytes that its quarantine took before. */
    readonly quarantineBefore: number;
    /** Bytes that are wanted and could not be freed. */
    readonly short: number;
    /** A signal ended it early. What went until then is in the report. */
    readonly interrupted: boolean;
}
/** Gathers what happens while a plan is carried out. */
export declare class Report {
    #private;
    constructor(policy: PrunePolicy, plan: PrunePlan, dryRun: boolean);
    removed({ reason, artifact, blobs }: PlannedRemoval, bytes: number): void;
    remained({ kind }: Remain, bytes: number): void;
    spared(thing: SparedThing): void;
    done(interrupted: boolean): PruneReport;
}
