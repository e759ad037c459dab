import { describe, expect, it } from 'vitest'
import { checkStoreProof } from '../../../src/chain/ics23/store-proof.ts'
import {
  type Absence,
  type Answer,
  absenceIn,
  answerTo,
  bytes,
  type Existence,
  encodeProof,
  existenceIn,
  iavlTree,
  join,
  multistore,
  type ProofOp,
  sha256,
} from '../../support/ics23.ts'

const entry = (key: string, value = `v-${key}`) => ({ key: bytes(key), value: bytes(value) })
const REMES = iavlTree(['ada', 'bob', 'cid', 'dot', 'eve', 'fay', 'gus'].map((key) => entry(key)))
const CHAIN = multistore({
  auth: iavlTree([entry('cid', 'of auth')]),
  remes: REMES,
  // Index rows, as x/group writes them, have no value.
  group: iavlTree([entry('ada'), entry('idx', ''), entry('max'), entry('zoe')]),
  staking: iavlTree([entry('params')]),
})

const ask = (key: string, store = 'remes') => answerTo(CHAIN, store, bytes(key))

function found(key: string): Existence {
  const proof = existenceIn(REMES, bytes(key))
  if (proof === undefined) throw new Error(`the store holds no ${key}`)
  return proof
}

function ops(answer: Answer): [ProofOp, ProofOp] {
  const [iavl, simple] = answer.proofOps
  if (iavl === undefined || simple === undefined) throw new Error('an answer has two operations')
  return [iavl, simple]
}

function why(answer: Answer): string {
  const verdict = checkStoreProof(answer)
  return verdict.ok ? 'accepted' : `${verdict.kind}: ${verdict.why}`
}

