import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DEFAULT_TRUST_LEVEL,
  type VoteCheck,
  verifyCommitLight,
  verifyCommitLightTrusting,
  voteCheck,
} from '../../../src/chain/light/commit.ts'
import { BLOCK_ID_FLAG, type LightBlock, type Verdict } from '../../../src/chain/light/types.ts'
import {
  aLightBlock,
  aSecp256k1Signer,
  aSigner,
  aSignerOfUnknownKind,
  CHAIN_ID,
  filled,
  type Signer,
  setOf,
  signers,
  withCommit,
  withVote,
} from '../../support/signed-blocks.ts'

const OK: Verdict = { ok: true }
const invalid = (why: string): Verdict => ({ ok: false, kind: 'invalid', why })
const votesOf = ({ signedHeader }: LightBlock) => signedHeader.commit.signatures

function light(block: LightBlock): Verdict {
  const { commit } = block.signedHeader
  return verifyCommitLight(block.validators, commit, voteCheck(CHAIN_ID, commit))
}

function trusting(trusted: readonly Signer[], block: LightBlock): Verdict {
  const { commit } = block.signedHeader
  return verifyCommitLightTrusting(setOf(trusted), commit, DEFAULT_TRUST_LEVEL, voteCheck(CHAIN_ID, commit))
}

/** A block of these validators, of whom only some vote for it; the others vote as `otherwise`. */
function signedBy(
  all: readonly Signer[],
  some: readonly Signer[],
  otherwise: 1 | 3 = BLOCK_ID_FLAG.absent,
): LightBlock {
  const addresses = new Set(some.map(({ validator }) => String(validator.address)))
  return aLightBlock({
    validators: all,
    vote: ({ validator }) => (addresses.has(String(validator.address)) ? BLOCK_ID_FLAG.commit : otherwise),
  })
}

