import { base16 } from 'multiformats/bases/base16'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { isSameCid, normaliseCid } from '../../src/registry/cid.ts'
import { approvedDigest } from '../../src/registry/digests.ts'
import { sha256Of } from '../support/digest.ts'
import { refusalOf } from '../support/registry.ts'

const multihash = (name: string) => Digest.create(0x12, Buffer.from(sha256Of(name), 'hex'))
const cidV1 = (name: string, codec = 0x70) => CID.createV1(codec, multihash(name))
const V1 = cidV1('a').toString()
const V0 = CID.createV0(multihash('a')).toString()
const OTHER = cidV1('b').toString()

describe('CIDs', () => {
  it.each([
    V0,
    cidV1('a').toString(base58btc),
    cidV1('a').toString(base16),
    cidV1('a').toString(base64url),
    V1.toUpperCase(),
  ])('are equal by their bytes: %s', (spelling) => {
    expect(isSameCid(spelling, V1)).toBe(true)
    expect(isSameCid(` ${V1}`, spelling)).toBe(true)
  })

  it('differ in content or codec', () => {
    expect(isSameCid(V1, OTHER)).toBe(false)
    expect(isSameCid(V1, cidV1('a', 0x55).toString())).toBe(false)
  })

  it.each(['', 'QmNope', 'bafy!', 'x', V1.slice(0, -3), `${V1}aaaaaaaa`, 'b'.repeat(10_000), '../../x'])(
    'are not made of %j',
    (text) => {
      expect(normaliseCid(text)).toBeUndefined()
    },
  )

  it('have one usual spelling', () => {
    expect(normaliseCid(cidV1('a').toString(base16))).toBe(V1)
    expect(normaliseCid(V0)).toBe(V0)
  })
})

const claims = (checksum: string, ...cids: string[]) => ({
  subject: 'model 1.0.0',
  checksum,
  cids: cids.map((cid, index) => ({ record: `record ${index + 1}`, cid })),
})

describe('the approved digest', () => {
  it('is the SHA-256 wherever one is approved, with the CID as a place', () => {
    const hex = sha256Of('x')
    expect(approvedDigest(claims(hex.toUpperCase(), V0, '', V1))).toEqual({
      digest: { kind: 'sha256', hex },
      cid: V0,
      notices: [],
    })
    expect(approvedDigest(claims(`manifest:${hex}`)).digest).toEqual({ kind: 'manifest', hex })
  })

  it('keeps its SHA-256 and a notice when the CID is none', () => {
    const approved = approvedDigest(claims(sha256Of('x'), 'QmNope'))
    expect(approved.cid).toBeUndefined()
    expect(approved.notices).toHaveLength(1)
    expect(approved.notices.join()).not.toContain('QmNope')
  })

  it.each([
    ['DIGEST_MISSING', claims('')],
    ['DIGEST_MISSING', claims(' ', '', ' ')],
    ['DIGEST_UNSUPPORTED', claims('', V1)],
    ['DIGEST_INVALID', claims('', 'QmNope')],
    ['DIGEST_INVALID', claims('abc')],
    ['DIGEST_INVALID', claims(`${'a'.repeat(63)}g`)],
    ['DIGEST_INVALID', claims('a'.repeat(65))],
    ['DIGEST_INVALID', claims(`sha256:${'a'.repeat(64)}`)],
    ['DIGEST_INVALID', claims('а'.repeat(64))],
    ['DIGEST_WEAK', claims(`tree:${'a'.repeat(64)}`)],
    ['REGISTRY_INCONSISTENT', claims(sha256Of('x'), V1, OTHER)],
    ['REGISTRY_INCONSISTENT', claims(sha256Of('x'), V1, '', 'QmNope')],
  ] as const)('is refused as %s', (code, given) => {
    expect(refusalOf(() => approvedDigest(given)).code).toBe(code)
  })

  it('names the records that disagree', () => {
    const refusal = refusalOf(() => approvedDigest(claims(sha256Of('x'), V1, OTHER)))
    expect(refusal.message).toMatch(/model 1\.0\.0: record 1 .* record 2/)
    expect(refusal.detail).toContain(OTHER)
  })
})
