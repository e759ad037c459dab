import { describe, expect, it } from 'vitest'
import { parseValidatorsAnswer } from '../../../src/chain/light/parse.ts'
import { filled } from '../../support/signed-blocks.ts'

type Json = Readonly<Record<string, unknown>>

const H = (byte: string, length = 32) => byte.repeat(length)

/** As CometBFT 0.38 wrote it. */
const SECP256K1: Json = {
  address: '2A01ECFB888B0DF7DA104C7840BBF0358C1082D2',
  pub_key: { type: 'tendermint/PubKeySecp256k1', value: 'AgabZrKHEQh7eNvw5Av5yTsd7rCEduPq4TCdkPKVSHEw' },
  voting_power: '1099511627776',
  proposer_priority: '-10',
}
const ED25519: Json = {
  address: '8C31DC5D886E28FFD48BBE6EE2E901C486794069',
  pub_key: { type: 'tendermint/PubKeyEd25519', value: 'eGVygzLgOmO2RCtC75jusdS+/R6cUDK4PXD2Tl9VGlA=' },
  voting_power: '10',
  proposer_priority: '10',
}

const page = (changes: Json = {}): Json => ({
  block_height: '7',
  validators: [SECP256K1, ED25519],
  count: '2',
  total: '250',
  ...changes,
})

const withValidator = (changes: Json) =>
  parseValidatorsAnswer(page({ validators: [SECP256K1, { ...ED25519, ...changes }] }))

describe('the answer to `validators`', () => {
  it('is read as CometBFT wrote it', () => {
    expect(parseValidatorsAnswer(page())).toMatchObject({
      ok: true,
      value: {
        height: 7n,
        count: 2,
        total: 250,
        validators: [
          { publicKey: { kind: 'secp256k1' }, votingPower: 2n ** 40n },
          {
            address: new Uint8Array(Buffer.from('8C31DC5D886E28FFD48BBE6EE2E901C486794069', 'hex')),
            publicKey: { kind: 'ed25519' },
            votingPower: 10n,
          },
        ],
      },
    })
  })

  it('may be an empty page', () => {
    for (const validators of [[], null]) {
      expect(parseValidatorsAnswer(page({ validators, count: '0' }))).toMatchObject({
        ok: true,
        value: { validators: [], count: 0 },
      })
    }
  })

  it('is refused when an address is not the one of its key', () => {
    expect(withValidator({ address: H('01', 20) })).toEqual({
      ok: false,
      why: '`validators` gives validators[1] an address that is not the one of its key',
    })
  })

  it('keeps a key of an unknown kind, with the address the node gives', () => {
    const unknown = {
      address: H('01', 20),
      pub_key: { type: 'cometbft/PubKeyBls12_381', value: Buffer.alloc(96, 1).toString('base64') },
    }
    const parsed = withValidator(unknown)
    expect(parsed.ok && parsed.value.validators[1]).toMatchObject({
      address: filled(1, 20),
      publicKey: { kind: 'unknown', bytes: filled(1, 96) },
    })
  })

  it('takes names that JavaScript gives to every object for unknown kinds', () => {
    const parsed = withValidator({ pub_key: { type: 'constructor', value: '' } })
    expect(parsed.ok && parsed.value.validators[1]?.publicKey.kind).toBe('unknown')
  })

  it.each([
    ['address', { address: H('01', 19) }],
    ['pub_key', { pub_key: null }],
    ['pub_key.type', { pub_key: { value: '' } }],
    ['pub_key.value', { pub_key: { type: 'tendermint/PubKeyEd25519', value: 'AAAA' } }],
    ['pub_key.value', { pub_key: { type: 'tendermint/PubKeyEd25519', value: null } }],
    ['pub_key.value', { pub_key: { type: 'tendermint/PubKeySecp256k1', value: 'AAAA' } }],
    ['pub_key.value', { pub_key: { type: 'other', value: Buffer.alloc(1025).toString('base64') } }],
    ['voting_power', { voting_power: '0' }],
    ['voting_power', { voting_power: '-1' }],
    ['voting_power', { voting_power: 10 }],
    ['voting_power', { voting_power: '9223372036854775808' }],
    ['voting_power', { voting_power: undefined }],
  ])('is refused with a wrong %s of a validator', (field, changes) => {
    expect(withValidator(changes)).toEqual({
      ok: false,
      why: `\`validators\` has no valid validators[1].${field}`,
    })
  })

  it.each([
    ['block_height', { block_height: 7 }],
    ['validators', { validators: {} }],
    ['validators', { validators: Array.from({ length: 10_001 }, () => ED25519) }],
    ['validators[0]', { validators: ['x'] }],
    ['count', { count: 2 }],
    ['count', { count: '-2' }],
    ['total', { total: '9007199254740992' }],
    ['total', { total: undefined }],
  ])('is refused with a wrong %s', (field, changes) => {
    expect(parseValidatorsAnswer(page(changes))).toEqual({
      ok: false,
      why: `\`validators\` has no valid ${field}`,
    })
  })
})
