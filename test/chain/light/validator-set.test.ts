import { describe, expect, it } from 'vitest'
import {
  compareValidators,
  hashValidatorSet,
  MAX_TOTAL_VOTING_POWER,
  validatorSetOf,
} from '../../../src/chain/light/validator-set.ts'
import { aSigner, aSignerOfUnknownKind, filled, setOf, signers } from '../../support/signed-blocks.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const refused = (why: string) => ({ ok: false, why })

describe('a validator set', () => {
  it('adds up its power', () => {
    expect(validatorSetOf(setOf([aSigner(1, 5n), aSigner(2, 7n)]).validators)).toMatchObject({
      ok: true,
      value: { totalVotingPower: 12n },
    })
  })

  it('is refused when it is empty', () => {
    expect(validatorSetOf([])).toEqual(refused('it has no validators'))
  })

  it.each([0n, -1n, -(2n ** 63n)])('is refused with a power of %s', (votingPower) => {
    const [first, second] = setOf(signers(1, 2)).validators
    if (first === undefined || second === undefined) throw new Error('two validators')
    expect(validatorSetOf([first, { ...second, votingPower }])).toEqual(
      refused('validator 1 has no voting power'),
    )
  })

  it('is refused with the same validator twice, next to each other or not', () => {
    const [a] = setOf([aSigner(1, 3n)]).validators
    const [b] = setOf([aSigner(2, 2n)]).validators
    if (a === undefined || b === undefined) throw new Error('two validators')
    expect(validatorSetOf([a, a])).toEqual(refused('validator 1 is in it twice'))
    expect(validatorSetOf([a, b, { ...a, votingPower: 1n }])).toEqual(refused('validator 2 is in it twice'))
  })

  it('is refused out of order: power descending, then address ascending', () => {
    const byPower = setOf([aSigner(1, 5n), aSigner(2, 7n)]).validators
    const byAddress = setOf(signers(1, 2)).validators
    expect(byPower.map(({ votingPower }) => votingPower)).toEqual([7n, 5n])
    expect(hex(byAddress[0]?.address ?? filled(0))).toBe(
      byAddress.map(({ address }) => hex(address)).sort()[0],
    )
    expect(validatorSetOf(byPower.toReversed())).toEqual(refused('validator 1 is out of order'))
    expect(validatorSetOf(byAddress.toReversed())).toEqual(refused('validator 1 is out of order'))
  })

  it('is refused one above the largest total power, not at it', () => {
    const half = MAX_TOTAL_VOTING_POWER / 2n
    const rest = MAX_TOTAL_VOTING_POWER - half
    expect(validatorSetOf(setOf([aSigner(1, half), aSigner(2, rest)]).validators).ok).toBe(true)
    expect(validatorSetOf(setOf([aSigner(1, half + 1n), aSigner(2, rest)]).validators)).toEqual(
      refused('its total voting power is too large'),
    )
  })

  it('is refused with an address of another length', () => {
    const [first] = setOf(signers(1, 1)).validators
    if (first === undefined) throw new Error('one validator')
    expect(validatorSetOf([{ ...first, address: filled(1, 21) }])).toEqual(
      refused('the address of validator 0 does not have 20 bytes'),
    )
  })

  it('hashes key, power and order, and no address', () => {
    const set = setOf([aSigner(1, 5n), aSigner(2, 7n)])
    const [first, second] = set.validators
    if (first === undefined || second === undefined) throw new Error('two validators')
    const hashOf = (validators: typeof set.validators) => hex(hashValidatorSet({ ...set, validators }))
    const hash = hashOf([first, second])
    expect(hashOf([{ ...first, votingPower: 8n }, second])).not.toBe(hash)
    expect(hashOf([{ ...first, publicKey: { ...first.publicKey, bytes: filled(1) } }, second])).not.toBe(hash)
    expect(hashOf([{ ...first, publicKey: { ...first.publicKey, kind: 'secp256k1' } }, second])).not.toBe(
      hash,
    )
    expect(hashOf([second, first])).not.toBe(hash)
    expect(hashOf([first])).not.toBe(hash)
    expect(hashOf([{ ...first, address: filled(1, 20) }, second])).toBe(hash)
  })

  it('can be hashed with a key of a kind we do not know', () => {
    const set = setOf([aSigner(1), aSignerOfUnknownKind(2)])
    expect(validatorSetOf(set.validators).ok).toBe(true)
    expect(hex(hashValidatorSet(set))).not.toBe(hex(hashValidatorSet(setOf([aSigner(1)]))))
  })

  it('orders validators the same way whatever order they came in', () => {
    const some = [aSigner(1, 1n), aSigner(2, 9n), aSigner(3, 9n), aSigner(4, 4n)].map(
      ({ validator }) => validator,
    )
    const sorted = some.toSorted(compareValidators)
    expect(some.toReversed().toSorted(compareValidators)).toEqual(sorted)
    expect(sorted.map(({ votingPower }) => votingPower)).toEqual([9n, 9n, 4n, 1n])
  })
})
