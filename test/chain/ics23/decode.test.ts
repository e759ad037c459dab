import { describe, expect, it } from 'vitest'
import { decodeProof, MAX_PROOF_BYTES } from '../../../src/chain/ics23/decode.ts'
import {
  absenceIn,
  bytes,
  type Existence,
  encodeProof,
  field,
  iavlTree,
  join,
  uvarint,
} from '../../support/ics23.ts'

const TREE = iavlTree(['ada', 'bob', 'cid'].map((key) => ({ key: bytes(key), value: bytes('value') })))
const UNKNOWN = bytes('0xf80101')

function refusal(proof: Uint8Array): string {
  const decoded = decodeProof(proof)
  return decoded.ok ? 'accepted' : decoded.why
}

function aProof(): Existence {
  const [entry] = TREE.entries
  if (entry === undefined) throw new Error('the tree has entries')
  return entry
}

const leafBytes = bytes('0x0801180120012a03000202')
const stepBytes = join(bytes('0x0801'), field(2, bytes('prefix')), field(3, bytes('suffix')))
const key = field(1, bytes('key'))
const value = field(2, bytes('value'))
const leaf = field(3, leafBytes)
const step = field(4, stepBytes)
const exist = (...parts: Uint8Array[]) => field(1, join(...parts), true)
const nonexist = (...parts: Uint8Array[]) => field(2, join(...parts), true)
const whole = join(key, value, leaf, step)

describe('the bytes of a proof', () => {
  it('are read when they are written as chains write them', () => {
    const absence = absenceIn(TREE, bytes('bub'))
    expect(decodeProof(encodeProof(aProof()))).toMatchObject({ ok: true, kind: 'existence', proof: aProof() })
    expect(decodeProof(encodeProof(absence))).toMatchObject({ ok: true, kind: 'absence', proof: absence })
    expect(refusal(exist(whole))).toBe('accepted')
    expect(refusal(exist(whole, step))).toBe('accepted')
    expect(refusal(nonexist(key, field(2, whole), field(3, whole)))).toBe('accepted')
  })

  it.each([
    ['no bytes', new Uint8Array()],
    ['an exclusion proof', field(5, key)],
    ['an unknown field alone', UNKNOWN],
  ])('are refused as no proof: %s', (_, proof) => {
    expect(refusal(proof)).toMatch(/empty|one encoding/)
  })

  it.each([
    ['an empty batch', field(3, new Uint8Array(), true)],
    ['a batch of a true proof', field(3, field(1, exist(whole)))],
    ['a compressed batch', field(4, field(1, exist(whole)))],
    ['a true proof, then a batch', join(exist(whole), field(3, new Uint8Array(), true))],
  ])('are refused as a batch or compressed proof: %s', (_, proof) => {
    expect(refusal(proof)).toMatch(/batch or compressed/)
  })

  it.each([
    ['an unknown field behind the proof', join(exist(whole), UNKNOWN)],
    ['an unknown field before the proof', join(UNKNOWN, exist(whole))],
    ['an unknown field in the existence proof', exist(whole, UNKNOWN)],
    ['an unknown field in the leaf', exist(key, value, field(3, join(leafBytes, UNKNOWN)), step)],
    ['an unknown field in a step', exist(key, value, leaf, field(4, join(stepBytes, UNKNOWN)))],
    ['an unknown field in the absence proof', nonexist(key, field(2, whole), UNKNOWN)],
    ['an unknown field in a neighbour', nonexist(key, field(2, join(whole, UNKNOWN)))],
    ['a batch, then a true proof', join(field(3, new Uint8Array(), true), exist(whole))],
    ['two existence proofs', join(exist(whole), exist(whole))],
    ['an existence and an absence', join(exist(whole), nonexist(key, field(2, whole)))],
    ['two keys', exist(key, key, value, leaf, step)],
    ['two leaves', exist(key, value, leaf, leaf, step)],
    [
      'a leaf in two halves',
      exist(key, value, field(3, leafBytes.slice(0, 2)), field(3, leafBytes.slice(2)), step),
    ],
    ['two left neighbours', nonexist(key, field(2, whole), field(2, whole))],
    ['fields in another order', exist(value, key, leaf, step)],
    ['a step before the leaf', exist(key, value, step, leaf)],
    ['an empty key that is written out', exist(field(1, new Uint8Array(), true), value, leaf, step)],
    ['an empty value that is written out', exist(key, field(2, new Uint8Array(), true), leaf, step)],
    ['an empty suffix that is written out', exist(key, value, leaf, field(4, bytes('0x08011a00')))],
    ['an operation 0 that is written out', exist(key, value, field(3, bytes('0x080110001801')), step)],
    [
      'a length in more bytes than it needs',
      join(bytes('0x0a'), bytes(`0x${(whole.length + 128).toString(16)}00`), whole),
    ],
    ['an operation in more bytes than it needs', exist(key, value, field(3, bytes('0x088100')), step)],
    ['an operation beyond 32 bits', exist(key, value, field(3, bytes('0x088180808010')), step)],
    ['a field number in more bytes than it needs', join(bytes('0x8a00'), uvarint(whole.length), whole)],
  ])('are refused in another encoding: %s', (_, proof) => {
    expect(refusal(proof)).toMatch(/one encoding/)
  })

  it.each([
    ['a length beyond the end', join(bytes('0x0aff7f'), whole)],
    ['a length of 2^32', join(bytes('0x0a8080808010'), whole)],
    ['a length of 2^64 - 1', join(bytes('0x0affffffffffffffffff01'), whole)],
    ['a varint without end', bytes('0xffffffffffffffffffffffffffff')],
    ['the field number 0', bytes('0x0200')],
    ['an end without a start', bytes('0x0c')],
    ['a group without end', bytes('0x2b')],
    ['groups in groups', new Uint8Array(1_000_000).fill(0x2b)],
    ['text', bytes('{"exist":{}}')],
  ])('are refused as no protobuf: %s', (_, proof) => {
    expect(refusal(proof)).toMatch(/no ICS23 proof|one encoding/)
  })

  it('are refused at every place where they can be cut off', () => {
    const written = encodeProof(absenceIn(TREE, bytes('bub')))
    const accepted = Array.from(written.keys()).filter((length) => decodeProof(written.slice(0, length)).ok)
    expect(accepted).toEqual([])
  })

  it('are refused unread above the size limit', () => {
    const proofOf = (size: number) => {
      const built = encodeProof({ ...aProof(), value: new Uint8Array(size) })
      return { built, over: built.length - MAX_PROOF_BYTES }
    }
    const { over } = proofOf(MAX_PROOF_BYTES)
    const largest = proofOf(MAX_PROOF_BYTES - over).built
    expect(largest.length).toBe(MAX_PROOF_BYTES)
    expect(refusal(largest)).toBe('accepted')
    expect(refusal(proofOf(MAX_PROOF_BYTES - over + 1).built)).toMatch(/more than 4194304/)
  })
})
