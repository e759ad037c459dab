import type { CacheMode, CachePort, Environment } from '../ensure/index.ts'
import { AUTO_SAVE_LIMITS, type CacheRight, type CacheRights } from '../sources/index.ts'

/** What the runner's environment says about a cache service, before anything is loaded or asked. */
export type CacheDecision =
  | { readonly use: true; readonly url: URL; readonly token: string; readonly rights: CacheRights }
  | { readonly use: false; readonly status: 'disabled' | 'unavailable' }

const READ = 1
const WRITE = 2

/** What each value of the workflow key `cache-mode` allows; an unknown one is left to the service to judge. */
const RUNNER_MODES: ReadonlyMap<string, number> = new Map([
  ['none', 0],
  ['read', READ],
  ['write', READ | WRITE],
  ['write-only', WRITE],
])

/**
 * Whether there is a cache service that speaks v2, and what this run may and wants to do with it.
 *
 * Only v2 will do: v1, which GitHub Enterprise Server has, knows no signed URLs for raw blobs.
 */
export function decideCache(mode: CacheMode, environment: Environment): CacheDecision {
  if (mode === 'false') return { use: false, status: 'disabled' }
  const url = URL.parse(environment['ACTIONS_RESULTS_URL'] ?? '')
  const token = environment['ACTIONS_RUNTIME_TOKEN'] ?? ''
  const hasService = url !== null && /^https?:$/.test(url.protocol) && token !== ''
  if (!hasService || !speaksV2(environment)) return { use: false, status: 'unavailable' }

  const runnerMode = (environment['ACTIONS_CACHE_MODE'] ?? '').trim().toLowerCase()
  const permitted = (RUNNER_MODES.get(runnerMode) ?? READ | WRITE) & tokenPermission(token)
  const isPullRequest = environment['GITHUB_EVENT_NAME'] === 'pull_request'
  // Nothing but the pull request itself could read what it saves, and it would push out what others use.
  const wantsWrite = mode === 'true' || (mode === 'auto' && !isPullRequest)
  const right = (bit: number): CacheRight => ((permitted & bit) === 0 ? 'denied' : 'allowed')
  return { use: true, url, token, rights: { read: right(READ), write: wantsWrite ? right(WRITE) : 'off' } }
}

function speaksV2(environment: Environment): boolean {
  if (!environment['ACTIONS_CACHE_SERVICE_V2']) return false
  const server = URL.parse(environment['GITHUB_SERVER_URL'] || 'https://github.com')
  if (server === null) return false
  const host = server.hostname
  return host === 'github.com' || host.endsWith('.ghe.com') || host.endsWith('.localhost')
}

/**
 * What the token's own claim `ac` permits, over all its scopes. The token is only read, not checked: the service judges it.
 * A token without a readable claim is taken to permit everything.
 */
function tokenPermission(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const scopes: unknown =
      isObject(claims) && typeof claims['ac'] === 'string' ? JSON.parse(claims['ac']) : null
    if (!Array.isArray(scopes)) return READ | WRITE
    return scopes.reduce<number>((sum, scope: unknown) => {
      const permission = isObject(scope) ? scope['Permission'] : undefined
      return typeof permission === 'number' ? sum | permission : sum
    }, 0)
  } catch {
    return READ | WRITE
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/**
 * The runner's cache service, with the official library's word on whether it is there and how it words a denial. The
 * library is loaded only when the environment promises a service, because it takes time.
 *
 * @param environment the process's own: the library reads that one, too
 */
export async function findCacheService(mode: CacheMode, environment: Environment): Promise<CachePort> {
  const decision = decideCache(mode, environment)
  if (!decision.use) return { available: false, status: decision.status }
  const official = await import('@actions/cache')
  if (!official.isFeatureAvailable()) return { available: false, status: 'unavailable' }
  const { url, token, rights } = decision
  return {
    available: true,
    options: {
      url,
      token,
      rights,
      deniedPrefixes: { read: official.CACHE_READ_DENIED_PREFIX, write: official.CACHE_WRITE_DENIED_PREFIX },
      ...(mode === 'auto' ? { limits: AUTO_SAVE_LIMITS } : {}),
    },
  }
}
