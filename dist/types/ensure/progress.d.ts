import { type TransferProgress } from '../core/index.js';
/**
 * Decides which progress events deserve a line in a log: one every 5 s or 100 MB of a transfer, none for transfers that
 * end before that. What comes from the store itself comes fast, and has a line every 5 s alone.
 */
export declare class ProgressLines {
    #private;
    /**
     * @param now milliseconds of a monotonic clock
     * @returns the line to print, or undefined
     */
    line(event: TransferProgress, now: number): string | undefined;
}