describe('the proof of an answer', () => {
  it('shows the value', () => {
    expect(checkStoreProof(ask('cid'))).toEqual({
      ok: true,
      proof: { kind: 'existence', value: bytes('v-cid') },
    })
  })

  it('shows an absence with its neighbours and their values', () => {
    expect(checkStoreProof(ask('cob'))).toEqual({
      ok: true,
      proof: { kind: 'absence', left: entry('cid'), right: entry('dot') },
    })
    expect(checkStoreProof(ask('a'))).toEqual({
      ok: true,
      proof: { kind: 'absence', left: undefined, right: entry('ada') },
    })
    expect(checkStoreProof(ask('zoe'))).toEqual({
      ok: true,
      proof: { kind: 'absence', left: entry('gus'), right: undefined },
    })
  })

  it('shows an absence for an answer that says so by an empty value', () => {
    expect(checkStoreProof({ ...ask('cob'), value: new Uint8Array() }).ok).toBe(true)
  })

  it('shows the neighbour right behind a key, by which listings walk', () => {
    const verdict = checkStoreProof(answerTo(CHAIN, 'remes', join(bytes('cid'), Uint8Array.of(0))))
    expect(verdict).toEqual({
      ok: true,
      proof: { kind: 'absence', left: entry('cid'), right: entry('dot') },
    })
  })

  it('does not hold for another value, or for none', () => {
    expect(why({ ...ask('cid'), value: bytes('v-dot') })).toBe('invalid: it is about another value')
    expect(why({ ...ask('cid'), value: undefined })).toBe(
      'invalid: it shows a value, but the answer has none',
    )
  })

  it('does not hold as an absence when there is a value in the answer', () => {
    expect(why({ ...ask('cob'), value: bytes('approved') })).toBe(
      'invalid: it shows an absence, but the answer has a value',
    )
  })

  it('does not hold for another key', () => {
    const { proofOps } = ask('cid')
    expect(why({ ...ask('dot'), value: bytes('v-cid'), proofOps })).toMatch(/ics23:iavl is about another key/)
    const [iavl, simple] = ops(ask('cid'))
    const renamed = [{ ...iavl, key: bytes('dot') }, simple]
    expect(why({ ...ask('dot'), value: bytes('v-cid'), proofOps: renamed })).toBe(
      'invalid: it is about another key',
    )
    const absence = answerTo(CHAIN, 'remes', bytes('cub'), absenceIn(REMES, bytes('cob')))
    expect(why(absence)).toBe('invalid: it is about another key')
  })

  it('does not hold for another store, though both hold the key', () => {
    const other = ask('cid', 'auth')
    expect(why(other)).toBe('accepted')
    expect(why({ ...other, store: 'remes' })).toMatch(/ics23:simple is about another key/)
    const [iavl, simple] = ops(other)
    expect(why({ ...other, store: 'remes', proofOps: [iavl, { ...simple, key: bytes('remes') }] })).toMatch(
      /does not show the root of the store/,
    )
    const [, ofRemes] = ops(ask('cid'))
    expect(why({ ...other, store: 'remes', proofOps: [iavl, ofRemes] })).toMatch(/expected root/)
  })

  it('does not hold for another app hash', () => {
    expect(why({ ...ask('cid'), appHash: sha256() })).toMatch(/does not lead to the app hash/)
    expect(why({ ...ask('cid'), appHash: new Uint8Array() })).toMatch(/does not lead to the app hash/)
    expect(why({ ...ask('cid'), appHash: REMES.root })).toMatch(/does not lead to the app hash/)
  })

  it('needs its two operations in order, and no more', () => {
    const answer = ask('cid')
    const [iavl, simple] = ops(answer)
    expect(why({ ...answer, proofOps: [] })).toMatch(/0 operations/)
    expect(why({ ...answer, proofOps: [iavl] })).toMatch(/1 operations/)
    expect(why({ ...answer, proofOps: [iavl, simple, simple] })).toMatch(/3 operations/)
    expect(why({ ...answer, proofOps: [simple, iavl] })).toMatch(/where ics23:iavl must stand/)
    expect(why({ ...answer, proofOps: [iavl, iavl] })).toMatch(/where ics23:simple must stand/)
    expect(why({ ...answer, proofOps: [{ ...iavl, type: 'ics23:smt' }, simple] })).toMatch(/ics23:iavl must/)
    expect(why({ ...answer, proofOps: [iavl, { ...simple, type: 'iavl:v' }] })).toMatch(/ics23:simple must/)
  })

  it('needs proofs in both operations', () => {
    const answer = ask('cid')
    const [iavl, simple] = ops(answer)
    expect(why({ ...answer, proofOps: [{ ...iavl, data: new Uint8Array() }, simple] })).toMatch(/empty/)
    expect(why({ ...answer, proofOps: [iavl, { ...simple, data: bytes('x') }] })).toMatch(/no ICS23 proof/)
    expect(why({ ...answer, proofOps: [iavl, { ...simple, data: iavl.data }] })).toMatch(/root of the store/)
    const unmounted = encodeProof(absenceIn(CHAIN.mounts, bytes('remes')))
    expect(why({ ...answer, proofOps: [iavl, { ...simple, data: unmounted }] })).toMatch(/root of the store/)
  })
})

describe('the neighbours of an absence', () => {
  const shown = (key: string, left: Existence | undefined, right: Existence | undefined) => {
    const lie: Absence = { key: bytes(key), left, right }
    return why({ ...answerTo(CHAIN, 'remes', bytes(key), lie), value: undefined })
  }

  it.each([
    ['none at all', 'cob', undefined, undefined, /no neighbour/],
    ['exchanged', 'cob', 'dot', 'cid', /left neighbour is not left/],
    ['both on the left', 'cob', 'bob', 'cid', /right neighbour is not right/],
    ['both on the right', 'cob', 'dot', 'eve', /left neighbour is not left/],
    ['one too far on the left', 'cob', 'bob', 'dot', /other entries stand between/],
    ['one too far on the right', 'cob', 'cid', 'eve', /other entries stand between/],
    ['the first and the last entry', 'cob', 'ada', 'gus', /other entries stand between/],
    ['a left one alone that is not the last', 'cob', 'cid', undefined, /not the last entry/],
    ['a right one alone that is not the first', 'cob', undefined, 'dot', /not the first entry/],
    ['a hidden key between them', 'cid', 'bob', 'dot', /other entries stand between/],
    ['the hidden key itself on the left', 'cid', 'cid', 'dot', /left neighbour is not left/],
    ['the hidden key itself on the right', 'cid', 'bob', 'cid', /right neighbour is not right/],
    ['a hidden first key', 'ada', undefined, 'bob', /not the first entry/],
    ['a hidden last key', 'gus', 'fay', undefined, /not the last entry/],
  ])('do not prove it: %s', (_, key, left, right, reason) => {
    expect(shown(key, left ? found(left) : undefined, right ? found(right) : undefined)).toMatch(reason)
  })

  it('do not prove it when one comes from another store', () => {
    const other = CHAIN.stores.get('staking')?.entries[0]
    expect(shown('gut', found('gus'), other)).toMatch(/expected root/)
  })

  it('do not prove it when one ends above the other', () => {
    // An inner node posing as the right neighbour: its path is the end of the left one's.
    const left = found('ada')
    expect(shown('b', left, { ...found('bob'), path: left.path.slice(1) })).toMatch(/^invalid/)
    expect(shown('b', { ...left, path: [] }, { ...found('bob'), path: [] })).toMatch(/^invalid/)
  })

  it('prove it in a tree with one entry, on either side of it', () => {
    const chain = multistore({ remes: iavlTree([entry('cid')]) })
    expect(checkStoreProof(answerTo(chain, 'remes', bytes('a'))).ok).toBe(true)
    expect(checkStoreProof(answerTo(chain, 'remes', bytes('x'))).ok).toBe(true)
  })
})

