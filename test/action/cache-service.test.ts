import * as official from '@actions/cache'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decideCache, findCacheService } from '../../src/action/cache-service.ts'
import { runtimeToken } from '../../src/devnet/cache-service.ts'

const TOKEN = runtimeToken(3)

/** A hosted runner's environment, with what a test changes; undefined takes a variable away. */
function aRunner(changes: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  return {
    ACTIONS_CACHE_SERVICE_V2: 'True',
    ACTIONS_RESULTS_URL: 'https://results.actions.example/',
    ACTIONS_RUNTIME_TOKEN: TOKEN,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_EVENT_NAME: 'push',
    ...changes,
  }
}

function token(claims: unknown): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`
}

describe('decideCache', () => {
  it('uses the service of a hosted runner for reading and writing', () => {
    expect(decideCache('auto', aRunner())).toEqual({
      use: true,
      url: new URL('https://results.actions.example/'),
      token: TOKEN,
      rights: { read: 'allowed', write: 'allowed' },
    })
  })

  it('is disabled by the user before anything else is looked at', () => {
    expect(decideCache('false', {})).toEqual({ use: false, status: 'disabled' })
  })

  it.each([
    ['outside Actions', {}],
    ['without a token', aRunner({ ACTIONS_RUNTIME_TOKEN: undefined })],
    ['with an empty token', aRunner({ ACTIONS_RUNTIME_TOKEN: '' })],
    ['without a service', aRunner({ ACTIONS_RESULTS_URL: undefined })],
    ['with a service that is no URL', aRunner({ ACTIONS_RESULTS_URL: 'results' })],
    ['with a service that is no web address', aRunner({ ACTIONS_RESULTS_URL: 'file:///etc/' })],
    ['where only v1 is spoken', aRunner({ ACTIONS_CACHE_SERVICE_V2: '' })],
    ['on GitHub Enterprise Server', aRunner({ GITHUB_SERVER_URL: 'https://github.corp.example' })],
    ['on a look-alike host', aRunner({ GITHUB_SERVER_URL: 'https://github.com.evil.example' })],
    ['with a server that is no URL', aRunner({ GITHUB_SERVER_URL: 'github' })],
  ])('is unavailable %s', (_where, environment) => {
    expect(decideCache('true', environment)).toEqual({ use: false, status: 'unavailable' })
  })

  it.each([undefined, '', 'https://github.com', 'https://team.ghe.com', 'HTTPS://GitHub.com'])(
    'takes %s for a server with v2',
    (server) => {
      expect(decideCache('auto', aRunner({ GITHUB_SERVER_URL: server }))).toMatchObject({ use: true })
    },
  )

  it('only restores on pull requests, unless it is told to save', () => {
    const environment = aRunner({ GITHUB_EVENT_NAME: 'pull_request' })
    expect(decideCache('auto', environment)).toMatchObject({ rights: { read: 'allowed', write: 'off' } })
    expect(decideCache('true', environment)).toMatchObject({ rights: { read: 'allowed', write: 'allowed' } })
  })

  it('never saves when it is read-only', () => {
    expect(decideCache('read-only', aRunner())).toMatchObject({ rights: { read: 'allowed', write: 'off' } })
  })

  it.each([
    ['none', { read: 'denied', write: 'denied' }],
    ['read', { read: 'allowed', write: 'denied' }],
    [' Write ', { read: 'allowed', write: 'allowed' }],
    ['write-only', { read: 'denied', write: 'allowed' }],
    ['something new', { read: 'allowed', write: 'allowed' }],
  ])('honours the cache-mode %s', (mode, rights) => {
    expect(decideCache('auto', aRunner({ ACTIONS_CACHE_MODE: mode }))).toMatchObject({ rights })
  })

  it.each([
    [runtimeToken(1), { read: 'allowed', write: 'denied' }],
    [runtimeToken(2), { read: 'denied', write: 'allowed' }],
    [token({ ac: '[]' }), { read: 'denied', write: 'denied' }],
    [
      token({ ac: '[{"Scope":"a","Permission":1},{"Scope":"b","Permission":2}]' }),
      { read: 'allowed', write: 'allowed' },
    ],
    [token({ ac: '[null,{"Permission":"3"}]' }), { read: 'denied', write: 'denied' }],
    [token({ ac: 'not JSON' }), { read: 'allowed', write: 'allowed' }],
    [token({}), { read: 'allowed', write: 'allowed' }],
    [token(null), { read: 'allowed', write: 'allowed' }],
    ['opaque', { read: 'allowed', write: 'allowed' }],
  ])('honours what token %# claims', (given, rights) => {
    expect(decideCache('auto', aRunner({ ACTIONS_RUNTIME_TOKEN: given }))).toMatchObject({ rights })
  })

  it('takes the stricter of cache-mode and token', () => {
    const environment = aRunner({ ACTIONS_CACHE_MODE: 'read', ACTIONS_RUNTIME_TOKEN: runtimeToken(2) })
    expect(decideCache('auto', environment)).toMatchObject({ rights: { read: 'denied', write: 'denied' } })
  })
})

describe('findCacheService', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  function stub(environment: Record<string, string | undefined>): void {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  }

  it('hands over the service with the official denial prefixes and the limits of auto', async () => {
    stub(aRunner())
    expect(await findCacheService('auto', process.env)).toEqual({
      available: true,
      options: {
        url: new URL('https://results.actions.example/'),
        token: TOKEN,
        rights: { read: 'allowed', write: 'allowed' },
        deniedPrefixes: {
          read: official.CACHE_READ_DENIED_PREFIX,
          write: official.CACHE_WRITE_DENIED_PREFIX,
        },
        limits: { saveEntries: 50, saveBytes: 5e9 },
      },
    })
  })

  it('sets no limits when the user wants everything saved', async () => {
    stub(aRunner())
    const found = await findCacheService('true', process.env)
    expect(found).toMatchObject({ available: true })
    expect(found).not.toHaveProperty('options.limits')
  })

  it('is unavailable where the official library says so', async () => {
    stub(aRunner({ ACTIONS_RESULTS_URL: '' }))
    expect(official.isFeatureAvailable()).toBe(false)
    expect(await findCacheService('auto', aRunner())).toEqual({ available: false, status: 'unavailable' })
  })

  it('passes on why there is no service', async () => {
    expect(await findCacheService('false', aRunner())).toEqual({ available: false, status: 'disabled' })
    expect(await findCacheService('auto', {})).toEqual({ available: false, status: 'unavailable' })
  })
})
