/** Signatures of validators: CometBFT 0.38, `crypto/ed25519/ed25519.go` and `crypto/secp256k1/secp256k1.go`. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { PublicKey } from './types.ts'

/** X.509 SubjectPublicKeyInfo up to the key itself: RFC 8410, and RFC 5480 with a compressed point. */
const SPKI_PREFIX = {
  ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
  secp256k1: Buffer.from('3036301006072a8648ce3d020106052b8104000a032200', 'hex'),
}

const SIGNATURE_LENGTH = 64

/** Half the order of secp256k1: of the two forms of a signature CometBFT takes the one with the lower S. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** The key, or undefined when the bytes are no key of this kind. */
function keyObject(kind: 'ed25519' | 'secp256k1', bytes: Uint8Array): KeyObject | undefined {
  try {
    const key = Buffer.concat([SPKI_PREFIX[kind], bytes])
    return createPublicKey({ key, format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

function hasLowerS(signature: Uint8Array): boolean {
  return BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`) <= HALF_ORDER
}

/**
 * Whether the key signed the message. False for every malformed key or signature, and for keys of an unknown kind.
 *
 * Ed25519: CometBFT verifies by ZIP-215. OpenSSL is stricter: it checks without the cofactor and takes R in one encoding only.
 * So a validator can craft signatures that the chain accepts and we do not, which fails closed, and none the other way
 * round. Keys of small order, for which anyone can make signatures, are as valid here as on the chain: they are the loss of
 * their owner, like a published private key.
 */
export function verifySignature(publicKey: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.kind === 'unknown' || signature.length !== SIGNATURE_LENGTH) return false
  const key = keyObject(publicKey.kind, publicKey.bytes)
  if (key === undefined) return false
  if (publicKey.kind === 'ed25519') return verify(null, message, key, signature)
  return hasLowerS(signature) && verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
}
