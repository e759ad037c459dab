import type { CacheStatus, CacheTrouble, CacheUse } from './types.ts'

/**
 * What the output `cache-status` says. Where everything came from the cache, what went wrong beside that did not matter;
 * otherwise what went wrong tells more than how little came.
 *
 * @param trouble the first thing that the cache refused or failed at, if anything
 */
export function cacheStatus(used: CacheUse, trouble: CacheTrouble | undefined): CacheStatus {
  if (used.fromCache > 0 && used.fromElsewhere === 0) return 'hit'
  if (trouble !== undefined) return trouble
  if (used.fromCache > 0) return 'partial'
  return used.fromElsewhere > 0 ? 'miss' : 'unused'
}

/** The one warning of each trouble: what happened, what it means, what to do. */
export const TROUBLE_SENTENCES: Readonly<Record<CacheTrouble, string>> = {
  denied:
    "The Actions cache is closed to this run, by its token or by the workflow's cache-mode. What it would have held or kept is fetched from the other sources; runs of trusted events, such as push, may use it.",
  unavailable:
    'The Actions cache cannot be used: its service does not answer as it should. The run goes on without it; if that lasts, look at https://www.githubstatus.com or set `cache: false`.',
  full: "The repository's cache quota is used up, so nothing new was saved. Delete old entries (`gh cache list`, `gh cache delete`) or raise the limit.",
  'rate-limited':
    'The Actions cache service limits the rate of requests and refused this run. The run goes on without it; start fewer jobs at once, or set `cache: read-only` in most of them.',
}
