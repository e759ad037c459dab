/** The validators of the devnet's chain: a rotating set out of an endless pool of keys. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { addressOf, compareValidators, type PublicKey, type Validator } from '../chain/index.ts'

/** A validator whose key we hold. */
export interface Signer {
  readonly validator: Validator
  readonly privateKey: KeyObject
}

/** The signers at a height, in the order that the chain hashes them. */
export type SignersAt = (height: bigint) => readonly Signer[]

/** PKCS #8 of an Ed25519 key, up to the 32 bytes of the key itself (RFC 8410). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519_BYTES = 32

/** A validator whose key comes from a text: the same text, the same key. */
export function signer(seed: string, votingPower: bigint): Signer {
  const secret = createHash('sha256').update(seed).digest()
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, secret]),
    format: 'der',
    type: 'pkcs8',
  })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const bytes = new Uint8Array(spki.subarray(spki.length - ED25519_BYTES))
  const publicKey: PublicKey = { kind: 'ed25519', bytes }
  const address = addressOf(publicKey) ?? new Uint8Array()
  return { validator: { address, publicKey, votingPower }, privateKey }
}

/** 64 bytes, always the same for the same bytes. */
export function signatureBy({ privateKey }: Signer, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, bytes, privateKey))
}

/** As the chain hashes a set. */
export function inHashOrder(signers: readonly Signer[]): readonly Signer[] {
  return signers.toSorted((a, b) => compareValidators(a.validator, b.validator))
}

export interface Rotation {
  /** Keys come from it: chains of one name have the same validators. */
  readonly name: string
  readonly count: number
  /** The first height with the first set. */
  readonly from: bigint
  /** After so many blocks one validator is replaced, the one that has been there for longest. */
  readonly everyBlocks: bigint
}

/** A set of powers that differ a little, so that no power tells which seat of the set is which. */
export function rotatingSigners({ name, count, from, everyBlocks }: Rotation): SignersAt {
  const made = new Map<string, Signer>()
  const sets = new Map<bigint, readonly Signer[]>()
  const seated = (seat: number, generation: bigint): Signer => {
    const seed = `${name} validator ${seat} ${generation}`
    const known = made.get(seed) ?? signer(seed, powerOf(seat))
    made.set(seed, known)
    return known
  }
  return (height) => {
    const replaced = height > from ? (height - from) / everyBlocks : 0n
    const known = sets.get(replaced)
    if (known !== undefined) return known
    const seats = Array.from({ length: count }, (_, seat) => {
      const generation = (replaced + BigInt(count - 1 - seat)) / BigInt(count)
      return seated(seat, generation)
    })
    const set = inHashOrder(seats)
    sets.set(replaced, set)
    return set
  }
}

/** 100 to 140: no one of four has a third, and any three of four have more than two thirds. */
function powerOf(seat: number): bigint {
  return BigInt(100 + ((seat * 37) % 41))
}
