import type { R3mesError, Sha256Hex } from '../core/index.js';
import type { RecordedArtifact } from './recorded.js';
/**
 * - `ok`: its bytes are what they should be
 * - `missing`: it is recorded, and not there
 * - `corrupt`: its bytes are wrong, and nobody can use them any more: they are in quarantine
 * - `foreign`: no run has put it there. It is left alone.
 * - `unapproved`: its bytes are right, but the chain does not approve them now
 */
export declare const FILE_STATES: readonly ['ok', 'missing', 'corrupt', 'foreign', 'unapproved'];
export type FileState = (typeof FILE_STATES)[number];
/** What was found about one file. */
export interface FileVerdict {
    readonly state: FileState;
    /** Absolute. Names of foreign files are anybody's: sanitise before printing. */
    readonly path: string;
    /** What it should be; undefined for what no run has put there. */
    readonly sha256: Sha256Hex | undefined;
    /** Bytes on the disk; of a missing file, those it should have. */
    readonly size: number;
    /** Undefined for blobs and for what nothing tells of. */
    readonly artifact: RecordedArtifact | undefined;
    /** In our own words, a whole sentence; undefined when it is ok. */
    readonly reason: string | undefined;
    /** Absolute path at which its bytes are kept. */
    readonly keptAs: string | undefined;
    /** Who was using it when it was taken away. */
    readonly usedBy: readonly string[];
    /** When it was hashed last: undefined means just now. */
    readonly checkedAt: Date | undefined;
}
/** Whether the chain approves an artifact now. */
export type Approval = {
    readonly state: 'approved';
} | {
    readonly state: 'unapproved';
    readonly reason: R3mesError;
}
/** The chain was not asked, or gave no answer that can be believed. */
 | {
    readonly state: 'unknown';
    readonly reason: R3mesError | undefined;
};
export interface StoreVerdict {
    /** By path. */
    readonly files: readonly FileVerdict[];
    readonly counts: Readonly<Record<FileState, number>>;
    /** Every artifact that something tells of, with the word of the chain. */
    readonly artifacts: readonly {
        readonly artifact: RecordedArtifact;
        readonly approval: Approval;
    }[];
    /** Bytes that were hashed. */
    readonly bytes: number;
    readonly milliseconds: number;
}
