import { describe, expect, it } from 'vitest'
import { verifySignature } from '../../../src/chain/light/signature.ts'
import {
  aSecp256k1Signer,
  aSigner,
  aSignerOfUnknownKind,
  filled,
  withOtherS,
} from '../../support/signed-blocks.ts'

const fromHex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const message = new TextEncoder().encode('message')

/** The order of Ed25519's group, little-endian: adding it to S gives the same equation. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n

function plusOrder(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + L
  const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()
  return new Uint8Array([...signature.subarray(0, 32), ...bytes])
}

describe('a signature', () => {
  it('that CometBFT made with Ed25519 is accepted', () => {
    const publicKey = {
      kind: 'ed25519',
      bytes: fromHex('7865728332e03a63b6442b42ef98eeb1d4befd1e9c5032b83d70f64e5f551a50'),
    } as const
    const signature = fromHex(
      '12a37ff000d223824d9fe44dd3d48438a29fe5969831b291df823ad82e8807237ee2178ea1d6daee7fb6ec62834769e1bcf4483da452d116d78d308f936f4f03',
    )
    expect(verifySignature(publicKey, message, signature)).toBe(true)
    expect(verifySignature(publicKey, filled(1), signature)).toBe(false)
    expect(verifySignature({ ...publicKey, kind: 'secp256k1' }, message, signature)).toBe(false)
  })

  it('that CometBFT made with secp256k1 is accepted', () => {
    const publicKey = {
      kind: 'secp256k1',
      bytes: fromHex('02069b66b28711087b78dbf0e40bf9c93b1deeb08476e3eae1309d90f295487130'),
    } as const
    const signature = fromHex(
      'dadb3aae1e9b664af29d88ad11e85ce215837dc8242b5444665a646889131ce87bdcdc93d3e8c2f2a272f3a3ad0aa46e0e690f7de54601cb5237d0946f30f082',
    )
    expect(verifySignature(publicKey, message, signature)).toBe(true)
    expect(verifySignature(publicKey, filled(1), signature)).toBe(false)
  })

  it('with the higher S of secp256k1 is refused, as CometBFT does', () => {
    const signer = aSecp256k1Signer()
    const signature = signer.sign(message)
    expect(verifySignature(signer.validator.publicKey, message, signature)).toBe(true)
    expect(verifySignature(signer.validator.publicKey, message, withOtherS(signature))).toBe(false)
  })

  it('whose S was raised by the order of Ed25519 is refused', () => {
    const signer = aSigner(1)
    const signature = signer.sign(message)
    expect(verifySignature(signer.validator.publicKey, message, signature)).toBe(true)
    expect(verifySignature(signer.validator.publicKey, message, plusOrder(signature))).toBe(false)
  })

  it.each([0, 1, 32, 63, 65, 128])('of %i bytes is refused, whatever kind the key is', (length) => {
    for (const { validator, sign } of [aSigner(1), aSecp256k1Signer()]) {
      const signature = new Uint8Array(length)
      signature.set(sign(message).subarray(0, length))
      expect(verifySignature(validator.publicKey, message, signature)).toBe(false)
    }
  })

  it.each([
    ['ed25519', 0],
    ['ed25519', 31],
    ['ed25519', 33],
    ['secp256k1', 32],
    ['secp256k1', 33],
    ['secp256k1', 65],
  ] as const)('under an %s key of %i bytes that is no key is refused', (kind, length) => {
    const { sign } = aSigner(1)
    expect(verifySignature({ kind, bytes: filled(7, length) }, message, sign(message))).toBe(false)
  })

  it('under a key of an unknown kind is refused', () => {
    const { validator, sign } = aSignerOfUnknownKind(1)
    expect(verifySignature(validator.publicKey, message, sign(message))).toBe(false)
  })
})
