import type { CacheLimits } from './types.ts'

const MIB = 1024 * 1024

/** What `cache: auto` saves at most in one run. */
export const AUTO_SAVE_LIMITS = { saveEntries: 50, saveBytes: 5_000_000_000 } as const

/** Without a limit on what is saved; GitHub's own are 10 GB a repository and 200 uploads a minute. */
export const DEFAULT_LIMITS: CacheLimits = {
  saveEntries: Number.POSITIVE_INFINITY,
  saveBytes: Number.POSITIVE_INFINITY,
  blockBytes: 32 * MIB,
  parallelBlocks: 4,
  callTimeoutMs: 10_000,
  retries: 2,
  retryDelayMs: 500,
  maxRetryAfterMs: 10_000,
}
