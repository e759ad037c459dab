/**
 * The only place where records become proven. A {@link ProvenRecord} cannot be made anywhere else, so the compiler keeps what a
 * node merely said away from whatever needs a proof.
 */
import type { ProvenRecord, ProvenTrust, ReadTrust, StoreRecord } from './types.js';
/** For the proof check alone: not exported by this room. */
export declare function mintProvenRecord<T extends ProvenTrust, V extends Uint8Array | undefined>(record: Readonly<Record<'store', string>> & {
    readonly trust: T;
    readonly key: Uint8Array;
    readonly value: V;
    readonly height: bigint;
}): StoreRecord<T, V> & ProvenRecord<V, T>;
/** Holds the line at run time too: a cast does not make a record proven. */
export declare function isProven(record: StoreRecord<ReadTrust>): record is ProvenRecord;
