/** Whether a run fits on the disk, decided before its first byte. */
import { R3mesError } from '../core/index.js';
import type { ExpandedArtifact } from './types.js';
/**
 * Bytes that artifacts still need, each file once. Where a missing file has no approved size, what the record claims for the
 * whole artifact counts.
 *
 * @param present SHA-256 of the files that the store holds already
 */
export declare function bytesNeeded(artifacts: readonly ExpandedArtifact[], present: ReadonlySet<string>): bigint;
/**
 * @param freeBytes what this user may still write
 * @returns `DISK_FULL` when the artifacts do not fit
 */
export declare function checkDisk(artifacts: readonly ExpandedArtifact[], present: ReadonlySet<string>, freeBytes: bigint): R3mesError | undefined;