describe("a block's own validators", () => {
  it('suffice with more than two thirds of the power', () => {
    expect(light(signedBy(signers(1, 4), signers(1, 3)))).toEqual(OK)
    expect(light(signedBy(signers(1, 100), signers(1, 67)))).toEqual(OK)
  })

  it('do not suffice with exactly two thirds', () => {
    expect(light(signedBy(signers(1, 3), signers(1, 2)))).toEqual(
      invalid('its commit is signed by 20 of 30 voting power, where more than 2/3 is needed'),
    )
  })

  it('are counted by power, to the last unit', () => {
    // 20/30 is two thirds; one unit more is more than that, one unit more elsewhere is less.
    const block = (power: bigint, other: bigint) =>
      signedBy([aSigner(1, power), aSigner(2, other)], [aSigner(1, power)])
    expect(light(block(20n, 10n)).ok).toBe(false)
    expect(light(block(21n, 10n))).toEqual(OK)
    expect(light(block(20n, 11n)).ok).toBe(false)
    expect(light(block(19n, 9n))).toEqual(OK)
  })

  it('are counted exactly where numbers no longer fit in floating point', () => {
    const third = 2n ** 57n
    const all = [aSigner(1, 2n * third), aSigner(2, third)]
    const one = [aSigner(1, 2n * third)]
    expect(light(signedBy(all, one)).ok).toBe(false)
    const more = [aSigner(1, 2n * third + 1n)]
    expect(light(signedBy([...more, aSigner(2, third)], more))).toEqual(OK)
  })

  it('do not suffice with votes for nil', () => {
    const block = signedBy(signers(1, 4), signers(1, 2), BLOCK_ID_FLAG.nil)
    expect(light(block)).toEqual(
      invalid('its commit is signed by 20 of 40 voting power, where more than 2/3 is needed'),
    )
  })

  it('cannot have a vote for nil turned into one for the block', () => {
    const block = signedBy(signers(1, 3), signers(1, 2), BLOCK_ID_FLAG.nil)
    const nil = votesOf(block).findIndex(({ blockIdFlag }) => blockIdFlag === BLOCK_ID_FLAG.nil)
    expect(light(withVote(block, nil, { blockIdFlag: BLOCK_ID_FLAG.commit }))).toEqual(
      invalid(`signature ${nil} of its commit is wrong`),
    )
  })

  it('are refused with a wrong signature that was needed, and not with one behind those that suffice', () => {
    const block = aLightBlock({ validators: signers(1, 4) })
    const wrong = { signature: filled(1, 64) }
    for (const index of [0, 1, 2]) {
      expect(light(withVote(block, index, wrong))).toEqual(
        invalid(`signature ${index} of its commit is wrong`),
      )
    }
    expect(light(withVote(block, 3, wrong))).toEqual(OK)
  })

  it('must be as many as the signatures', () => {
    const block = aLightBlock({ validators: signers(1, 4) })
    const tooFew = withCommit(block, { signatures: votesOf(block).slice(0, 3) })
    expect(light(tooFew)).toEqual(invalid('its commit has 3 signatures for 4 validators'))
    const tooMany = withCommit(block, { signatures: [...votesOf(block), ...votesOf(block).slice(0, 1)] })
    expect(light(tooMany)).toEqual(invalid('its commit has 5 signatures for 4 validators'))
  })

  it('must stand at their index, also where the vote is not needed or for nil', () => {
    const block = signedBy(signers(1, 7), signers(1, 6), BLOCK_ID_FLAG.nil)
    for (const index of votesOf(block).keys()) {
      expect(light(withVote(block, index, { validatorAddress: filled(1, 20) }))).toEqual(
        invalid(`signature ${index} of its commit does not carry the address of validator ${index}`),
      )
    }
  })

  it('cannot swap signatures', () => {
    const block = aLightBlock({ validators: signers(1, 4) })
    const [first, second, ...others] = votesOf(block)
    if (first === undefined || second === undefined) throw new Error('four votes')
    expect(light(withCommit(block, { signatures: [second, first, ...others] })).ok).toBe(false)
  })

  it('sign for one chain, height, round, block and time', () => {
    const block = aLightBlock({ validators: signers(1, 4) })
    const { commit } = block.signedHeader
    const { blockId } = commit
    const changes = {
      height: { height: 2n },
      round: { round: 1 },
      hash: { blockId: { ...blockId, hash: filled(0) } },
      total: { blockId: { ...blockId, partSetHeader: { ...blockId.partSetHeader, total: 2 } } },
      parts: { blockId: { ...blockId, partSetHeader: { ...blockId.partSetHeader, hash: filled(0) } } },
    }
    for (const change of Object.values(changes)) {
      expect(light(withCommit(block, change))).toEqual(invalid('signature 0 of its commit is wrong'))
    }
    expect(light(withVote(block, 0, { timestamp: { seconds: 1n, nanos: 1 } })).ok).toBe(false)
    expect(verifyCommitLight(block.validators, commit, voteCheck('light-test-2', commit)).ok).toBe(false)
  })

  it('may have keys of both kinds', () => {
    const block = aLightBlock({ validators: [aSigner(1), aSecp256k1Signer(), aSecp256k1Signer()] })
    expect(light(block)).toEqual(OK)
    expect(light(withVote(block, 0, { signature: votesOf(block)[1]?.signature ?? filled(0) })).ok).toBe(false)
  })

  it('may have keys of an unknown kind where the others suffice', () => {
    const validators = [...signers(1, 3), aSignerOfUnknownKind(9)]
    expect(light(aLightBlock({ validators }))).toEqual(OK)
    const first = [...signers(1, 3), aSignerOfUnknownKind(9, 12n)]
    expect(setOf(first).validators[0]?.publicKey.kind).toBe('unknown')
    expect(light(aLightBlock({ validators: first }))).toEqual(OK)
  })

  it('are refused where a vote with a key of an unknown kind is needed', () => {
    const block = aLightBlock({ validators: [...signers(1, 2), aSignerOfUnknownKind(9)] })
    expect(light(block)).toEqual(
      invalid(
        'its commit is signed by 20 of 30 voting power, and 10 more by kinds of keys that cannot be checked, where more than 2/3 is needed',
      ),
    )
  })
})