describe('an entry without a value', () => {
  it('cannot be proven, and is no absence', () => {
    expect(why(ask('idx', 'group'))).toBe('unprovable: it shows an entry with an empty value')
    expect(why({ ...ask('idx', 'group'), value: undefined })).toMatch(/^unprovable/)
  })

  it('makes the absence beside it unprovable', () => {
    expect(why(ask('bob', 'group'))).toMatch(/^unprovable/)
    expect(why(ask('kim', 'group'))).toMatch(/^unprovable/)
    expect(why(ask('nan', 'group'))).toBe('accepted')
  })

  it('that is made up is an invalid proof, not an unprovable one', () => {
    const bare = { ...found('cid'), value: new Uint8Array() }
    expect(why({ ...answerTo(CHAIN, 'remes', bytes('cid'), bare), value: undefined })).toMatch(
      /expected root/,
    )
    const group = CHAIN.stores.get('group')
    if (group === undefined) throw new Error('the chain has the store')
    const wrong = { ...absenceIn(group, bytes('kim')), right: existenceIn(group, bytes('zoe')) }
    expect(why(answerTo(CHAIN, 'group', bytes('kim'), wrong))).toMatch(/other entries stand between/)
  })

  it('does not excuse an answer that has a value', () => {
    expect(why({ ...ask('idx', 'group'), value: bytes('approved') })).toMatch(/^invalid/)
  })
})

describe('an empty store', () => {
  const chain = multistore({ auth: iavlTree([entry('cid')]), remes: iavlTree([]) })

  it('is proven to hold nothing, by its root', () => {
    expect(checkStoreProof(answerTo(chain, 'remes', bytes('cid')))).toEqual({
      ok: true,
      proof: { kind: 'absence', left: undefined, right: undefined },
    })
  })

  it('is not believed to be empty without that root', () => {
    const bare: Absence = { key: bytes('zoe'), left: undefined, right: undefined }
    expect(why(answerTo(chain, 'auth', bytes('zoe'), bare))).toBe('invalid: it shows no neighbour')
    const [iavl] = ops(answerTo(chain, 'remes', bytes('zoe')))
    const [, simple] = ops(answerTo(chain, 'auth', bytes('zoe')))
    const mixed = { ...answerTo(chain, 'auth', bytes('zoe')), proofOps: [iavl, simple] }
    expect(why(mixed)).toBe('invalid: it shows no neighbour')
  })

  it('proves nothing about a key that its proof does not name, and shows no entries', () => {
    const asked = answerTo(chain, 'remes', bytes('cid'))
    const other: Absence = { key: bytes('dot'), left: undefined, right: undefined }
    expect(why(answerTo(chain, 'remes', bytes('cid'), other))).toBe('invalid: it is about another key')
    const [neighbour] = chain.stores.get('auth')?.entries ?? []
    const borrowed: Absence = { key: bytes('dot'), left: neighbour, right: undefined }
    expect(why(answerTo(chain, 'remes', bytes('dot'), borrowed))).toMatch(/expected root/)
    expect(why({ ...asked, value: bytes('approved') })).toMatch(/^invalid/)
  })
})
