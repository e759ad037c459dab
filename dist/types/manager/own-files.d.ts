import { type Sha256Hex } from '../core/index.js';
import { type RegistryDocument } from './registry-text.js';
/** The manager's own telling of the registry. */
export interface OwnTelling {
    readonly document: RegistryDocument;
    /** Files that were there already, and files that had to be brought. */
    readonly hits: number;
    readonly misses: number;
}
export declare const NOTHING_TOLD: OwnTelling;
/** What cannot be read tells nothing: the shared file then has to do. */
export declare function readTelling(path: string): Promise<OwnTelling>;
/** @param registryText the document of the telling, as it is written */
export declare function writeTelling(path: string, { hits, misses }: Pick<OwnTelling, 'hits' | 'misses'>, registryText: string, isDurable: boolean): Promise<void>;
/** What a URL delivered when it was first used. */
export interface Pin {
    readonly sha256: Sha256Hex;
    /** Bytes. */
    readonly size: number;
}
export type Pins = ReadonlyMap<string, Pin>;
/**
 * Digests by recorded URL. They are what an unpinned model is held against, so damage is no empty list.
 *
 * @throws R3mesError `STORE_CORRUPT`
 */
export declare function readPins(path: string): Promise<Pins>;
export declare function writePins(path: string, pins: Pins): Promise<void>;
