/**
 * What is written down of a check: which file it was, exactly, whose every byte was hashed. Pure.
 *
 * A file that any program wrote to since has another time of change (ctime), which no call can set. Writing to a disk itself,
 * root with a clock that was set back, or whoever writes such a record himself can deceive it: that is what
 * `verify: changed` accepts.
 */
import type { Sha256Hex } from '../../core/index.js';
import { type Identity } from '../disk.js';
/** What has to stay the same for an earlier check to count. */
export interface ExactIdentity extends Identity {
    readonly ctimeNs: bigint;
}
export interface RecordedCheck extends ExactIdentity {
    /** When its last byte had been hashed. Milliseconds since the epoch. */
    readonly checkedAt: number;
}
export declare function sameExactly(one: ExactIdentity, other: ExactIdentity): boolean;
export declare function exactIdentity({ dev, ino, size, mtimeNs, ctimeNs }: ExactIdentity): ExactIdentity;
/** The checks with one more, which stands for what was known of the same file. */
export declare function withCheck(checks: readonly RecordedCheck[], check: RecordedCheck): readonly RecordedCheck[];
export declare function formatChecks(sha256: Sha256Hex, checks: readonly RecordedCheck[]): string;
/** What cannot be read is no check. */
export declare function parseChecks(sha256: Sha256Hex, json: string): readonly RecordedCheck[];
