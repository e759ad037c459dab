import { type Layout } from './layout.js';
import { type DiskEntry } from './walk.js';
/**
 * - `receipt`: of a run
 * - `partial`: a download that nobody works on any more, and its journal
 * - `quarantine`: a damaged file that was kept
 */
export type RemainKind = 'receipt' | 'partial' | 'quarantine';
export interface Remain {
    readonly kind: RemainKind;
    readonly entry: DiskEntry;
    /** Bytes on the disk. */
    readonly bytes: number;
    /** When it was changed, or got or lost a name, last: milliseconds since the epoch. */
    readonly changedAt: number;
}
export interface Remains {
    find(kind: RemainKind): AsyncIterable<Remain>;
    /**
     * Removes one, if it is what was found.
     *
     * @returns bytes that this freed; undefined when it stays
     */
    remove(remain: Remain): Promise<number | undefined>;
}
/** @param isForsaken whether nobody works on a partial any more, by its name and the time of its last change */
export declare function remainsIn(layout: Layout, isForsaken: (name: string, changedAt: number) => Promise<boolean>): Remains;
