import type { CacheLimits } from './types.js';
/** What `cache: auto` saves at most in one run. */
export declare const AUTO_SAVE_LIMITS: {
    readonly saveEntries: 50;
    readonly saveBytes: 5000000000;
};
/** Without a limit on what is saved; GitHub's own are 10 GB a repository and 200 uploads a minute. */
export declare const DEFAULT_LIMITS: CacheLimits;
