/** Whether a run fits on the disk, decided before its first byte. */
import { R3mesError } from '../core/index.js';
import type { ExpandedArtifact } from './types.js';
/**
 * @param freeBytes what this user may still write
 * @returns `DISK_FULL` when the artifacts do not fit
 */
export declare function checkDisk(artifacts: readonly ExpandedArtifact[], present: ReadonlySet<string>, freeBytes: bigint): R3mesError | undefined;
