import { describe, expect, it } from 'vitest'
import { formatState, parseState, stateOf } from '../../src/action/state.ts'
import { readSettings } from '../../src/ensure/index.ts'

const RPC = { 'rpc-urls': 'https://rpc-a.example.org' }
const settings = readSettings(
  { ...RPC, home: '/srv/r3mes', 'prune-max-age': '30d', 'prune-keep-popular': '3' },
  { R3MES_ADAPTER_DIR: '/srv/adapters' },
)
const LEASE = '1a2b3c4d-77-0123456789ab'

describe('what main hands to post', () => {
  it('comes back as it was', () => {
    const state = stateOf(settings, LEASE)
    expect(parseState(formatState(state))).toEqual(state)
    expect(state).toEqual({
      home: '/srv/r3mes',
      modelDir: undefined,
      adapterDir: '/srv/adapters',
      prune: { maxAge: 30 * 86_400_000, maxSize: undefined, minFree: undefined, keepPopular: 3 },
      lease: LEASE,
    })
  })

  it('may hold no lease and ask for nothing', () => {
    const bare = stateOf(readSettings({ ...RPC, home: '/srv/r3mes' }, {}))
    expect(parseState(formatState(bare))).toMatchObject({
      home: '/srv/r3mes',
      prune: undefined,
      lease: undefined,
    })
  })

  it.each(['', ' ', '{', 'null', '7', '"x"', '[]', '{}'])('is nothing when it is %j', (text) => {
    expect(parseState(text)).toBeUndefined()
  })

  const changed = (changes: object): string =>
    JSON.stringify({ ...JSON.parse(formatState(stateOf(settings, LEASE))), ...changes })

  it.each([
    { version: 2 },
    { version: '1' },
    { home: 'relative' },
    { home: 7 },
    { adapterDir: 'relative' },
    { modelDir: ['/x'] },
  ])('is nothing with %j: another store would be looked after', (changes) => {
    expect(parseState(changed(changes))).toBeUndefined()
  })

  it.each([
    { prune: 'all' },
    { prune: null },
    { prune: [] },
    { prune: {} },
    { prune: { keepPopular: 0 } },
    { prune: { maxAge: -1 } },
    { prune: { maxAge: '30d' } },
    { prune: { maxAge: 1, maxSize: 1.5 } },
    { prune: { maxAge: 1, minFree: null } },
    { prune: { maxAge: 1, keepPopular: 'x' } },
  ])('prunes nothing with %j', (changes) => {
    expect(parseState(changed(changes))).toMatchObject({ lease: LEASE, prune: undefined })
  })

  it.each(['../../x', '', 'a/b', 'x'.repeat(101), 7, null])('releases nothing with the lease %j', (lease) => {
    expect(parseState(changed({ lease }))).toMatchObject({ lease: undefined, prune: { keepPopular: 3 } })
  })
})
