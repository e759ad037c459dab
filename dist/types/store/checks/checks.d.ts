import type { Reporter, Sha256Hex } from '../../core/index.js';
import { type Layout } from '../layout.js';
import { type ExactIdentity } from './record.js';
/** Bytes. Smaller files are hashed as fast as their records would be read. */
export declare const LEAST_RECORDED: number;
/** Where checks of whole files are written down, and looked up. None of it fails a run. */
export interface Checks {
    /** When exactly this file was hashed last, as far as somebody wrote it down. */
    checkedAt(sha256: Sha256Hex, file: ExactIdentity): Promise<Date | undefined>;
    /**
     * The same, under `verify: changed` alone: then the file need not be hashed. Undefined otherwise.
     */
    trusted(sha256: Sha256Hex, file: ExactIdentity): Promise<Date | undefined>;
    /** Every byte of the file was hashed just now, and it is this one. */
    note(sha256: Sha256Hex, path: string, file: ExactIdentity): void;
    /**
     * Does work of ours that changes nothing of these files but their links and modes. Who was what was checked right before is so
     * after it.
     */
    around<T>(paths: readonly string[], work: () => Promise<T>): Promise<T>;
    /** Writes down what is known, of files that are still what they were. To be called when no more work is to come. */
    keep(): Promise<void>;
}
/** @param trusts whether earlier checks count: `verify: changed` */
export declare function checksIn(layout: Layout, { tag, trusts, reporter }: {
    readonly tag: string;
    readonly trusts: boolean;
    readonly reporter: Reporter;
}): Checks;
