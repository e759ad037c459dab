import { type Expected, type VerifiedFile } from '../core/index.js';
import { type Limits } from './answer-rules.js';
import { type Exchange } from './request.js';
import type { Origin } from './types.js';
/** One origin's attempt at one file. */
export interface Attempt {
    readonly exchange: Exchange;
    readonly origin: Origin;
    readonly expected: Expected;
    readonly limits: Limits;
    readonly path: string;
    readonly mayResume: boolean;
    readonly signal: AbortSignal | undefined;
    readonly onProgress: (bytes: number, total: number | undefined) => void;
    /** Told when bytes of earlier attempts turned out to be wrong; with the keys of the origins that had sent them. */
    readonly onWrongLeftover: (keys: readonly string[]) => void;
}
/** Names an origin in a journal without telling its URL. */
export declare function contributorKey({ source, url }: Origin): string;
/** As `Network.download` says, for a file that may be too large for one answer. */
export declare function downloadLarge(attempt: Attempt): Promise<VerifiedFile>;