describe('trusted validators', () => {
  it('suffice with more than a third of their power', () => {
    expect(trusting(signers(1, 5), signedBy(signers(1, 8), signers(1, 2)))).toEqual(OK)
  })

  it('do not suffice with exactly a third', () => {
    expect(trusting(signers(1, 3), aLightBlock({ validators: signers(3, 9) }))).toEqual({
      ok: false,
      kind: 'not-enough-trust',
      why: 'of the trusted validators it is signed by 10 of 30 voting power, where more than 1/3 is needed',
    })
  })

  it('are counted by the power they were trusted with', () => {
    const rest = signers(2, 9)
    const trustedWith = (power: bigint) =>
      trusting([aSigner(1, power), aSigner(100, 20n)], aLightBlock({ validators: [aSigner(1, 1n), ...rest] }))
    expect(trustedWith(10n).ok).toBe(false)
    expect(trustedWith(11n)).toEqual(OK)
  })

  it('are found by address, wherever they stand', () => {
    const block = aLightBlock({ validators: [aSigner(1, 1n), ...signers(50, 60, 100n)] })
    expect(trusting([aSigner(1)], block)).toEqual(OK)
  })

  it('do not count with a vote for nil, or absent', () => {
    const trusted = signers(1, 2)
    const block = signedBy(signers(1, 9), signers(3, 9), BLOCK_ID_FLAG.nil)
    expect(trusting(trusted, block)).toMatchObject({ kind: 'not-enough-trust' })
    expect(trusting(trusted, signedBy(signers(1, 9), signers(3, 9)))).toMatchObject({
      kind: 'not-enough-trust',
    })
  })

  it('may not vote twice', () => {
    const trusted = signers(1, 9)
    const block = aLightBlock({ validators: signers(1, 2) })
    const [first] = votesOf(block)
    if (first === undefined) throw new Error('two votes')
    const twice = withCommit(block, { signatures: [first, first, first, first] })
    expect(trusting(trusted, twice)).toEqual(invalid('signatures 0 and 1 of its commit are of one validator'))
  })

  it('refuse a block with a wrong signature of one of them', () => {
    const block = withVote(aLightBlock({ validators: signers(1, 4) }), 0, { signature: filled(1, 64) })
    expect(trusting(signers(1, 4), block)).toEqual(invalid('signature 0 of its commit is wrong'))
  })

  it('cannot be impersonated by validators that carry their addresses', () => {
    const liars = signers(50, 53)
    const block = aLightBlock({ validators: liars })
    const { commit } = block.signedHeader
    const trusted = setOf(signers(1, 4))
    const impersonated = commit.signatures.map((vote, index) => ({
      ...vote,
      validatorAddress: trusted.validators[index]?.address ?? filled(0, 20),
    }))
    expect(trusting(signers(1, 4), withCommit(block, { signatures: impersonated }))).toEqual(
      invalid('signature 0 of its commit is wrong'),
    )
  })

  it('with keys of an unknown kind count nothing', () => {
    const block = aLightBlock({ validators: [...signers(1, 3), aSignerOfUnknownKind(9)] })
    expect(trusting([aSignerOfUnknownKind(9)], block)).toMatchObject({ ok: false, kind: 'not-enough-trust' })
    expect(trusting([aSigner(1), aSignerOfUnknownKind(9)], block)).toEqual(OK)
  })
})

describe('the fraction that signed', () => {
  /** Seats with their power and whether they vote for the block. */
  const seats = fc.array(fc.record({ power: fc.bigInt({ min: 1n, max: 2n ** 56n }), votes: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  })
  /** Three seats of one power: a third and two thirds are exact there. */
  const thirds = fc
    .tuple(fc.bigInt({ min: 1n, max: 2n ** 56n }), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
    .map(([power, votes]) => votes.map((vote) => ({ power, votes: vote })))

  it('is compared as a fraction of whole numbers, for both sorts of validators', () => {
    const anySignature: VoteCheck = () => true
    fc.assert(
      fc.property(fc.oneof(seats, thirds), (some) => {
        const all = some.map(({ power, votes }, index) => ({ signer: aSigner(index, power), votes }))
        const yes = all.filter(({ votes }) => votes).map(({ signer }) => signer)
        const set = setOf(all.map(({ signer }) => signer))
        const { commit } = signedBy(
          all.map(({ signer }) => signer),
          yes,
        ).signedHeader
        const [signed, total] = [setOf(yes).totalVotingPower, set.totalVotingPower]
        expect(verifyCommitLight(set, commit, anySignature).ok).toBe(signed + signed + signed > total + total)
        expect(verifyCommitLightTrusting(set, commit, DEFAULT_TRUST_LEVEL, anySignature).ok).toBe(
          signed + signed + signed > total,
        )
      }),
    )
  })
})

describe('the check of a vote', () => {
  it('remembers a signature for the very key and index it was found with', () => {
    const [a, b] = [aSigner(1), aSigner(2)]
    const { commit } = aLightBlock({ validators: [a, b] }).signedHeader
    const isSignedBy: VoteCheck = voteCheck(CHAIN_ID, commit)
    const [first, second] = setOf([a, b]).validators
    if (first === undefined || second === undefined) throw new Error('two validators')
    for (const _again of [1, 2]) {
      expect(isSignedBy(0, first.publicKey)).toBe(true)
      expect(isSignedBy(1, second.publicKey)).toBe(true)
      expect(isSignedBy(0, second.publicKey)).toBe(false)
      expect(isSignedBy(1, first.publicKey)).toBe(false)
      expect(isSignedBy(0, { ...first.publicKey, kind: 'unknown' })).toBe(false)
      expect(isSignedBy(2, first.publicKey)).toBe(false)
    }
  })
})
